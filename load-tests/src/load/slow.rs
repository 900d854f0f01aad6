//! Clients who send and read very slowly, while the others go on as before.

mod reader;
mod sender;

use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    ledger::{Answer, Asked},
    percentiles::{Percentiles, median},
    plan::Phases,
    verdict::Verdict,
    world::World,
};

/// Within this a body has to arrive (`body_time` in `services/api/src/server.rs`).
const BODY_TIME: Duration = Duration::from_secs(60);
/// What it may take longer on a busy machine.
const TOLERANCE: Duration = Duration::from_secs(5);
/// The least time for slow clients, so that each is cut off once.
pub(super) const ENOUGH: Duration = Duration::from_secs(70);
/// What others may wait longer meanwhile.
const MORE: f64 = 1.5;
/// The share of others who may be refused meanwhile and would not be without slow clients.
const MORE_REFUSED: f64 = 0.01;
/// What a slow client sends or reads in a second.
const BYTES_A_SECOND: usize = 300;
/// How often it does.
const BEATS_A_SECOND: usize = 5;
const PIECE: usize = BYTES_A_SECOND / BEATS_A_SECOND;
const BEAT: Duration = Duration::from_millis(1_000 / BEATS_A_SECOND as u64);
/// Until a client that was turned away comes again.
const AGAIN: Duration = Duration::from_secs(5);

/// How it ended with a slow client.
#[derive(Debug, Clone, PartialEq, Eq)]
enum How {
    /// With an answer: its status, its `code`, and whether the connection was closed then.
    Answered { status: u16, code: String, closed: bool },
    /// Without one.
    Closed,
    /// Not before the others were done.
    Open,
}

#[derive(Debug)]
struct End {
    /// From the first byte on.
    after: Duration,
    how: How,
}

/// What became of all of them, one after the other.
pub(super) struct Slow {
    clients: u32,
    senders: Vec<End>,
    readers: Vec<End>,
}

/// So many of each kind, from the start of that time until its end.
pub(super) async fn run(world: &World, clients: u32, when: &Range<Duration>) -> Slow {
    sleep(when.start.saturating_sub(world.ledger.now())).await;
    let until = Instant::now() + (when.end - when.start);
    let at_once = clients as usize;
    let senders = stream::iter(0..clients)
        .map(|_| again(until, || sender::send(world)))
        .buffer_unordered(at_once)
        .concat();
    let readers = stream::iter(0..clients)
        .map(|_| again(until, || reader::read(world)))
        .buffer_unordered(at_once)
        .concat();
    let (senders, readers) = tokio::join!(senders, readers);
    Slow { clients, senders, readers }
}

/// One client, who comes again until the time is over.
async fn again<F>(until: Instant, client: impl Fn() -> F) -> Vec<End>
where
    F: Future<Output = io::Result<How>>,
{
    let mut ends = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return ends;
        }
        let started = Instant::now();
        let how = match timeout(left, client()).await {
            Ok(ended) => ended.unwrap_or(How::Closed),
            Err(_) => How::Open,
        };
        ends.push(End { after: started.elapsed(), how });
        sleep(AGAIN.min(until.saturating_duration_since(Instant::now()))).await;
    }
}

pub(super) fn verdicts(slow: Option<&Slow>, asked: &[Asked], phases: &Phases) -> Vec<Verdict> {
    let mut verdicts = vec![others(asked, phases), refused(asked, phases)];
    if let Some(slow) = slow {
        verdicts.push(cut_off(&slow.senders));
        verdicts.push(Verdict {
            what: "slow readers".into(),
            kept: None,
            said: format!("the service states no time; {}", told(&slow.readers)),
        });
    }
    verdicts
}

/// What the others waited with and without the slow ones.
fn others(asked: &[Asked], phases: &Phases) -> Verdict {
    let took = |when: &[&Range<Duration>]| {
        let then = |it: &&Asked| it.is_taken() && when.iter().any(|when| when.contains(&it.at));
        let all = Percentiles::of(asked.iter().filter(then).map(|it| it.took));
        [all.p50, all.p95].map(|time| time.as_secs_f64() * 1e3)
    };
    let [half, with] = took(&[&phases.middle]);
    let [half_without, without] = took(&[&phases.before, &phases.after]);
    Verdict {
        what: "others are answered as without slow clients".into(),
        kept: (without > 0.0).then_some(with <= MORE * without),
        said: format!(
            "p95 {with:.0} ms with, {without:.0} ms without, at most {MORE} times; p50 {half:.0} and {half_without:.0} ms"
        ),
    }
}

