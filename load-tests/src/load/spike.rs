//! How long after a spike answers take as long as before it.

use std::{collections::HashMap, time::Duration};

use super::{
    ledger::Asked, percentiles::median, plan::Phases, shopper::A_NEW_PHOTO, verdict::Verdict,
};

/// What requests may take more than before, for it to be over.
const BACK: f64 = 1.5;
/// Time is looked at in such stretches.
const STRETCH: Duration = Duration::from_secs(5);
/// Fewer requests in a stretch say nothing.
const FEWEST: usize = 4;

/// Photos that the models have to look at are told apart: they wait for each other, and the others
/// do not wait for them.
pub(super) fn verdict(asked: &[Asked], phases: &Phases) -> Verdict {
    let new: Vec<Asked> = asked.iter().filter(|it| it.name == A_NEW_PHOTO).copied().collect();
    let both = [("all", back(asked, phases)), ("new photos", back(&new, phases))];
    let said = both.iter().map(|(which, back)| match back {
        Some(Back { after: Some(after), worst }) => {
            format!("{which} within {} s of {worst:.1} times as long", after.as_secs())
        }
        Some(Back { after: None, worst }) => {
            format!("{which} not while they were watched, of {worst:.1} times as long")
        }
        None => format!("too few of {which}"),
    });
    let kept = both.iter().map(|(_, back)| Some(back.as_ref()?.after.is_some()));
    Verdict {
        what: "latency comes back after a spike".into(),
        kept: kept.collect::<Option<Vec<bool>>>().map(|kept| kept.iter().all(|kept| *kept)),
        said: said.collect::<Vec<_>>().join(", "),
    }
}

#[derive(Debug, PartialEq)]
struct Back {
    /// From the end of the spike to that of the first stretch that is as before.
    after: Option<Duration>,
    /// What requests of the spike took in parts of before, in the median.
    worst: f64,
}

/// Each request is held against the median of its own kind before the spike, since other kinds may
/// be asked in it.
fn back(asked: &[Asked], phases: &Phases) -> Option<Back> {
    let mut before: HashMap<&str, Vec<Duration>> = HashMap::new();
    let taken = || asked.iter().filter(|it| it.is_taken());
    for it in taken().filter(|it| phases.before.contains(&it.at)) {
        before.entry(it.name).or_default().push(it.took);
    }
    let before: HashMap<&str, Duration> =
        before.into_iter().filter_map(|(name, took)| Some((name, median(took)?))).collect();
    let times = |it: &Asked| {
        let before = before.get(it.name)?.as_secs_f64();
        (before > 0.0).then(|| it.took.as_secs_f64() / before)
    };
    let during = taken().filter(|it| phases.middle.contains(&it.at)).filter_map(times);
    let worst = median(during)?;
    let mut from = phases.after.start;
    while from < phases.after.end {
        let stretch = from..from + STRETCH;
        let these: Vec<f64> =
            taken().filter(|it| stretch.contains(&it.at)).filter_map(times).collect();
        if these.len() >= FEWEST && median(these).is_some_and(|median| median <= BACK) {
            return Some(Back { after: Some(stretch.end - phases.after.start), worst });
        }
        from = stretch.end;
    }
    Some(Back { after: None, worst })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::ledger::Answer;

    fn phases() -> Phases {
        let second = Duration::from_secs;
        Phases {
            before: second(0)..second(10),
            middle: second(10)..second(20),
            after: second(20)..second(40),
        }
    }

    /// Four requests a second of two kinds, each so many times as long as it takes.
    fn asked(times: impl Fn(u64) -> u64) -> Vec<Asked> {
        let quarter = |quarter: u64| {
            let at = Duration::from_millis(250 * quarter);
            let (name, alone) =
                if quarter.is_multiple_of(2) { ("quick", 10) } else { ("slow", 400) };
            let took = Duration::from_millis(alone * times(at.as_secs()));
            Asked { name, at, took, answer: Answer::Taken(200) }
        };
        (0..160).map(quarter).collect()
    }

    #[test]
    fn it_is_over_in_the_first_stretch_that_is_as_before() {
        let asked = asked(|second| if (10..25).contains(&second) { 8 } else { 1 });
        let after = Some(Duration::from_secs(10));
        assert_eq!(back(&asked, &phases()), Some(Back { after, worst: 8.0 }));
    }

    #[test]
    fn it_may_not_be_over() {
        let asked = asked(|second| if second >= 10 { 2 } else { 1 });
        assert_eq!(back(&asked, &phases()), Some(Back { after: None, worst: 2.0 }));
    }

    #[test]
    fn without_a_before_nothing_is_said() {
        let late: Vec<Asked> = asked(|_| 1).into_iter().filter(|it| it.at.as_secs() > 15).collect();
        assert_eq!(back(&late, &phases()), None);
    }
}
