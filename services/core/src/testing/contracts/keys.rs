use jiff::{Timestamp, ToSpan};

use crate::{
    ids::{KeyId, KeyName, MerchantId},
    keys::{Key, KeySecret, MAX_KEYS},
    ports::Keys,
    scope::{Scope, Scopes},
    testing::sample,
};

/// The contract of [`Keys`].
pub async fn keys(keys: &impl Keys) {
    are_found_by_their_hash_as_they_were_kept(keys).await;
    are_each_merchants_own(keys).await;
    end_when_they_are_revoked(keys).await;
    remember_when_they_were_used(keys).await;
    are_bounded_for_each_merchant(keys).await;
}

/// To the millisecond, as stores keep it.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap()
}

fn of(merchant: &str, name: &str, scopes: &[Scope]) -> Key {
    let merchant = MerchantId::new(merchant).unwrap();
    let scopes = scopes.iter().copied().collect();
    let key = Key::new(merchant, KeyName::new(name).unwrap(), scopes, None);
    Key { created: whole(key.created), ..key }
}

fn secret(seed: u8) -> KeySecret {
    KeySecret::new([seed; 32])
}

async fn are_found_by_their_hash_as_they_were_kept(keys: &impl Keys) {
    assert_eq!(keys.key(&secret(1).hash()).await.unwrap(), None, "none is kept yet");
    let everything: Vec<Scope> = Scope::ALL.to_vec();
    let first = of("kept", "Größe: 'server' one", &everything);
    let expires = Some(whole(Timestamp::now() - 1.hour()));
    let second = Key { expires, ..of("kept", "Größe: 'server' one", &[Scope::Looks]) };
    for (key, seed) in [(&first, 1), (&second, 2)] {
        assert!(keys.create_key(key, &secret(seed).hash()).await.unwrap());
    }
    assert_eq!(keys.key(&secret(1).hash()).await.unwrap(), Some(first.clone()));
    let expired = keys.key(&secret(2).hash()).await.unwrap();
    assert_eq!(expired, Some(second.clone()), "one that has expired is told of");
    assert_eq!(keys.key(&secret(3).hash()).await.unwrap(), None);
    assert_eq!(keys.keys(&first.merchant).await.unwrap(), [first, second], "oldest first");
}

async fn are_each_merchants_own(keys: &impl Keys) {
    let (mine, theirs) = (of("mine", "a", &[Scope::Keys]), of("theirs", "a", &[Scope::Looks]));
    keys.create_key(&mine, &secret(11).hash()).await.unwrap();
    keys.create_key(&theirs, &secret(12).hash()).await.unwrap();
    assert_eq!(keys.keys(&mine.merchant).await.unwrap(), [mine.clone()]);
    assert!(!keys.revoke_key(&theirs.merchant, mine.id).await.unwrap(), "it is not theirs");
    keys.key_used(&theirs.merchant, mine.id).await.unwrap();
    assert_eq!(keys.key(&secret(11).hash()).await.unwrap(), Some(mine), "nor did they use it");
    assert_eq!(keys.key(&secret(12).hash()).await.unwrap(), Some(theirs));
    let nobody = MerchantId::new("nobody").unwrap();
    assert_eq!(keys.keys(&nobody).await.unwrap(), []);
}

async fn end_when_they_are_revoked(keys: &impl Keys) {
    let (gone, stays) = (of("ends", "gone", &[Scope::Looks]), of("ends", "stays", &[Scope::Looks]));
    keys.create_key(&gone, &secret(21).hash()).await.unwrap();
    keys.create_key(&stays, &secret(22).hash()).await.unwrap();
    assert!(keys.revoke_key(&gone.merchant, gone.id).await.unwrap());
    assert_eq!(keys.key(&secret(21).hash()).await.unwrap(), None);
    assert_eq!(keys.keys(&gone.merchant).await.unwrap(), [stays]);
    assert!(!keys.revoke_key(&gone.merchant, gone.id).await.unwrap(), "it is gone already");
    assert!(!keys.revoke_key(&gone.merchant, KeyId::now()).await.unwrap());
    keys.key_used(&gone.merchant, gone.id).await.expect("one that is gone is passed over");
}

async fn remember_when_they_were_used(keys: &impl Keys) {
    let key = of("used", "server", &[Scope::Looks]);
    keys.create_key(&key, &secret(31).hash()).await.unwrap();
    let used = async || keys.key(&secret(31).hash()).await.unwrap().unwrap().used;
    assert_eq!(used().await, None);
    let before = whole(Timestamp::now());
    keys.key_used(&key.merchant, key.id).await.unwrap();
    let first = used().await.expect("it was used");
    assert!(first >= before && first <= Timestamp::now(), "{before} {first}");
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    keys.key_used(&key.merchant, key.id).await.unwrap();
    assert_eq!(used().await, Some(first), "within a minute once is enough");
    let long_ago = Some(whole(Timestamp::now() - 61.seconds()));
    let old = Key { used: long_ago, ..of("used", "old", &[Scope::Looks]) };
    keys.create_key(&old, &secret(32).hash()).await.unwrap();
    keys.key_used(&old.merchant, old.id).await.unwrap();
    let again = keys.key(&secret(32).hash()).await.unwrap().unwrap().used;
    assert!(again > long_ago, "a minute later it is noted again");
}

async fn are_bounded_for_each_merchant(keys: &impl Keys) {
    let hash =
        |n: usize| KeySecret::new([n as u8, 1, 2].repeat(11)[..32].try_into().unwrap()).hash();
    for n in 0..MAX_KEYS {
        let key = of("many", &n.to_string(), &[Scope::Looks]);
        assert!(keys.create_key(&key, &hash(n)).await.unwrap(), "{n}");
    }
    let more = of("many", "one more", &[Scope::Looks]);
    assert!(!keys.create_key(&more, &hash(MAX_KEYS)).await.unwrap());
    assert_eq!(keys.key(&hash(MAX_KEYS)).await.unwrap(), None, "it is not kept");
    let listed = keys.keys(&more.merchant).await.unwrap();
    assert_eq!(listed.len(), MAX_KEYS);
    let other = Key { merchant: sample::merchant(), ..of("x", "theirs", &[Scope::Looks]) };
    assert!(keys.create_key(&other, &secret(41).hash()).await.unwrap(), "others have room");
    assert!(keys.revoke_key(&more.merchant, listed[0].id).await.unwrap());
    assert!(keys.create_key(&more, &hash(MAX_KEYS)).await.unwrap(), "there is room again");
    let all: Scopes = Scope::ALL.iter().copied().collect();
    assert!(listed.iter().all(|key| key.scopes.beyond(all).is_empty()));
}
