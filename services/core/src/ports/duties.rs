use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;

/// The right to do what one process at a time may do, until it is given back or taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub name: &'static str,
    /// Grows each time that the duty is taken or given back. Only who has the last one holds it,
    /// so a write that asks for it comes before all that the next holder does, or not at all.
    pub token: i64,
}

/// Why the holder of a duty must stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DutyError {
    #[error("another process took over, because this one was not heard of for too long")]
    Lost,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who does what one process at a time may do, kept next to the catalog.
#[async_trait]
pub trait Duties: Send + Sync {
    /// Takes the duty for this long, with a higher token, where nobody has it, its holder was not
    /// heard of for as long as it asked for, or `holder` has it already. It is given to one.
    async fn take(
        &self,
        name: &'static str,
        holder: &str,
        time: Duration,
    ) -> Result<Option<Duty>, StoreError>;

    /// Holds it for this long from now on. One that has run out but was taken by nobody is held
    /// again.
    async fn hold(&self, duty: &Duty, time: Duration) -> Result<(), DutyError>;

    /// Gives it back, to be taken by anybody at once, where it is still held.
    async fn release(&self, duty: &Duty) -> Result<(), StoreError>;
}
