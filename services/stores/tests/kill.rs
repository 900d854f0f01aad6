//! Killed at any moment, nothing acknowledged is lost and nothing is in the index twice.
//!
//! A child process (this test binary again) writes products and indexes them at the same time,
//! and says what was acknowledged; it is killed with SIGKILL in the middle of it, several times
//! over the same files.

#[path = "support/killed.rs"]
mod killed;
#[path = "support/shop.rs"]
mod shop;

use std::{
    collections::HashMap,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use killed::Moment;
use shop::Shop;
use vitrine_core::{
    ids::ProductId,
    matching::version_key,
    ports::{Catalog, Embedder, Index, Prefilter, Query, Weights},
    product::Product,
    testing::{FakeEmbedder, sample},
};

/// Where the child works; set, it makes the child of this binary.
const WORK: &str = "VITRINE_KILL_TEST";
/// How many products the child goes round, over and over.
const PRODUCTS: u64 = 300;
/// Products written together.
const BATCH: u64 = 7;

/// The product as it is in its round; both its texts and its versions change from round to round.
fn product(n: u64, round: u64) -> Product {
    let mut product = sample::product(&format!("p{n}"));
    product.title = format!("Dress {n} as of {round}");
    if round % 2 == 1 {
        product.variants.push(sample::variant(&format!("p{n}-red"), "red", "M"));
    }
    product
}

/// Writes and indexes until it is killed.
async fn child(dir: PathBuf) {
    let start: u64 = std::fs::read_to_string(dir.join("round")).unwrap().parse().unwrap();
    let shop = Shop::open(&dir).await;
    println!("open");
    let writing = async {
        let mut step = 0;
        loop {
            let (round, first) = (start + step * BATCH / PRODUCTS, step * BATCH % PRODUCTS);
            let numbers = first..(first + BATCH).min(PRODUCTS);
            let products = numbers.clone().map(|n| product(n, round)).collect();
            shop.catalog.upsert(&sample::merchant(), products).await.unwrap();
            let mut out = std::io::stdout().lock();
            numbers.for_each(|n| writeln!(out, "kept {n} {round}").unwrap());
            out.flush().unwrap();
            drop(out);
            step += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let indexing = async {
        loop {
            shop.indexer.drain(|_| {}).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::join!(writing, indexing);
}

/// Runs the child for a while and kills it; tells the latest round acknowledged for each product.
fn run_and_kill(dir: &Path, after: Duration, kept: &mut HashMap<u64, u64>) {
    let test = "nothing_acknowledged_is_lost_to_a_kill";
    killed::run_and_kill(test, (WORK, dir), Moment { since: "open", lines: 0, after }, |line| {
        let numbers: Vec<u64> =
            line.split(' ').skip(1).filter_map(|part| part.parse().ok()).collect();
        if let [n, round] = numbers[..]
            && line.starts_with("kept ")
        {
            kept.insert(n, round);
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_to_a_kill() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(dir) = std::env::var_os(WORK) {
        return runtime.block_on(child(dir.into()));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut kept = HashMap::new();
    for (kill, millis) in [30, 120, 350, 80, 700, 15].into_iter().enumerate() {
        std::fs::write(dir.path().join("round"), (kill * 1_000).to_string()).unwrap();
        run_and_kill(dir.path(), Duration::from_millis(millis), &mut kept);
        // Some kills come one upon the other, without anybody catching up in between.
        if kill % 2 == 1 {
            runtime.block_on(catches_up(dir.path(), &kept));
        }
    }
}

/// Opens what the kill left and drains the outbox: then all that was acknowledged is there, once.
async fn catches_up(dir: &Path, kept: &HashMap<u64, u64>) {
    let started = Instant::now();
    let shop = Shop::open(dir).await;
    let drained = shop.indexer.drain(|_| {}).await.unwrap();
    assert_eq!(shop.catalog.pending(&sample::merchant()).await.unwrap(), 0);
    assert!(!kept.is_empty(), "the child had no time to do anything");

    let mut versions = 0;
    for n in 0..PRODUCTS {
        let ids = [ProductId::new(format!("p{n}")).unwrap()];
        let found = shop.catalog.products(&sample::merchant(), &ids).await.unwrap();
        let Some(found) = found.first() else {
            assert!(!kept.contains_key(&n), "p{n} was acknowledged and is lost");
            continue;
        };
        let round: u64 = found.title.rsplit(' ').next().unwrap().parse().unwrap();
        if let Some(&acknowledged) = kept.get(&n) {
            assert!(round >= acknowledged, "p{n} fell back from {acknowledged} to {round}");
        }
        assert_eq!(*found, product(n, round), "p{n} is whole");
        versions += in_index_once(&shop, found).await;
    }
    let points = shop.index.count(&sample::merchant()).await.unwrap();
    assert_eq!(points, versions, "the index holds nothing that the catalog does not");
    eprintln!("{} acknowledged, {drained} caught up, in {:?}", kept.len(), started.elapsed());
    shop.close().await;
}

/// Each of the product's versions is found by its own text, with its own vector, once.
async fn in_index_once(shop: &Shop, product: &Product) -> u64 {
    let versions = product.colour_versions();
    for version in &versions {
        let text = version.search_text();
        let vector = FakeEmbedder::default().embed(vec![text.clone()]).await.unwrap().remove(0);
        let query = Query {
            words: vector.clone(),
            terms: text,
            picture: None,
            weights: Weights::default(),
            likeness: vector,
            prefilter: Prefilter::default(),
            limit: 1_000,
        };
        let hits = shop.index.search(&sample::merchant(), &query).await.unwrap();
        let own: Vec<_> = hits
            .iter()
            .filter(|hit| hit.product == product.id && hit.version == version_key(version))
            .collect();
        assert_eq!(own.len(), 1, "{} is in the index once", product.id);
        let similarity = own[0].similarity;
        assert!(similarity > 0.999, "{} has its latest vector ({similarity})", product.id);
    }
    versions.len() as u64
}
