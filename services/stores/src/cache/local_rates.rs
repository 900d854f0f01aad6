//! What this process has let through.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use vitrine_core::{
    ports::{Rates, StoreError, Taken},
    quota::{Ledger, Quota},
};

/// Rates for one process.
#[derive(Debug)]
pub struct LocalRates {
    began: Instant,
    ledger: Mutex<Ledger>,
}

impl Default for LocalRates {
    fn default() -> Self {
        Self { began: Instant::now(), ledger: Mutex::default() }
    }
}

#[async_trait]
impl Rates for LocalRates {
    async fn take(&self, quotas: &[(String, Quota)]) -> Result<Taken, StoreError> {
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(self.ledger.lock().unwrap_or_else(PoisonError::into_inner).take(quotas, now))
    }
}
