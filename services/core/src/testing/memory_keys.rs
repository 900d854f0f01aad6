use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::{RwLock, RwLockWriteGuard};

use crate::{
    ids::{KeyId, MerchantId},
    keys::{Key, KeyHash, MAX_KEYS},
    ports::{Keys, StoreError},
};

const MINUTE: Duration = Duration::from_secs(60);

/// Keys in a map.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    kept: Mutex<Kept>,
    /// Held by who wants to come between a read and its answer.
    gate: RwLock<()>,
}

#[derive(Debug, Default)]
struct Kept {
    keys: BTreeMap<(MerchantId, KeyId), (KeyHash, Key)>,
    reads: usize,
    notes: usize,
    away: bool,
}

impl MemoryKeys {
    /// How often a key was looked for.
    pub fn reads(&self) -> usize {
        self.kept().reads
    }

    /// How often a use was noted.
    pub fn notes(&self) -> usize {
        self.kept().notes
    }

    /// Whether looking for a key fails from now on.
    pub fn set_away(&self, away: bool) {
        self.kept().away = away;
    }

    /// Holds back the answers of what is read until the guard is dropped.
    pub fn hold_reads(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.try_write().expect("nobody reads yet")
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Keys for MemoryKeys {
    async fn create_key(&self, key: &Key, hash: &KeyHash) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        if kept.keys.keys().filter(|(merchant, _)| *merchant == key.merchant).count() >= MAX_KEYS {
            return Ok(false);
        }
        kept.keys.insert((key.merchant.clone(), key.id), (*hash, key.clone()));
        Ok(true)
    }

    async fn key(&self, hash: &KeyHash) -> Result<Option<Key>, StoreError> {
        let found = {
            let mut kept = self.kept();
            kept.reads += 1;
            if kept.away {
                let detail = "it is away".into();
                return Err(StoreError::Unavailable { store: "the keys", detail });
            }
            kept.keys.values().find(|(known, _)| known == hash).map(|(_, key)| key.clone())
        };
        let _passed = self.gate.read().await;
        Ok(found)
    }

    async fn keys(&self, merchant: &MerchantId) -> Result<Vec<Key>, StoreError> {
        let kept = self.kept();
        let own = kept.keys.values().map(|(_, key)| key).filter(|key| key.merchant == *merchant);
        Ok(own.cloned().collect())
    }

    async fn revoke_key(&self, merchant: &MerchantId, id: KeyId) -> Result<bool, StoreError> {
        Ok(self.kept().keys.remove(&(merchant.clone(), id)).is_some())
    }

    async fn key_used(&self, merchant: &MerchantId, id: KeyId) -> Result<(), StoreError> {
        let mut kept = self.kept();
        let now = Timestamp::now();
        if let Some((_, key)) = kept.keys.get_mut(&(merchant.clone(), id))
            && key.used.is_none_or(|used| now.duration_since(used).unsigned_abs() >= MINUTE)
        {
            key.used = Some(now);
            kept.notes += 1;
        }
        Ok(())
    }
}