/// Whether the slow ones take the places of the others.
fn refused(asked: &[Asked], phases: &Phases) -> Verdict {
    let share = |when: &[&Range<Duration>]| {
        let then = |it: &&Asked| when.iter().any(|when| when.contains(&it.at));
        let refused = |it: &&Asked| matches!(it.answer, Answer::Refused { .. });
        let all = asked.iter().filter(then).count();
        let refused = asked.iter().filter(then).filter(refused).count();
        refused as f64 / all.max(1) as f64
    };
    let (with, without) = (share(&[&phases.middle]), share(&[&phases.before, &phases.after]));
    Verdict {
        what: "others are not refused for slow clients".into(),
        kept: (!asked.is_empty()).then_some(with <= without + MORE_REFUSED),
        said: format!("{:.1} % refused with, {:.1} % without", with * 100.0, without * 100.0),
    }
}

/// Whether all who had their time were told so and sent away.
fn cut_off(ends: &[End]) -> Verdict {
    let late = |end: &&End| end.after > BODY_TIME + TOLERANCE;
    let clear = |end: &&End| match &end.how {
        How::Answered { status: 408, code, .. } => {
            code == "body_slow" && end.after + TOLERANCE >= BODY_TIME
        }
        _ => false,
    };
    let silent = ends.iter().filter(|end| end.how == How::Closed).count();
    let (late, clear) = (ends.iter().filter(late).count(), ends.iter().filter(clear).count());
    Verdict {
        what: format!("slow senders are cut off after {} s", BODY_TIME.as_secs()),
        kept: (clear + late + silent > 0).then_some(late + silent == 0),
        said: told(ends),
    }
}

/// How it ended with how many, and after how long in the median.
fn told(ends: &[End]) -> String {
    let mut by: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for end in ends {
        let how = match &end.how {
            How::Answered { status, code, closed } => {
                format!("{status} {code}{}", if *closed { " and closed" } else { "" })
            }
            How::Closed => "closed without an answer".into(),
            How::Open => "open at the end".into(),
        };
        by.entry(how).or_default().push(end.after.as_secs_f64());
    }
    let one = |(how, after): (String, Vec<f64>)| {
        format!("{} {how} after {:.1} s", after.len(), median(after).unwrap_or_default())
    };
    by.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

impl Slow {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "clients_of_each_kind": self.clients,
            "bytes_a_second": BYTES_A_SECOND,
            "senders": told(&self.senders),
            "readers": told(&self.readers),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(seconds: u64, status: u16, code: &str) -> End {
        let how = How::Answered { status, code: code.into(), closed: true };
        End { after: Duration::from_secs(seconds), how }
    }

    #[test]
    fn slow_senders_are_to_be_told_in_time() {
        let kept = |ends: &[End]| cut_off(ends).kept;
        let open = End { after: Duration::from_secs(20), how: How::Open };
        assert_eq!(kept(&[end(60, 408, "body_slow"), open]), Some(true));
        assert_eq!(kept(&[end(90, 408, "body_slow")]), Some(false), "too late");
        let silent = End { after: Duration::from_secs(60), how: How::Closed };
        assert_eq!(kept(&[end(60, 408, "body_slow"), silent]), Some(false));
        assert_eq!(kept(&[end(0, 429, "busy")]), None, "refused at once");
    }

    #[test]
    fn who_is_refused_while_slow_clients_are_there_is_counted() {
        let phases = crate::load::plan::Plan::new(crate::load::plan::Kind::Slow, None, None);
        let phases = phases.unwrap().phases;
        let at =
            |at: Duration, answer| Asked { name: "a search", at, took: Duration::ZERO, answer };
        let busy = Answer::Refused { told_when: true };
        let before = at(phases.before.start, Answer::Taken(200));
        let verdict = |middle| refused(&[before, at(phases.middle.start, middle)], &phases);
        assert_eq!(verdict(busy).kept, Some(false));
        assert_eq!(verdict(Answer::Taken(200)).kept, Some(true));
    }

    #[test]
    fn what_happened_is_told_by_how_often() {
        let ends = [end(60, 408, "body_slow"), end(0, 429, "busy"), end(61, 408, "body_slow")];
        let said = "2 408 body_slow and closed after 60.0 s, 1 429 busy and closed after 0.0 s";
        assert_eq!(told(&ends), said);
    }
}
