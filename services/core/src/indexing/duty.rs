//! The duty of writing to the index: one process at a time has it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Indexer, IndexingStore};
use crate::ports::{Duty, DutyError, StoreError};

/// The name that the duty is kept under.
pub(crate) const INDEXING: &str = "indexing";
/// Whoever has opened an index that nobody else can, takes over from the one before at once.
const ALONE: &str = "whoever holds the folder";
/// How often one who waits for the duty looks again.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The duty, held by a task of its own for as long as this lives.
pub(super) struct OnDuty {
    pub(super) duty: Duty,
    hold: Arc<Hold>,
    keeper: JoinHandle<()>,
}

struct Hold {
    store: Arc<dyn IndexingStore>,
    lease: Duration,
    /// Up to when nobody else can have taken it, as far as this process knows.
    sure_until: Mutex<Instant>,
    /// Told to others.
    active: Arc<AtomicBool>,
}

impl Indexer {
    /// Whether this process writes to the index now, or may: no other does at the same time.
    pub fn is_on_duty(&self) -> bool {
        self.active.load(Ordering::Relaxed)
    }

    /// Takes the duty, unless another process has it.
    pub(super) async fn go_on_duty(&self) -> Result<Option<OnDuty>, StoreError> {
        // A name of its own each time, so that a write which failed, and may still come through,
        // keeps the next turn waiting whoever asks for it.
        let holder = match self.index.is_ours_alone() {
            true => ALONE.to_owned(),
            false => Uuid::now_v7().to_string(),
        };
        let asked = Instant::now();
        let Some(duty) = self.store.take(INDEXING, &holder, self.lease).await? else {
            return Ok(None);
        };
        let hold = Arc::new(Hold {
            store: Arc::clone(&self.store),
            lease: self.lease,
            sure_until: Mutex::new(asked + self.lease),
            active: Arc::clone(&self.active),
        });
        hold.active.store(true, Ordering::Relaxed);
        let keeper = tokio::spawn(keep(Arc::clone(&hold), duty.clone()));
        Ok(Some(OnDuty { duty, hold, keeper }))
    }

    /// Takes the duty as soon as no other process has it.
    pub(super) async fn wait_for_duty(&self) -> Result<OnDuty, StoreError> {
        let mut told = false;
        loop {
            if let Some(on) = self.go_on_duty().await? {
                return Ok(on);
            }
            if !told {
                told = true;
                tracing::warn!("another process is writing to the index; waiting until it is done");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// Holds the duty until it is lost, well before its time runs out.
async fn keep(hold: Arc<Hold>, duty: Duty) {
    loop {
        tokio::time::sleep(hold.lease / 3).await;
        match hold.prolong(&duty).await {
            Ok(()) => {}
            Err(DutyError::Lost) => return hold.active.store(false, Ordering::Relaxed),
            Err(DutyError::Store(error)) => {
                tracing::warn!(%error, "the duty of writing to the index could not be prolonged");
            }
        }
    }
}

impl Hold {
    async fn prolong(&self, duty: &Duty) -> Result<(), DutyError> {
        let asked = Instant::now();
        self.store.hold(duty, self.lease).await?;
        *self.sure_until.lock().unwrap_or_else(PoisonError::into_inner) = asked + self.lease;
        Ok(())
    }
}

impl OnDuty {
    /// An error if another process took over.
    pub(super) async fn confirm(&self) -> Result<(), DutyError> {
        self.hold.prolong(&self.duty).await
    }

    /// The same, asked of the store only where it can be. Before each write to the index: one who
    /// slept for longer than its lease usually learns of it in time to write nothing.
    pub(super) async fn check(&self) -> Result<(), DutyError> {
        let sure_until = *self.hold.sure_until.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < sure_until { Ok(()) } else { self.confirm().await }
    }

    /// Gives it back, so that nobody has to wait until it runs out.
    pub(super) async fn end(mut self) {
        self.keeper.abort();
        let _ = (&mut self.keeper).await;
        if let Err(error) = self.hold.store.release(&self.duty).await {
            tracing::warn!(%error, "the duty of writing to the index was not given back; it runs out");
        }
    }
}

impl Drop for OnDuty {
    fn drop(&mut self) {
        self.keeper.abort();
        self.hold.active.store(false, Ordering::Relaxed);
    }
}
