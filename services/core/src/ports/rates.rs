use async_trait::async_trait;

use super::StoreError;
use crate::quota::{Quota, Standing};

/// What all processes that share it have let through.
#[async_trait]
pub trait Rates: Send + Sync {
    /// Takes one request of each of these quotas, or of none where one of them is used up.
    async fn take(&self, quotas: &[(String, Quota)]) -> Result<Taken, StoreError>;
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whether the request may go on.
    pub allowed: bool,
    /// How each quota stands after it, in the order they were asked in.
    pub standings: Vec<Standing>,
}
