//! How often something may be asked for: the generic cell rate algorithm (GCRA, ITU-T I.371, annex
//! A). All that has to be kept of a quota is one moment, the one at which it will be whole again.

use std::{collections::HashMap, time::Duration};

use crate::ports::Taken;

/// Entries from which on those that say nothing any more are cleared away.
const MANY: usize = 1_024;

/// So many requests in each stretch of time; all of them may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    requests: u32,
    window: Duration,
}

/// How much of a quota is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests that may come now.
    pub left: u64,
    /// When the next may come; zero where one may come now.
    pub next: Duration,
    /// When it is whole again.
    pub whole: Duration,
}

impl Quota {
    /// None where no requests are named: then nothing is bounded.
    pub fn a_minute(requests: u32) -> Option<Self> {
        (requests > 0).then_some(Self { requests, window: Duration::from_secs(60) })
    }

    /// So many in this stretch. `requests` is raised to one at least.
    pub fn new(requests: u32, window: Duration) -> Self {
        Self { requests: requests.max(1), window }
    }

    pub fn requests(self) -> u32 {
        self.requests
    }

    pub fn window(self) -> Duration {
        self.window
    }

    /// The stretch in microseconds.
    pub fn window_micros(self) -> u64 {
        u64::try_from(self.window.as_micros()).unwrap_or(u64::MAX)
    }

    /// What one request takes of the stretch, in microseconds.
    pub fn step_micros(self) -> u64 {
        (self.window_micros() / u64::from(self.requests)).max(1)
    }

    /// When the quota is whole again if one more is taken `now`; none where it is used up. `whole`
    /// is when it would have been without; all three in microseconds of one clock.
    pub fn take(self, whole: u64, now: u64) -> Option<u64> {
        let next = whole.max(now).saturating_add(self.step_micros());
        (next - now <= self.window_micros()).then_some(next)
    }

    /// What is left, of a quota that will be whole at `whole`; in microseconds of one clock.
    pub fn standing(self, whole: u64, now: u64) -> Standing {
        let used = whole.saturating_sub(now);
        let free = self.window_micros().saturating_sub(used);
        let missing = self.step_micros().saturating_sub(free);
        Standing {
            left: free / self.step_micros(),
            next: Duration::from_micros(missing),
            whole: Duration::from_micros(used),
        }
    }
}

/// When each quota is whole again, by its key.
#[derive(Debug, Default)]
pub struct Ledger {
    whole: HashMap<String, u64>,
    /// How many there are when it is next cleared.
    full: usize,
}

impl Ledger {
    /// Takes one of each, or of none where one is used up; `now` in microseconds.
    pub fn take(&mut self, quotas: &[(String, Quota)], now: u64) -> Taken {
        let whole = |key: &String| self.whole.get(key).copied().unwrap_or_default();
        let before: Vec<u64> = quotas.iter().map(|(key, _)| whole(key)).collect();
        let taken: Option<Vec<u64>> =
            quotas.iter().zip(&before).map(|((_, quota), whole)| quota.take(*whole, now)).collect();
        let allowed = taken.is_some();
        let after = taken.unwrap_or(before);
        if allowed {
            let keys = quotas.iter().map(|(key, _)| key.clone());
            self.whole.extend(keys.zip(after.iter().copied()));
            self.clear(now);
        }
        let standing = |((_, quota), whole): (&(String, Quota), u64)| quota.standing(whole, now);
        Taken { allowed, standings: quotas.iter().zip(after).map(standing).collect() }
    }

    /// A quota that is whole is as if it had never been asked for.
    fn clear(&mut self, now: u64) {
        if self.whole.len() >= self.full.max(MANY) {
            self.whole.retain(|_, whole| *whole > now);
            self.full = self.whole.len() * 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn standing(left: u64, next: f64, whole: f64) -> Standing {
        Standing {
            left,
            next: Duration::from_secs_f64(next),
            whole: Duration::from_secs_f64(whole),
        }
    }

    #[test]
    fn all_of_a_quota_may_come_at_once_and_then_one_after_the_other() {
        let quota = Quota::new(4, Duration::from_secs(2));
        let (mut whole, mut now) = (0, 100 * SECOND);
        for left in (0..4).rev() {
            whole = quota.take(whole, now).unwrap();
            let used = (4 - left) as f64 / 2.0;
            let next = if left == 0 { 0.5 } else { 0.0 };
            assert_eq!(quota.standing(whole, now), standing(left, next, used));
        }
        assert_eq!(quota.take(whole, now), None);
        now += SECOND / 2 - 1;
        assert_eq!(quota.take(whole, now), None);
        now += 1;
        assert_eq!(quota.standing(whole, now), standing(1, 0.0, 1.5));
        whole = quota.take(whole, now).unwrap();
        assert_eq!(quota.take(whole, now), None);
        assert_eq!(quota.standing(whole, now + 2 * SECOND), standing(4, 0.0, 0.0));
    }

    #[test]
    fn over_a_long_time_no_more_come_than_the_quota_and_one_burst() {
        let quota = Quota::new(7, Duration::from_secs(3));
        let (mut whole, mut taken) = (0, 0);
        for now in (0..30 * SECOND).step_by(10_000) {
            if let Some(next) = quota.take(whole, now) {
                (whole, taken) = (next, taken + 1);
            }
        }
        assert!((70..=77).contains(&taken), "{taken} in ten stretches");
    }

    #[test]
    fn quotas_that_are_whole_again_take_no_memory() {
        let (mut ledger, quota) = (Ledger::default(), Quota::new(1, Duration::from_secs(1)));
        for caller in 0..100 * MANY {
            let now = caller as u64 * SECOND / 100;
            assert!(ledger.take(&[(format!("caller {caller}"), quota)], now).allowed);
        }
        assert!(ledger.whole.len() <= MANY, "{} are kept", ledger.whole.len());
    }

    #[test]
    fn no_requests_a_minute_means_no_bound() {
        assert_eq!(Quota::a_minute(0), None);
        assert_eq!(Quota::a_minute(3).map(Quota::requests), Some(3));
    }
}
