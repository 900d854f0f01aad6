use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use uuid::Uuid;

use crate::ports::{Locks, StoreError};

/// Locks in a map.
#[derive(Debug, Default)]
pub struct MemoryLocks(Mutex<HashMap<String, (Uuid, Instant)>>);

#[async_trait]
impl Locks for MemoryLocks {
    async fn take(&self, name: &str, holder: Uuid, keep: Duration) -> Result<bool, StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if held.get(name).is_some_and(|(other, until)| *other != holder && *until > now) {
            return Ok(false);
        }
        held.insert(name.to_owned(), (holder, now + keep));
        Ok(true)
    }

    async fn free(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.get(name).is_some_and(|(by, _)| *by == holder) {
            held.remove(name);
        }
        Ok(())
    }
}
