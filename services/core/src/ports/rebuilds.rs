use async_trait::async_trait;

use super::{Duty, DutyError, StoreError};
use crate::indexing::Rebuild;

/// Building the index anew, as a job that is kept next to the catalog: the last one asked for.
#[async_trait]
pub trait Rebuilds: Send + Sync {
    /// Asks for one, unless that is asked for or under way already; answers what is kept then.
    async fn ask_rebuild(&self) -> Result<Rebuild, StoreError>;

    /// The last one asked for, if any.
    async fn rebuild(&self) -> Result<Option<Rebuild>, StoreError>;

    /// Begins the one that waits, or again the one that its process did not end; answers how often
    /// it was begun, or `None` where there is none to do.
    async fn start_rebuild(&self, duty: &Duty) -> Result<Option<u32>, DutyError>;

    /// Keeps how far it is, in products.
    async fn tell_rebuild(&self, duty: &Duty, done: u64, total: u64) -> Result<(), DutyError>;

    /// Ends it, with how many products it holds or with why it failed.
    async fn end_rebuild(&self, duty: &Duty, end: Result<u64, String>) -> Result<(), DutyError>;
}
