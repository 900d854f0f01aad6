//! One model at a time looks at one photo: who comes with the same photo meanwhile waits for what
//! the first one sees, in this process by a lock in memory, across processes by one that they
//! share. It is there to save work, so it never stands in the way: where the shared lock can not
//! be asked, or its holder takes too long, one looks for oneself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, sleep, timeout},
};

use crate::{
    holding::Holding,
    ports::{Locks, StoreError},
};

/// How long one waits for another's work before one does it oneself.
const PATIENCE: Duration = Duration::from_secs(60);
/// The first pause between two looks for another process's result, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

/// What is being found out, by whom of this process.
pub struct Flights {
    shared: Arc<dyn Locks>,
    here: Lock<HashMap<String, Weak<Mutex<()>>>>,
}

/// The right to find something out. Others wait until it is dropped.
#[derive(Default)]
pub(super) struct Flight {
    /// Why the shared lock could not be asked, if it could not.
    pub trouble: Option<StoreError>,
    shared: Option<Holding>,
    _here: Option<OwnedMutexGuard<()>>,
}

impl Flight {
    /// Lets the next one in at once.
    pub(super) async fn land(self) {
        if let Some(shared) = self.shared {
            shared.end().await;
        }
    }
}

impl Flights {
    /// `shared` is what other processes ask too.
    pub fn new(shared: Arc<dyn Locks>) -> Self {
        Self { shared, here: Lock::default() }
    }

    /// What `known` answers once another has found it out, or the right to do so.
    pub(super) async fn board<T, Known: Future<Output = Option<T>>>(
        &self,
        key: &str,
        known: impl Fn() -> Known,
    ) -> Result<T, Flight> {
        let until = Instant::now() + PATIENCE;
        let Ok(here) = timeout(PATIENCE, self.lock_here(key).lock_owned()).await else {
            return Err(Flight::default());
        };
        let name = format!("flight:{key}");
        let mut pause = PAUSES.0;
        loop {
            match Holding::take(&self.shared, &name).await {
                Ok(Some(holding)) => {
                    let flight = Flight { trouble: None, shared: Some(holding), _here: Some(here) };
                    let Some(known) = known().await else { return Err(flight) };
                    flight.land().await;
                    return Ok(known);
                }
                Ok(None) if Instant::now() < until => {
                    sleep(pause).await;
                    pause = (pause * 2).min(PAUSES.1);
                    if let Some(known) = known().await {
                        return Ok(known);
                    }
                }
                Ok(None) => return Err(Flight { _here: Some(here), ..Flight::default() }),
                // Who waited here for one that went without the shared lock may find its result.
                Err(trouble) => {
                    let Some(known) = known().await else {
                        let trouble = Some(trouble);
                        return Err(Flight { trouble, shared: None, _here: Some(here) });
                    };
                    return Ok(known);
                }
            }
        }
    }

    fn lock_here(&self, key: &str) -> Arc<Mutex<()>> {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = here.get(key).and_then(Weak::upgrade) {
            return lock;
        }
        here.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        here.insert(key.to_owned(), Arc::downgrade(&lock));
        lock
    }
}
