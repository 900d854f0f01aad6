use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::{Key, KeyHash, KeySecret};
use crate::{
    ids::{KeyId, MerchantId},
    ports::{Cache, Keys, StoreError},
};

/// How long a key is known without a look into the store: so long may one that another process
/// revoked still be accepted here, should what they share be away.
pub const KEPT: Duration = Duration::from_secs(5);

/// Keys known at once; one more, and all are forgotten.
const MAX_KNOWN: usize = 10_000;

/// How far apart two notes are that one key was used.
const NOTED: Duration = Duration::from_secs(60);

/// The keys, known for a few seconds each. A key that is revoked, here or by a process that shares
/// the cache, stops at once.
pub struct Keyring {
    keys: Arc<dyn Keys>,
    shared: Arc<dyn Cache>,
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
    /// Over a store; each key is known for `kept` ([`KEPT`] but in tests). Through `shared`,
    /// processes tell one another what they revoke.
    pub fn new(keys: Arc<dyn Keys>, shared: Arc<dyn Cache>, kept: Duration) -> Self {
        Self { keys, shared, kept, known: Mutex::default() }
    }

    /// The key that this secret proves, an expired one too; none where there never was one, or it
    /// was revoked. Notes that it was used.
    pub async fn find(&self, secret: &KeySecret) -> Result<Option<Key>, StoreError> {
        let hash = secret.hash();
        if let Some(key) = self.known_key(&hash)
            && !self.was_revoked_elsewhere(key.id).await
        {
            return Ok(Some(key));
        }
        let revoked = self.known().revoked;
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
        // As long as anybody may know it yet, and a little longer.
        if let Err(error) = self.shared.put(&told(id), vec![1], self.kept * 2).await {
            tracing::warn!(%error, key = %id, "other processes learn late that a key is revoked");
        }
        let mut known = self.known();
        known.revoked += 1;
        known.keys.retain(|_, (key, _)| key.id != id);
        Ok(revoked)
    }

    /// A key that was read a moment ago; noted as used.
    fn known_key(&self, hash: &KeyHash) -> Option<Key> {
        let mut known = self.known();
        let (key, read) = known.keys.get_mut(hash)?;
        if read.elapsed() >= self.kept {
            return None;
        }
        self.note(key);
        Some(key.clone())
    }

    /// As another process told; nothing is told while what is shared is away.
    async fn was_revoked_elsewhere(&self, id: KeyId) -> bool {
        matches!(self.shared.get(&told(id)).await, Ok(Some(_)))
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

fn told(id: KeyId) -> String {
    format!("revoked:{id}")
}

#[cfg(test)]
mod tests;
