//! The bounded queue in front of the models. A [`Permit`] is the proof of having come through it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long work that can wait rests before it looks again.
const IDLE_PAUSE: Duration = Duration::from_millis(100);

/// Lets at most `running` requests use the models at once and at most `waiting` more wait.
#[derive(Debug)]
pub struct Admission {
    slots: Arc<Semaphore>,
    state: Arc<State>,
    running: usize,
    waiting: usize,
}

#[derive(Debug)]
struct State {
    inside: AtomicUsize,
    /// A moving average of how long a permit is held, in milliseconds.
    held_ms: AtomicU64,
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many photos are being looked at; try again in {} s", retry_after.as_secs())]
pub struct Busy {
    /// When a place is likely to be free; whole seconds, at least one.
    pub retry_after: Duration,
}

/// The right to use the models once. Dropping it frees the place.
#[derive(Debug)]
pub struct Permit {
    _slot: OwnedSemaphorePermit,
    _place: Place,
    waited: Duration,
    since: Instant,
    state: Arc<State>,
}

/// A place among those running or waiting; freed even when the waiting is given up.
#[derive(Debug)]
struct Place(Arc<State>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Permit {
    /// How long its holder waited for it.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let held = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let before = self.state.held_ms.load(Ordering::Relaxed);
        let average =
            if before == 0 { held } else { before.saturating_mul(7).saturating_add(held) / 8 };
        self.state.held_ms.store(average, Ordering::Relaxed);
    }
}

impl Admission {
    /// `running` is raised to one at least.
    pub fn new(running: usize, waiting: usize) -> Self {
        let running = running.max(1);
        Self {
            slots: Arc::new(Semaphore::new(running)),
            state: Arc::new(State { inside: AtomicUsize::new(0), held_ms: AtomicU64::new(0) }),
            running,
            waiting,
        }
    }

    /// Waits for a turn, in order of arrival; [`Busy`] at once when too many wait already.
    pub async fn enter(&self) -> Result<Permit, Busy> {
        let arrived = Instant::now();
        let inside = self.state.inside.fetch_add(1, Ordering::AcqRel);
        let place = Place(Arc::clone(&self.state));
        if inside >= self.running + self.waiting {
            return Err(self.busy(inside));
        }
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| self.busy(inside))?;
        Ok(Permit {
            _slot: slot,
            _place: place,
            waited: arrived.elapsed(),
            since: Instant::now(),
            state: Arc::clone(&self.state),
        })
    }

    /// Waits until nobody is at the models or waits for them, for work that can. Whoever comes
    /// later waits for that work to end.
    pub async fn enter_when_idle(&self) -> Permit {
        loop {
            if self.state.inside.load(Ordering::Acquire) == 0
                && let Ok(permit) = self.enter().await
            {
                return permit;
            }
            tokio::time::sleep(IDLE_PAUSE).await;
        }
    }

    /// How many wait for their turn now.
    pub fn queued(&self) -> usize {
        self.state.inside.load(Ordering::Acquire).saturating_sub(self.running)
    }

    fn busy(&self, inside: usize) -> Busy {
        let rounds = (inside / self.running).max(1) as u64;
        let wait = Duration::from_millis(self.state.held_ms.load(Ordering::Relaxed) * rounds);
        Busy { retry_after: Duration::from_secs(wait.as_secs().clamp(1, 300)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_the_queue_is_full_is_turned_away_at_once() {
        let admission = Arc::new(Admission::new(1, 1));
        let first = admission.enter().await.unwrap();
        let second = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.enter().await.map(|permit| permit.waited()) }
        });
        while admission.queued() == 0 {
            tokio::task::yield_now().await;
        }
        let busy = admission.enter().await.unwrap_err();
        assert!(busy.retry_after >= Duration::from_secs(1));
        drop(first);
        assert!(second.await.unwrap().is_ok());
        assert!(admission.enter().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_can_wait_enters_when_nobody_else_is_inside() {
        let admission = Admission::new(2, 1);
        let permit = admission.enter().await.unwrap();
        let soon = Duration::from_secs(60);
        assert!(tokio::time::timeout(soon, admission.enter_when_idle()).await.is_err());
        drop(permit);
        assert!(tokio::time::timeout(soon, admission.enter_when_idle()).await.is_ok());
    }

    #[tokio::test]
    async fn giving_up_while_waiting_frees_the_place() {
        let admission = Admission::new(1, 1);
        let _running = admission.enter().await.unwrap();
        let waiting = tokio::time::timeout(Duration::from_millis(10), admission.enter()).await;
        assert!(waiting.is_err());
        assert_eq!(admission.queued(), 0);
    }
}
