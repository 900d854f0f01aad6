//! Locks in this process's memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use uuid::Uuid;
use vitrine_core::ports::{Locks, StoreError};

/// Locks from which on those whose time is over are cleared away.
const MANY: usize = 1_024;

/// Locks for one process.
#[derive(Debug, Default)]
pub struct LocalLocks(Mutex<HashMap<String, Held>>);

#[derive(Debug)]
struct Held {
    by: Uuid,
    until: Instant,
}

#[async_trait]
impl Locks for LocalLocks {
    async fn take(&self, name: &str, holder: Uuid, keep: Duration) -> Result<bool, StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if held.get(name).is_some_and(|held| held.by != holder && held.until > now) {
            return Ok(false);
        }
        if held.len() >= MANY {
            held.retain(|_, held| held.until > now);
        }
        held.insert(name.to_owned(), Held { by: holder, until: now + keep });
        Ok(true)
    }

    async fn free(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.get(name).is_some_and(|held| held.by == holder) {
            held.remove(name);
        }
        Ok(())
    }
}
