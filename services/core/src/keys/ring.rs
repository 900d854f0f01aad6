use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::{Key, KeyHash, KeySecret};
use crate::{
    ids::{KeyId, MerchantId},
    ports::{Keys, StoreError},
};

/// How long a key is known without a look into the store: so long may one that another process
/// revoked still be accepted here.
pub const KEPT: Duration = Duration::from_secs(5);

/// Keys known at once; one more, and all are forgotten.
const MAX_KNOWN: usize = 10_000;

/// How far apart two notes are that one key was used.
const NOTED: Duration = Duration::from_secs(60);

/// The keys, known for a few seconds each. A key that is revoked here stops at once.
pub struct Keyring {
    keys: Arc<dyn Keys>,
    kept: Duration,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<KeyHash, (Key, Instant)>,
    /// Counts revocations, so that what was read before one is not remembered after it.
    revoked: u64,
}

impl Keyring {
    /// Over a store; each key is known for `kept` ([`KEPT`] but in tests).
    pub fn new(keys: Arc<dyn Keys>, kept: Duration) -> Self {
        Self { keys, kept, known: Mutex::default() }
    }

    /// The key that this secret proves, an expired one too; none where there never was one, or it
    /// was revoked. Notes that it was used.
    pub async fn find(&self, secret: &KeySecret) -> Result<Option<Key>, StoreError> {
        let hash = secret.hash();
        let revoked = {
            let mut known = self.known();
            if let Some((key, read)) = known.keys.get_mut(&hash)
                && read.elapsed() < self.kept
            {
                self.note(key);
                return Ok(Some(key.clone()));
            }
            known.revoked
        };
        let found = self.keys.key(&hash).await?;
        let mut known = self.known();
        known.keys.remove(&hash);
        let Some(mut key) = found else { return Ok(None) };
        if known.revoked != revoked {
            return Ok(Some(key));
        }
        self.note(&mut key);
        if known.keys.len() >= MAX_KNOWN {
            known.keys.clear();
        }
        known.keys.insert(hash, (key.clone(), Instant::now()));
        Ok(Some(key))
    }

    /// Keeps a new key; false where its merchant has [`MAX_KEYS`](super::MAX_KEYS) already.
    pub async fn create(&self, key: &Key, secret: &KeySecret) -> Result<bool, StoreError> {
        self.keys.create_key(key, &secret.hash()).await
    }

    /// All of a merchant's keys, oldest first.
    pub async fn list(&self, merchant: &MerchantId) -> Result<Vec<Key>, StoreError> {
        self.keys.keys(merchant).await
    }

    /// Ends a merchant's key for good; false where there is none.
    pub async fn revoke(&self, merchant: &MerchantId, id: KeyId) -> Result<bool, StoreError> {
        let revoked = self.keys.revoke_key(merchant, id).await?;
        let mut known = self.known();
        known.revoked += 1;
        known.keys.retain(|_, (key, _)| key.id != id);
        Ok(revoked)
    }

    /// Notes that a key is used, off the way of the answer.
    fn note(&self, key: &mut Key) {
        let now = Timestamp::now();
        let due = |used: Timestamp| now.duration_since(used).unsigned_abs() >= NOTED;
        if key.used.is_some_and(|used| !due(used)) {
            return;
        }
        key.used = Some(now);
        let (keys, merchant, id) = (Arc::clone(&self.keys), key.merchant.clone(), key.id);
        tokio::spawn(async move {
            if let Err(error) = keys.key_used(&merchant, id).await {
                tracing::warn!(%error, key = %id, "that a key was used is not noted");
            }
        });
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
