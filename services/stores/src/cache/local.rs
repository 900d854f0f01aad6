//! The cache in this process's memory.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use moka::Expiry;
use vitrine_core::ports::{Cache, StoreError};

/// What an entry weighs beside its key and value: moka's own bookkeeping, roughly.
const OVERHEAD: usize = 128;

/// Keeps bytes in memory, bounded by their size; the least used go first.
#[derive(Debug)]
pub struct LocalCache(moka::future::Cache<String, Kept>);

#[derive(Debug, Clone)]
struct Kept {
    value: std::sync::Arc<[u8]>,
    keep: Duration,
}

/// Each entry expires in its own time, counted from its last `put`.
struct OwnTime;

impl Expiry<String, Kept> for OwnTime {
    fn expire_after_create(&self, _: &String, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.keep)
    }

    fn expire_after_update(
        &self,
        _: &String,
        kept: &Kept,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.keep)
    }
}

impl LocalCache {
    /// A cache of at most `bytes` of keys and values.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, kept: &Kept| {
            u32::try_from(key.len() + kept.value.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        Self(
            moka::future::Cache::builder()
                .max_capacity(bytes)
                .weigher(weigh)
                .expire_after(OwnTime)
                .build(),
        )
    }
}

#[async_trait]
impl Cache for LocalCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).await.map(|kept| kept.value.to_vec()))
    }

    async fn put(&self, key: &str, value: Vec<u8>, keep: Duration) -> Result<(), StoreError> {
        self.0.insert(key.to_owned(), Kept { value: value.into(), keep }).await;
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.0.invalidate(key).await;
        Ok(())
    }
}
