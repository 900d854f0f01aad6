//! How many users come when.

use std::{ops::Range, time::Duration};

use super::shares;
use crate::measure::Outcome;

/// The longest a load lasts, in minutes.
const MOST_MINUTES: f64 = 720.0;
/// Seconds in which the first users come, and in which a spike comes and goes.
const RISE: u32 = 2;
const SPIKE_RISE: u32 = 1;
/// Of the users of a spike, those who are there before and after it.
const FEW: u32 = 10;
/// The fewest users: one of each kind.
const FEWEST: u32 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Shoppers, agents and merchants in their shares.
    Mixed,
    /// The same for long, with an eye on memory and descriptors.
    Soak,
    /// From few users to many in a second, and back.
    Spike,
    /// Clients who send and read very slowly, while the others go on.
    Slow,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Soak => "soak",
            Self::Spike => "spike",
            Self::Slow => "slow",
        }
    }

    fn minutes(self) -> f64 {
        match self {
            Self::Mixed => 1.0,
            Self::Soak => 10.0,
            Self::Spike => 2.0,
            Self::Slow => 4.0,
        }
    }

    fn users(self) -> u32 {
        match self {
            Self::Mixed | Self::Soak | Self::Slow => 20,
            Self::Spike => 200,
        }
    }
}

/// When something special happens, if anything; from the first user on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phases {
    pub(super) before: Range<Duration>,
    pub(super) middle: Range<Duration>,
    pub(super) after: Range<Duration>,
}

#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    /// At most at once.
    pub(super) users: u32,
    /// Before and after a spike.
    pub(super) few: u32,
    pub(super) phases: Phases,
}

impl Plan {
    pub(super) fn new(kind: Kind, users: Option<u32>, minutes: Option<f64>) -> Outcome<Self> {
        let users = users.unwrap_or(kind.users());
        let seconds = (minutes.unwrap_or(kind.minutes()) * 60.0).round() as u32;
        let (begin, middle, few) = match kind {
            Kind::Mixed | Kind::Soak => (0, 0, users),
            Kind::Spike => (seconds / 3, seconds / 4, (users / FEW).max(FEWEST)),
            Kind::Slow => (seconds / 4, seconds / 2, users),
        };
        let second = |second: u32| Duration::from_secs(second.into());
        let phases = Phases {
            before: second(RISE)..second(begin.max(RISE)),
            middle: second(begin)..second(begin + middle),
            after: second(begin + middle)..second(seconds),
        };
        if kind == Kind::Slow && phases.middle.end - phases.middle.start < super::slow::ENOUGH {
            let least = super::slow::ENOUGH.as_secs_f64() * 2.0 / 60.0;
            return Err(
                format!("slow clients are cut off late: give {least} minutes or more").into()
            );
        }
        Ok(Self { kind, users, few, phases })
    }

    pub(super) fn length(&self) -> Duration {
        self.phases.after.end
    }

    /// Photos that were never sent before, in hundredths.
    pub(super) fn new_photos(&self) -> u32 {
        match self.kind {
            Kind::Mixed | Kind::Soak | Kind::Slow => shares::NEW_PHOTOS,
            Kind::Spike => shares::NEW_PHOTOS_IN_A_SPIKE,
        }
    }

    /// The same for goose: users, and the time in which they come or go or stay.
    pub(super) fn steps(&self) -> String {
        let Phases { before, middle, after } = &self.phases;
        let until = |from: Duration, to: Duration| to.saturating_sub(from).as_secs();
        let (few, many) = (self.few, self.users);
        if self.kind == Kind::Spike {
            let rise = Duration::from_secs(SPIKE_RISE.into());
            format!(
                "{few},{RISE}s;{few},{}s;{many},{SPIKE_RISE}s;{many},{}s;{few},{SPIKE_RISE}s;{few},{}s;0,0s",
                until(before.start, before.end),
                until(middle.start + rise, middle.end),
                until(after.start + rise, after.end),
            )
        } else {
            format!("{many},{RISE}s;{many},{}s;0,0s", until(before.start, after.end))
        }
    }
}

/// Reads a number of minutes.
pub(super) fn minutes(written: &str) -> Result<f64, String> {
    let minutes: f64 = written.parse().map_err(|_| format!("`{written}` is no number"))?;
    if (0.2..=MOST_MINUTES).contains(&minutes) {
        Ok(minutes)
    } else {
        Err(format!("from 0.2 to {MOST_MINUTES}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_goes_up_in_a_second_and_back() {
        let plan = Plan::new(Kind::Spike, Some(100), Some(2.0)).unwrap();
        assert_eq!(plan.steps(), "10,2s;10,38s;100,1s;100,29s;10,1s;10,49s;0,0s");
        assert_eq!(plan.length(), Duration::from_secs(120));
    }

    #[test]
    fn other_loads_are_steady() {
        let plan = Plan::new(Kind::Soak, None, Some(3.0)).unwrap();
        assert_eq!(plan.steps(), "20,2s;20,178s;0,0s");
    }

    #[test]
    fn slow_clients_have_time_to_be_cut_off() {
        assert!(Plan::new(Kind::Slow, None, Some(1.0)).is_err());
        let plan = Plan::new(Kind::Slow, None, None).unwrap();
        assert!(plan.phases.middle.end - plan.phases.middle.start >= super::super::slow::ENOUGH);
    }

    #[test]
    fn minutes_have_bounds() {
        assert_eq!(minutes("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "721", "NaN", "inf", "ten"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }
}
