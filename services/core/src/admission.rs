//! The bounded queue in front of the models. A [`Permit`] is the proof of having come through it.
//!
//! Each merchant has a queue of its own, and the next free place goes to the merchant who has the
//! fewest, so that one who sends much waits for itself and not the others for it.

mod queue;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};

use crate::{ids::MerchantId, meters::meters};
use queue::{Queue, Ticket, Who};

/// How long work that can wait rests before it looks again.
const IDLE_PAUSE: Duration = Duration::from_millis(100);
/// How long one waits for a turn, where nothing else was said.
const PATIENCE: Duration = Duration::from_secs(120);
/// The shortest and the longest wait that is told.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// Lets at most `running` requests use the models at once and at most `waiting` more wait.
#[derive(Debug)]
pub struct Admission {
    state: Arc<State>,
    patience: Duration,
}

#[derive(Debug)]
struct State(Mutex<Queue>);

/// There is no place, or none that would be free in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many photos are being looked at; try again in {} s", retry_after.as_secs())]
pub struct Busy {
    /// When those who wait now are likely to be answered; whole seconds, at least one.
    pub retry_after: Duration,
}

/// The right to use the models once. Dropping it frees the place.
#[derive(Debug)]
pub struct Permit {
    who: Who,
    waited: Duration,
    since: Instant,
    state: Arc<State>,
}

impl Permit {
    /// How long its holder waited for it.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.state.queue().left(&self.who, self.since.elapsed());
        State::call(&self.state);
    }
}

impl State {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the free places to those whose turn it is.
    fn call(state: &Arc<Self>) {
        loop {
            let Some(called) = state.queue().call() else { return };
            let permit = Permit {
                who: called.who,
                waited: called.since.elapsed(),
                since: Instant::now(),
                state: Arc::clone(state),
            };
            // Who has left meanwhile does not take it: it is dropped and frees the place again.
            let _ = called.turn.send(permit);
        }
    }
}

/// A place in the queue; given up when its holder leaves.
struct Place<'a> {
    state: &'a State,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.state.queue().give_up(&self.ticket);
    }
}

impl Admission {
    /// `running` is raised to one at least.
    pub fn new(running: usize, waiting: usize) -> Self {
        let queue = Queue::new(running.max(1), waiting);
        Self { state: Arc::new(State(Mutex::new(queue))), patience: PATIENCE }
    }

    /// Turns away who has waited for so long, and at once who would have to.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Waits for a turn; [`Busy`] at once where there is no place or no turn to be had in time.
    /// Who comes when all places are taken gets one of a merchant that has more than its share, and
    /// that merchant's last one is turned away. Dropping the wait gives the place up.
    pub async fn enter(&self, merchant: &MerchantId) -> Result<Permit, Busy> {
        self.wait(Some(merchant.clone())).await
    }

    /// The same for what the service asks for itself, as whether its models are alive.
    pub async fn enter_unnamed(&self) -> Result<Permit, Busy> {
        self.wait(None).await
    }

    async fn wait(&self, who: Who) -> Result<Permit, Busy> {
        let turn = self.turn(who).await;
        match &turn {
            Ok(permit) => meters().turn(permit.waited),
            Err(Busy { .. }) => meters().turned_away(),
        }
        turn
    }

    async fn turn(&self, who: Who) -> Result<Permit, Busy> {
        let (ticket, turn) = {
            let mut queue = self.state.queue();
            if queue.expected(&who) > self.patience {
                return Err(queue.busy(&who));
            }
            queue.join(&who)?
        };
        let place = Place { state: &self.state, ticket };
        State::call(&self.state);
        match timeout(self.patience, turn).await {
            Ok(Ok(permit)) => Ok(permit),
            // Too late, or the place went to another.
            Ok(Err(_)) | Err(_) => {
                drop(place);
                Err(self.state.queue().busy(&who))
            }
        }
    }

    /// Waits until nobody is at the models or waits for them, for work that can. Whoever comes
    /// later waits for that work to end.
    pub async fn enter_when_idle(&self) -> Permit {
        loop {
            if self.state.queue().take_if_idle() {
                return Permit {
                    who: None,
                    waited: Duration::ZERO,
                    since: Instant::now(),
                    state: Arc::clone(&self.state),
                };
            }
            sleep(IDLE_PAUSE).await;
        }
    }

    /// How many wait for their turn now.
    pub fn queued(&self) -> usize {
        self.state.queue().waiting()
    }
}

#[cfg(test)]
mod tests;
