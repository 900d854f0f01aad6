//! Killed at any moment of a rebuild, the index is whole: the one before it or the one after.
//!
//! A child process (this test binary again) builds the index anew, over and over, and replaces one
//! product meanwhile; it says what was done and is killed with SIGKILL in the middle of it.

#[path = "support/killed.rs"]
mod killed;
#[path = "support/points.rs"]
mod points;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use killed::Moment;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Index, Point, Query},
    testing::{Dice, sample},
};
use vitrine_stores::{EmbeddedIndex, Opened};

/// Where the child works; set, it makes the child of this binary.
const WORK: &str = "VITRINE_KILL_REBUILD_TEST";
const PRODUCTS: usize = 30;
/// Products filled together.
const BATCH: usize = 10;
const KILLS: usize = 16;
/// A kill comes when the child has said fewer lines than this, four a rebuild,
const LINES: usize = 8;
/// and then fewer milliseconds than this.
const MILLIS: usize = 80;

fn open(dir: &Path) -> Opened {
    EmbeddedIndex::open(dir, 4, "model").unwrap()
}

/// The round that a point was written in is its version.
fn point(product: &str, round: usize) -> Point {
    Point { version: round.to_string(), ..points::point(product) }
}

async fn write(index: &EmbeddedIndex, merchant: &MerchantId, points: Vec<Point>, second: bool) {
    let ids: Vec<ProductId> = points.iter().map(|point| point.product.clone()).collect();
    if second {
        index.fill(merchant, &ids, points).await.unwrap();
    } else {
        index.replace(merchant, &ids, points).await.unwrap();
    }
}

/// Products of a round are filled; the one called `live` is replaced after each batch.
async fn rebuild(index: &EmbeddedIndex, merchant: &MerchantId, round: usize, live: &mut usize) {
    index.begin_rebuild().await.unwrap();
    for first in (0..PRODUCTS).step_by(BATCH) {
        let points = (first..first + BATCH).map(|n| point(&format!("p{n}"), round)).collect();
        write(index, merchant, points, true).await;
        *live += 1;
        write(index, merchant, vec![point("live", *live)], false).await;
        println!("live {live}");
    }
    index.finish_rebuild().await.unwrap();
    println!("round {round}");
}

/// Works until it is killed.
async fn child(dir: PathBuf) {
    let read = |name: &str| fs::read_to_string(dir.join(name)).unwrap().parse::<usize>().unwrap();
    let (mut round, mut live) = (read("round"), read("live"));
    let index = open(&dir.join("index")).index;
    println!("open");
    loop {
        round += 1;
        rebuild(&index, &sample::merchant(), round, &mut live).await;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    round: usize,
    live: usize,
}

/// What the folder holds, which has to be a whole index. Only of the product that was being
/// replaced, the version that goes may be gone before the one that comes is there; it is still in
/// the outbox then, and written again.
async fn look(dir: &Path, said: State) -> State {
    let opened = open(&dir.join("index"));
    assert!(!opened.rebuilt, "the index is there");
    let shards = fs::read_dir(dir.join("index"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("shard"))
        .count();
    assert_eq!(shards, 1, "what was not finished is cleared away");
    let live = |entry: &Entry| entry.product.as_str() == "live";
    let mut entries = opened.index.entries(None, 1_000).await.unwrap();
    if !entries.iter().any(live) {
        let again = vec![point("live", said.live + 1)];
        write(&opened.index, &sample::merchant(), again, false).await;
        entries = opened.index.entries(None, 1_000).await.unwrap();
    }
    assert_eq!(entries.len(), PRODUCTS + 1, "{entries:?}");
    let number = |version: &str| version.parse::<usize>().unwrap();
    let (live, rest): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| live(entry));
    let round = number(&rest[0].version);
    assert!(rest.iter().all(|entry| number(&entry.version) == round), "of one round: {rest:?}");
    let query = Query { limit: 100, ..points::query() };
    let hits = opened.index.search(&sample::merchant(), &query).await.unwrap();
    assert_eq!(hits.len(), PRODUCTS + 1);
    assert!(hits.iter().all(|hit| hit.similarity > 0.999), "with their vectors");
    let state = State { round, live: number(&live[0].version) };
    opened.index.close().await.unwrap();
    state
}

#[test]
fn a_kill_leaves_the_index_before_a_rebuild_or_the_one_after() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(dir) = std::env::var_os(WORK) {
        return runtime.block_on(child(dir.into()));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut live = 0;
    runtime.block_on(async {
        let index = open(&dir.path().join("index")).index;
        rebuild(&index, &sample::merchant(), 0, &mut live).await;
        index.close().await.unwrap();
    });
    let mut said = State { round: 0, live };
    let (mut dice, mut before_switch) = (Dice::new(11), 0);
    for kill in 0..KILLS {
        fs::write(dir.path().join("round"), said.round.to_string()).unwrap();
        fs::write(dir.path().join("live"), said.live.to_string()).unwrap();
        let moment = Moment {
            since: "open",
            lines: dice.below(LINES),
            after: Duration::from_millis(dice.below(MILLIS) as u64),
        };
        let test = "a_kill_leaves_the_index_before_a_rebuild_or_the_one_after";
        killed::run_and_kill(test, (WORK, dir.path()), moment, |line| {
            let number = |text: &str| text.parse::<usize>().unwrap();
            match line.split_once(' ') {
                Some(("round", round)) => said.round = number(round),
                Some(("live", live)) => said.live = number(live),
                _ => {}
            }
        });
        let found = runtime.block_on(look(dir.path(), said));
        assert!(
            found.round == said.round || found.round == said.round + 1,
            "kill {kill}, {moment:?}: {found:?} after {said:?}"
        );
        assert!(
            found.live == said.live || found.live == said.live + 1,
            "kill {kill}, {moment:?}: {found:?} after {said:?}"
        );
        before_switch += usize::from(found.round == said.round);
        said = found;
    }
    assert!(said.round > 0, "some rebuild was finished");
    assert!(before_switch > 0, "some kill came before a switch");
}
