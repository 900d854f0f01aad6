use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::StoreError;

/// Names that one holder at a time has, among all processes that share them, and for no longer
/// than it said: who ends without a word keeps nobody waiting for ever.
#[async_trait]
pub trait Locks: Send + Sync {
    /// Takes the name for `keep` from now, also where `holder` has it already; false where another
    /// has it.
    async fn take(&self, name: &str, holder: Uuid, keep: Duration) -> Result<bool, StoreError>;

    /// Gives the name back, if `holder` has it still.
    async fn free(&self, name: &str, holder: Uuid) -> Result<(), StoreError>;
}
