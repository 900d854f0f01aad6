//! What is seen while a load goes on: a line that changes on a terminal, else one now and then.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use indicatif::ProgressBar;
use tokio::{task::JoinHandle, time::interval};

use super::{
    ledger::{Answer, Asked},
    percentiles::Percentiles,
    plan::Plan,
    watch::{Held, Watch},
    world::World,
};
use crate::progress::bar;

/// Requests are looked at for so long.
const LATELY: Duration = Duration::from_secs(5);
/// Seconds between two lines where there is no terminal.
const SELDOM: u64 = 10;

pub(super) struct Screen {
    bar: ProgressBar,
    showing: JoinHandle<()>,
}

pub(super) fn show(world: &Arc<World>, watch: &Watch, plan: &Plan) -> Screen {
    let bar = bar(plan.kind.name(), plan.length().as_secs());
    let showing =
        tokio::spawn(refresh(Arc::clone(world), watch.shared(), plan.clone(), bar.clone()));
    Screen { bar, showing }
}

impl Screen {
    pub(super) fn end(self) {
        self.showing.abort();
        self.bar.finish_and_clear();
    }
}

async fn refresh(world: Arc<World>, held: Arc<Mutex<Vec<Held>>>, plan: Plan, bar: ProgressBar) {
    let mut seconds = interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        let now = world.ledger.now();
        let (all, lately) = world.ledger.lately(now.saturating_sub(LATELY));
        let line = line(all, &lately, super::watch::last(&held));
        let second = now.as_secs();
        if bar.is_hidden() {
            if second.is_multiple_of(SELDOM) {
                eprintln!("  {} {second}/{} s, {line}", plan.kind.name(), plan.length().as_secs());
            }
        } else {
            bar.set_position(second);
            bar.set_message(line);
        }
    }
}

fn line(all: usize, lately: &[Asked], held: Option<Held>) -> String {
    let taken = lately.iter().filter(|it| it.is_taken()).map(|it| it.took);
    let p95 = Percentiles::of(taken).p95;
    let count = |such: fn(Answer) -> bool| lately.iter().filter(|it| such(it.answer)).count();
    let refused = count(|answer| matches!(answer, Answer::Refused { .. }));
    let failed = count(|answer| matches!(answer, Answer::Failed(_)));
    let held = held.map_or_else(String::new, |held| {
        format!(", {} MB, {} descriptors", held.memory / 1_000_000, held.descriptors)
    });
    format!(
        "{all} requests, {:.0}/s, p95 {:.0} ms, {refused} refused, {failed} failed{held}",
        lately.len() as f64 / LATELY.as_secs_f64(),
        p95.as_secs_f64() * 1e3,
    )
}
