use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;

/// Keeps bytes for a while. Losing any of them costs time, never truth.
#[async_trait]
pub trait Cache: Send + Sync {
    /// What was put under this key and has not expired.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps `value` for at most `keep`.
    async fn put(&self, key: &str, value: Vec<u8>, keep: Duration) -> Result<(), StoreError>;

    /// Forgets what was put under this key, if anything.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;
}
