//! A lock for as long as something takes: taken anew while it goes on, given back when it ends,
//! however it ends.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, task::JoinHandle};
use uuid::Uuid;

use crate::ports::{Locks, StoreError};

/// How long a lock outlives a process that ended without giving it back.
pub const OUTLIVES: Duration = Duration::from_secs(10);

/// A lock that is held. Dropping it gives it back, soon after; [`Holding::end`] at once.
pub struct Holding {
    locks: Arc<dyn Locks>,
    name: String,
    holder: Uuid,
    renewing: JoinHandle<()>,
    over: bool,
}

impl Holding {
    /// None where another holds it.
    pub async fn take(locks: &Arc<dyn Locks>, name: &str) -> Result<Option<Self>, StoreError> {
        let (name, holder) = (name.to_owned(), Uuid::new_v4());
        // From the first moment on, since who waits here may leave while the lock is being had.
        let mut holding = Self {
            renewing: tokio::spawn(renew(Arc::clone(locks), name.clone(), holder)),
            locks: Arc::clone(locks),
            name,
            holder,
            over: false,
        };
        let taken = holding.locks.take(&holding.name, holder, OUTLIVES).await;
        holding.over = matches!(taken, Ok(false));
        Ok(taken?.then_some(holding))
    }

    /// Gives the lock back.
    pub async fn end(mut self) {
        self.over = true;
        self.renewing.abort();
        free(&*self.locks, &self.name, self.holder).await;
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.renewing.abort();
        if self.over {
            return;
        }
        let (locks, name, holder) = (Arc::clone(&self.locks), self.name.clone(), self.holder);
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { free(&*locks, &name, holder).await });
        }
    }
}

/// One that could not be given back is free when its time is over.
async fn free(locks: &dyn Locks, name: &str, holder: Uuid) {
    if let Err(error) = locks.free(name, holder).await {
        tracing::debug!(%error, name, "a lock is left to its end");
    }
}

async fn renew(locks: Arc<dyn Locks>, name: String, holder: Uuid) {
    loop {
        tokio::time::sleep(OUTLIVES / 3).await;
        if let Err(error) = locks.take(&name, holder, OUTLIVES).await {
            tracing::debug!(%error, name, "a lock could not be taken anew");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryLocks;

    #[tokio::test]
    async fn a_lock_is_given_back_when_it_is_dropped_or_ended() {
        let locks: Arc<dyn Locks> = Arc::new(MemoryLocks::default());
        let held = Holding::take(&locks, "name").await.unwrap().unwrap();
        assert!(Holding::take(&locks, "name").await.unwrap().is_none());
        held.end().await;
        let held = Holding::take(&locks, "name").await.unwrap().unwrap();
        drop(held);
        tokio::task::yield_now().await;
        assert!(Holding::take(&locks, "name").await.unwrap().is_some());
    }
}
