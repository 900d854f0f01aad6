//! A cache that is shared, with a copy at hand of what this process has seen.

use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::ports::{Cache, StoreError};

use super::{LocalCache, RedisStore};

/// Asks Redis, and its own memory while Redis is away. What a key stands for never changes, so a
/// copy can be old only in being there still.
pub struct LayeredCache {
    shared: RedisStore,
    own: LocalCache,
}

impl LayeredCache {
    pub fn new(shared: RedisStore, own: LocalCache) -> Self {
        Self { shared, own }
    }
}

#[async_trait]
impl Cache for LayeredCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.shared.get(key).await {
            Ok(value) => Ok(value),
            // What is not known here may be known there: that is not the same as unknown.
            Err(away) => self.own.get(key).await?.map_or(Err(away), |own| Ok(Some(own))),
        }
    }

    async fn put(&self, key: &str, value: Vec<u8>, keep: Duration) -> Result<(), StoreError> {
        self.own.put(key, value.clone(), keep).await?;
        self.shared.put(key, value, keep).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.own.remove(key).await?;
        self.shared.remove(key).await
    }
}
