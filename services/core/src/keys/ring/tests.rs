use super::*;
use crate::{
    ids::KeyName,
    scope::{Scope, Scopes},
    testing::{MemoryCache, MemoryKeys, sample},
};

const HOUR: Duration = Duration::from_secs(3_600);

async fn kept(ring: &Keyring, seed: u8) -> (Key, KeySecret) {
    let scopes: Scopes = [Scope::Looks].into_iter().collect();
    let key = Key::new(sample::merchant(), KeyName::new("server").unwrap(), scopes, None);
    let secret = KeySecret::new([seed; 32]);
    assert!(ring.create(&key, &secret).await.unwrap());
    (key, secret)
}

/// What no other process has.
fn alone() -> Arc<dyn Cache> {
    Arc::new(MemoryCache::default())
}

async fn until_noted(keys: &MemoryKeys, notes: usize) {
    for _ in 0..1_000 {
        if keys.notes() == notes {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("noted {} times, not {notes}", keys.notes());
}

#[tokio::test]
async fn a_key_is_read_once_in_a_while_and_noted_once_a_minute() {
    let keys = Arc::new(MemoryKeys::default());
    let ring = Keyring::new(keys.clone(), alone(), HOUR);
    let (key, secret) = kept(&ring, 1).await;
    for _ in 0..50 {
        assert_eq!(ring.find(&secret).await.unwrap().unwrap().id, key.id);
    }
    assert_eq!(keys.reads(), 1);
    until_noted(&keys, 1).await;
    let eager = Keyring::new(keys.clone(), alone(), Duration::ZERO);
    for _ in 0..50 {
        assert!(eager.find(&secret).await.unwrap().is_some());
    }
    assert_eq!(keys.reads(), 51);
    until_noted(&keys, 1).await;
}

#[tokio::test]
async fn a_key_that_is_revoked_stops_at_once() {
    let ring = Keyring::new(Arc::new(MemoryKeys::default()), alone(), HOUR);
    let (key, secret) = kept(&ring, 1).await;
    assert!(ring.find(&secret).await.unwrap().is_some());
    assert!(ring.revoke(&key.merchant, key.id).await.unwrap());
    assert_eq!(ring.find(&secret).await.unwrap(), None);
    assert!(!ring.revoke(&key.merchant, key.id).await.unwrap());
}

#[tokio::test]
async fn a_key_that_another_process_revoked_stops_once_it_is_read_again() {
    let keys = Arc::new(MemoryKeys::default());
    let here = Keyring::new(keys.clone(), alone(), Duration::from_millis(200));
    let there = Keyring::new(keys, alone(), HOUR);
    let (key, secret) = kept(&there, 1).await;
    assert!(here.find(&secret).await.unwrap().is_some());
    assert!(there.revoke(&key.merchant, key.id).await.unwrap());
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(here.find(&secret).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_that_is_revoked_while_it_is_read_is_not_remembered() {
    let keys = Arc::new(MemoryKeys::default());
    let ring = Arc::new(Keyring::new(keys.clone(), alone(), HOUR));
    let (key, secret) = kept(&ring, 1).await;
    let held = keys.hold_reads();
    let reading = tokio::spawn({
        let ring = Arc::clone(&ring);
        async move { ring.find(&secret).await.unwrap().is_some() }
    });
    while keys.reads() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(ring.revoke(&key.merchant, key.id).await.unwrap());
    drop(held);
    assert!(reading.await.unwrap(), "it was still good when it was read");
    assert_eq!(ring.find(&KeySecret::new([1; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn no_more_keys_are_remembered_than_there_is_room_for() {
    let ring = Keyring::new(Arc::new(MemoryKeys::default()), alone(), HOUR);
    let (key, _) = kept(&ring, 1).await;
    let filler = |n: usize| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&n.to_be_bytes());
        (KeyHash(hash), (key.clone(), Instant::now()))
    };
    ring.known().keys.extend((0..MAX_KNOWN).map(filler));
    assert!(ring.find(&KeySecret::new([1; 32])).await.unwrap().is_some());
    assert_eq!(ring.known().keys.len(), 1);
}

#[tokio::test]
async fn a_key_that_a_process_with_the_same_cache_revoked_stops_at_once() {
    let (keys, shared) = (Arc::new(MemoryKeys::default()), alone());
    let ring = || Keyring::new(keys.clone(), shared.clone(), HOUR);
    let (here, there) = (ring(), ring());
    let (key, secret) = kept(&here, 1).await;
    let (_, other) = kept(&here, 2).await;
    for secret in [&secret, &other] {
        assert!(here.find(secret).await.unwrap().is_some());
    }
    assert!(there.revoke(&key.merchant, key.id).await.unwrap());
    assert_eq!(here.find(&secret).await.unwrap(), None);
    assert!(here.find(&other).await.unwrap().is_some());
    assert_eq!(keys.reads(), 3, "the other key is known as before");
}
