//! What was asked, and what was answered.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Requests that are kept; later ones are not counted any more.
const MOST: usize = 2_000_000;
/// Failures that are kept word for word.
const MOST_FAILURES: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Answered as it should be, with this status.
    Taken(u16),
    /// 429; whether with a `Retry-After`.
    Refused { told_when: bool },
    /// Any other status, or none where there was no answer.
    Failed(Option<u16>),
}

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    /// When it was sent, from the first user on.
    pub(super) at: Duration,
    /// Until the last byte of the answer.
    pub(super) took: Duration,
    pub(super) answer: Answer,
}

impl Asked {
    pub(super) fn is_taken(&self) -> bool {
        matches!(self.answer, Answer::Taken(_))
    }
}

pub(super) struct Ledger {
    began: Instant,
    asked: Mutex<Vec<Asked>>,
    failures: Mutex<Vec<String>>,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), asked: Mutex::default(), failures: Mutex::default() }
    }

    /// Since the first user.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn write(&self, asked: Asked) {
        let mut all = lock(&self.asked);
        if all.len() < MOST {
            all.push(asked);
        }
    }

    pub(super) fn write_failure(&self, said: String) {
        let mut all = lock(&self.failures);
        if all.len() < MOST_FAILURES {
            all.push(said);
        }
    }

    pub(super) fn all(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }

    pub(super) fn failures(&self) -> Vec<String> {
        lock(&self.failures).clone()
    }

    /// How many there are, and those that were answered lately.
    pub(super) fn lately(&self, since: Duration) -> (usize, Vec<Asked>) {
        let all = lock(&self.asked);
        let lately = all.iter().rev().take_while(|it| it.at + it.took >= since);
        (all.len(), lately.copied().collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
