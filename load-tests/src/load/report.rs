//! What a load comes to, as a table and as a file.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    ledger::{Answer, Asked},
    percentiles::Percentiles,
    plan::Plan,
    shares,
    slow::Slow,
    verdict::Verdict,
    watch::Held,
    world::World,
};
use crate::measure::{Outcome, machine};

pub(super) struct Report<'a> {
    pub(super) plan: &'a Plan,
    pub(super) world: &'a World,
    pub(super) asked: Vec<Asked>,
    pub(super) held: Vec<Held>,
    pub(super) slow: Option<Slow>,
    pub(super) verdicts: Vec<Verdict>,
}

/// All requests of one name, or of all.
#[derive(Default)]
struct Figures {
    taken: Vec<Duration>,
    refused: usize,
    failed: usize,
    statuses: BTreeMap<String, usize>,
}

impl Figures {
    fn of<'a>(asked: impl IntoIterator<Item = &'a Asked>) -> Self {
        let mut figures = Self::default();
        for it in asked {
            let status = match it.answer {
                Answer::Taken(status) => {
                    figures.taken.push(it.took);
                    Some(status)
                }
                Answer::Refused { .. } => {
                    figures.refused += 1;
                    Some(429)
                }
                Answer::Failed(status) => {
                    figures.failed += 1;
                    status
                }
            };
            let status = status.map_or_else(|| "none".into(), |status| status.to_string());
            *figures.statuses.entry(status).or_default() += 1;
        }
        figures
    }

    fn all(&self) -> usize {
        self.taken.len() + self.refused + self.failed
    }

    fn percentiles(&self) -> [f64; 3] {
        let Percentiles { p50, p95, p99 } = Percentiles::of(self.taken.iter().copied());
        [p50, p95, p99].map(|time| time.as_secs_f64() * 1e3)
    }

    fn to_json(&self, name: &str, seconds: f64) -> Value {
        let [p50, p95, p99] = self.percentiles();
        json!({
            "name": name,
            "requests": self.all(),
            "per_second": self.all() as f64 / seconds,
            "p50_ms": p50, "p95_ms": p95, "p99_ms": p99,
            "told_to_come_back": self.refused,
            "failed": self.failed,
            "statuses": self.statuses,
        })
    }

    fn print(&self, name: &str, seconds: f64) {
        let [p50, p95, p99] = self.percentiles();
        println!(
            "{name:<30} {:>8} {:>8.1} {p50:>9.1} {p95:>9.1} {p99:>9.1} {:>6} {:>6}",
            self.all(),
            self.all() as f64 / seconds,
            self.refused,
            self.failed,
        );
    }
}

impl Report<'_> {
    /// Until the last user was answered.
    fn seconds(&self) -> f64 {
        let ends = self.asked.iter().map(|it| it.at + it.took);
        ends.max().unwrap_or_default().max(self.plan.length()).as_secs_f64()
    }

    fn by_name(&self) -> BTreeMap<&'static str, Figures> {
        let mut by: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
        for it in &self.asked {
            by.entry(it.name).or_default().push(it);
        }
        by.into_iter().map(|(name, asked)| (name, Figures::of(asked))).collect()
    }

    pub(super) fn print(&self) {
        println!(
            "{:<30} {:>8} {:>8} {:>9} {:>9} {:>9} {:>6} {:>6}",
            "", "requests", "a second", "p50 ms", "p95 ms", "p99 ms", "429", "failed"
        );
        let seconds = self.seconds();
        for (name, figures) in self.by_name() {
            figures.print(name, seconds);
        }
        Figures::of(&self.asked).print("all", seconds);
        if let (Some(first), Some(last)) = (self.held.first(), self.held.last()) {
            let most = |of: fn(&Held) -> u64| self.held.iter().map(of).max().unwrap_or_default();
            println!(
                "memory {} MB at first, {} at most, {} at the end; descriptors {}, {}, {}",
                first.memory / 1_000_000,
                most(|held| held.memory) / 1_000_000,
                last.memory / 1_000_000,
                first.descriptors,
                most(|held| held.descriptors),
                last.descriptors,
            );
        }
        self.verdicts.iter().for_each(Verdict::print);
        for failure in self.world.ledger.failures().iter().take(5) {
            println!("  {failure}");
        }
        println!("{}, {} users, {seconds:.0} s", machine(), self.plan.users);
    }

    pub(super) fn write(&self, folder: &Path) -> Outcome<()> {
        let file = folder.join("load.json");
        let text = serde_json::to_string_pretty(&self.to_json())?;
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("reports in {}", folder.display());
        Ok(())
    }

    fn to_json(&self) -> Value {
        let seconds = self.seconds();
        let requests = self.by_name();
        let requests = requests.iter().map(|(name, figures)| figures.to_json(name, seconds));
        let all = Figures::of(&self.asked);
        let told = |told: bool| {
            let such = Answer::Refused { told_when: told };
            self.asked.iter().filter(|it| it.answer == such).count()
        };
        let held = self.held.iter().map(|held| {
            json!({"second": held.at.as_secs(), "memory_bytes": held.memory, "descriptors": held.descriptors})
        });
        json!({
            "plan": self.plan.kind.name(),
            "steps": self.plan.steps(),
            "at": UNIX_EPOCH.elapsed().unwrap_or_default().as_secs(),
            "machine": machine(),
            "host": self.world.target.url.as_str(),
            "users": self.plan.users,
            "seconds": seconds,
            "shares": {
                "shoppers": shares::SHOPPERS,
                "agents": shares::AGENTS,
                "merchants": shares::MERCHANTS,
                "new_photos": self.plan.new_photos(),
            },
            "all": all.to_json("all", seconds),
            "requests": requests.collect::<Vec<_>>(),
            "told_to_come_back": {"with_retry_after": told(true), "without": told(false)},
            "failures": {"count": all.failed, "first": self.world.ledger.failures()},
            "slow_clients": self.slow.as_ref().map(Slow::to_json),
            "held_each_second": held.collect::<Vec<_>>(),
            "verdicts": self.verdicts.iter().map(Verdict::to_json).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_to_come_back_is_no_failure_and_does_not_count_as_quick() {
        let asked = |answer, millis| Asked {
            name: "a search",
            at: Duration::ZERO,
            took: Duration::from_millis(millis),
            answer,
        };
        let figures = Figures::of(&[
            asked(Answer::Taken(200), 40),
            asked(Answer::Refused { told_when: true }, 1),
            asked(Answer::Failed(Some(500)), 1),
            asked(Answer::Failed(None), 1),
        ]);
        assert_eq!(figures.percentiles(), [40.0; 3]);
        let value = figures.to_json("a search", 2.0);
        assert_eq!((value["requests"].as_u64(), value["failed"].as_u64()), (Some(4), Some(2)));
        assert_eq!(value["statuses"], json!({"200": 1, "429": 1, "500": 1, "none": 1}));
    }
}
