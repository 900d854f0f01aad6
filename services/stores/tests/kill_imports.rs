//! Killed at any moment of an import, and of indexing what it wrote, the import comes to the very
//! end that it would have come to undisturbed, and nothing acknowledged meanwhile is lost.
//!
//! A child process (this test binary again) runs the import and the indexer, and sets offers of
//! products that the feed does not hold; it is killed with SIGKILL up to three times before it is
//! let to the end. The same imports on a catalog in memory, never disturbed, say what has to be
//! there. `KILL_RUNS` says how many imports there are; otherwise as many as half a minute holds.

#[path = "support/killed.rs"]
mod killed;
#[path = "support/rows.rs"]
mod rows;

use std::{
    collections::HashMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use killed::Moment;
use rows::Written;
use vitrine_core::{
    feed::{FeedOptions, Problem},
    ids::{ImportId, MerchantId, ProductId, VariantId},
    imports::{
        Counts, Failure, Import, ImportOptions, ImportOrder, ImportSettings, ImportState,
        ImportWorker, Mode, PartWriter, Source,
    },
    indexing::{Indexer, Repaired},
    ports::{Catalog, Embedder, Feeds, Imports},
    product::{OfferChange, OfferPatch, Product},
    testing::{Dice, FakeEmbedder, FakeFetch, MemoryCatalog, sample},
};
use vitrine_stores::{EmbeddedIndex, Migrate, SqliteCatalog, SqliteOptions};

/// Where the child works; set, it makes the child of this binary.
const WORK: &str = "VITRINE_KILL_IMPORTS_TEST";
/// How many imports there are.
const RUNS: &str = "KILL_RUNS";
/// Without that: at least so many, and more for as long.
const AT_LEAST: u64 = 20;
const TIME: Duration = Duration::from_secs(30);
/// Imports into one folder. The first ones, one that creates and one that changes, are undisturbed
/// where their time is not known yet.
const ROUNDS: u64 = 10;
const MOST_KILLS: usize = 3;
const LEASE: Duration = Duration::from_millis(100);
/// Products that no feed holds, whose offers are set meanwhile.
const KEPT: u64 = 20;

struct Shop {
    catalog: Arc<SqliteCatalog>,
    index: Arc<EmbeddedIndex>,
    indexer: Indexer,
}

impl Shop {
    async fn open(dir: &Path) -> Self {
        let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
        let catalog =
            Arc::new(SqliteCatalog::open(&dir.join("catalog.db"), options).await.unwrap());
        let embedder = Arc::new(FakeEmbedder::default());
        let opened =
            EmbeddedIndex::open(&dir.join("index"), embedder.dimensions(), embedder.model())
                .unwrap();
        if opened.rebuilt {
            catalog.reindex_all().await.unwrap();
        }
        let index = Arc::new(opened.index);
        let indexer = Indexer::new(catalog.clone(), index.clone(), embedder);
        Self { catalog, index, indexer }
    }

    async fn close(self) {
        self.index.close().await.unwrap();
        self.catalog.close().await;
    }
}

/// A merchant next to the one whose catalog is imported.
fn neighbour() -> MerchantId {
    MerchantId::new("neighbour").unwrap()
}

fn kept(merchant: &MerchantId) -> Vec<Product> {
    (0..KEPT).map(|n| sample::product(&format!("{}-kept-{n}", merchant.as_str()))).collect()
}

/// The offer that is set in this step.
fn offer(merchant: &MerchantId, step: u64) -> OfferChange {
    let product = &kept(merchant)[(step % KEPT) as usize];
    let price = format!("{}.05 EUR", 10 + step).parse().unwrap();
    let stock = Some(Some((step % 3) as u32));
    let patch = OfferPatch { price: Some(price), stock, ..OfferPatch::default() };
    OfferChange { variant: VariantId::new(product.variants[0].id.as_str()).unwrap(), patch }
}

/// The steps that were acknowledged; what a kill cut short was not.
fn acknowledged(dir: &Path) -> Vec<u64> {
    let text = fs::read_to_string(dir.join("acknowledged")).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| line.parse().unwrap()).collect()
}

/// Whose offers are set while an import runs: one that removes what it does not hold would take
/// them along.
fn offers_of(mode: Mode) -> MerchantId {
    if mode == Mode::Replace { neighbour() } else { sample::merchant() }
}

fn importer<C: Imports + Catalog + Feeds + 'static>(
    catalog: &Arc<C>,
    settings: ImportSettings,
) -> ImportWorker {
    let fetch = Arc::new(FakeFetch::default());
    let (imports, feeds) = (catalog.clone(), catalog.clone());
    ImportWorker::new(imports, catalog.clone(), feeds, fetch, settings, Arc::default())
}

/// Imports, indexes and sets offers until all is done, says so and waits to be killed.
async fn child(dir: PathBuf) {
    let shop = Shop::open(&dir).await;
    let newest = shop.catalog.imports(&sample::merchant(), None, 1).await.unwrap().remove(0);
    let merchant = offers_of(newest.order.options.mode);
    let done = acknowledged(&dir);
    check_acknowledged(&shop, &merchant, &done, &dir).await;
    println!("open");
    let opened = Instant::now();
    let ended = || async {
        let import = shop.catalog.import(&newest.merchant, newest.id).await.unwrap().unwrap();
        import.state.ended()
    };
    let importing = async {
        let settings = ImportSettings { lease: LEASE, ..ImportSettings::default() };
        let worker = importer(&shop.catalog, settings);
        while !ended().await {
            if !worker.run_next().await.unwrap() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    let setting = async {
        let mut log = fs::File::create(dir.join("acknowledged.new")).unwrap();
        done.iter().for_each(|step| writeln!(log, "{step}").unwrap());
        log.sync_all().unwrap();
        fs::rename(dir.join("acknowledged.new"), dir.join("acknowledged")).unwrap();
        for step in done.last().map_or(0, |last| last + 1).. {
            let set =
                shop.catalog.set_offers(&merchant, vec![offer(&merchant, step)]).await.unwrap();
            assert_eq!(set.set, 1);
            writeln!(log, "{step}").unwrap();
            log.sync_data().unwrap();
            if ended().await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let writing = async { tokio::join!(importing, setting) };
    let indexing = async {
        loop {
            shop.indexer.drain(|_| {}).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! { _ = writing => {}, () = indexing => {} }
    println!("imported");
    shop.indexer.drain(|_| {}).await.unwrap();
    println!("done {}", opened.elapsed().as_millis());
    std::future::pending().await
}

/// Each offer is as it was acknowledged last, or as set in the one step after that.
async fn check_acknowledged(shop: &Shop, merchant: &MerchantId, done: &[u64], dir: &Path) {
    let Some(last) = done.last() else { return };
    for at in done.iter().rev().take(KEPT as usize) {
        let ids = [kept(merchant)[(at % KEPT) as usize].id.clone()];
        let found = shop.catalog.products(merchant, &ids).await.unwrap();
        let price = found.first().map(|product| product.variants[0].offer.price);
        let set = |step| offer(merchant, step).patch.price;
        let next = (last + 1) % KEPT == at % KEPT && price == set(last + 1);
        if price != set(*at) && !next {
            let lost = format!("step {at} of {last} was acknowledged, found {price:?}");
            fs::write(dir.join("lost"), lost).unwrap();
        }
    }
}

/// What is compared of an import.
#[derive(Debug, PartialEq)]
struct Outcome {
    state: ImportState,
    failure: Option<Failure>,
    counts: Counts,
    steps: u64,
    problems: Vec<Problem>,
}

async fn outcome(imports: &dyn Imports, id: ImportId) -> Outcome {
    let merchant = sample::merchant();
    let found = imports.import(&merchant, id).await.unwrap().unwrap();
    let Import { state, failure, progress, .. } = found;
    let problems = imports.problems(&merchant, id, 0, 10_000).await.unwrap();
    Outcome { state, failure, counts: progress.counts, steps: progress.steps, problems }
}

async fn send(imports: &dyn Imports, feed: &str, mode: Mode) -> ImportId {
    let options = ImportOptions { mode, ..ImportOptions::default() };
    let order = ImportOrder { source: Source::Body, reading: FeedOptions::default(), options };
    let import = Import::new(sample::merchant(), order);
    imports.create(&import).await.unwrap();
    let mut parts = PartWriter::new(imports, import.id);
    parts.put(feed.as_bytes()).await.unwrap();
    parts.finish().await.unwrap();
    import.id
}

async fn products(catalog: &dyn Catalog, merchant: &MerchantId) -> Vec<Product> {
    let mut all = Vec::new();
    let mut last: Option<ProductId> = None;
    loop {
        let ids = catalog.ids(merchant, last.as_ref(), 1_000).await.unwrap();
        let Some(id) = ids.last() else { return all };
        last = Some(id.clone());
        all.extend(catalog.products(merchant, &ids).await.unwrap());
    }
}

/// A folder, and what has to be in it.
struct Folder {
    dir: tempfile::TempDir,
    model: Arc<MemoryCatalog>,
    written: Written,
    round: u64,
}

/// What came of a round.
#[derive(Debug, Default)]
struct Round {
    took: Duration,
    /// Kills before the import had ended, and those while the indexer went on.
    importing: usize,
    indexing: usize,
}

impl Folder {
    fn new(written: Written) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, model: Arc::default(), written, round: 0 }
    }

    /// An import that adds to the catalog comes first, then every third time one that replaces it.
    fn mode(&self) -> Mode {
        if self.round % 3 == 1 { Mode::Replace } else { Mode::Upsert }
    }

    /// Products that the feed does not hold, in both catalogs.
    async fn keep_others(&self, shop: &Shop) {
        for merchant in [sample::merchant(), neighbour()] {
            let (all, ids) = (kept(&merchant), [kept(&merchant)[0].id.clone()]);
            if self.model.products(&merchant, &ids).await.unwrap().is_empty() {
                self.model.upsert(&merchant, all.clone()).await.unwrap();
                shop.catalog.upsert(&merchant, all).await.unwrap();
            }
        }
    }

    /// Runs the next import with kills spread over the time given, or undisturbed.
    fn run(
        &mut self,
        runtime: &tokio::runtime::Runtime,
        kills: Option<(&mut Dice, Duration)>,
    ) -> Round {
        let (dir, mode) = (self.dir.path(), self.mode());
        let feed = rows::feed(self.written, self.round);
        let id = runtime.block_on(async {
            let shop = Shop::open(dir).await;
            self.keep_others(&shop).await;
            let id = send(&*shop.catalog, &feed, mode).await;
            shop.close().await;
            id
        });
        let _ = fs::remove_file(dir.join("acknowledged"));
        let model = self.model.clone();
        let undisturbed = runtime.spawn(async move {
            let id = send(&*model, &feed, mode).await;
            assert!(importer(&model, ImportSettings::default()).run_next().await.unwrap());
            outcome(&*model, id).await
        });
        let round = killed_round(dir, kills);
        runtime.block_on(async {
            let expected = undisturbed.await.unwrap();
            let end = (expected.state, &expected.failure);
            assert_eq!(end, (ImportState::Done, &None), "undisturbed");
            self.compare(id, expected).await;
        });
        self.round += 1;
        round
    }

    /// What the child left is what an undisturbed import leaves.
    async fn compare(&self, id: ImportId, expected: Outcome) {
        let dir = self.dir.path();
        let lost = fs::read_to_string(dir.join("lost")).ok();
        assert_eq!(lost, None, "nothing acknowledged is lost");
        let shop = Shop::open(dir).await;
        assert_eq!(outcome(&*shop.catalog, id).await, expected);
        assert!(shop.catalog.part(id, 0).await.unwrap().is_none(), "its body is dropped");

        let merchant = offers_of(self.mode());
        let steps = acknowledged(dir);
        assert!(!steps.is_empty());
        let offers = steps.into_iter().map(|step| offer(&merchant, step)).collect();
        self.model.set_offers(&merchant, offers).await.unwrap();
        let mut count = 0;
        for merchant in [sample::merchant(), neighbour()] {
            let expected = products(&*self.model, &merchant).await;
            let found = products(&*shop.catalog, &merchant).await;
            count += found.len() as u64;
            assert_eq!(found.len(), expected.len());
            let differs = found.iter().zip(&expected).find(|(found, expected)| found != expected);
            assert_eq!(differs, None, "the catalog is as the model");
            assert_eq!(shop.catalog.pending(&merchant).await.unwrap(), 0);
        }
        let repaired = shop.indexer.repair(|_, _| {}).await.unwrap();
        assert_eq!(repaired, Repaired { products: count, written: 0, removed: 0 });
        shop.close().await;
    }
}

/// Runs the child until it is done, killing it before.
fn killed_round(dir: &Path, kills: Option<(&mut Dice, Duration)>) -> Round {
    let mut round = Round::default();
    if let Some((dice, whole)) = kills {
        let mut left = whole;
        for _ in 0..=dice.below(MOST_KILLS) {
            let after = Duration::from_micros(dice.below(left.as_micros() as usize) as u64);
            left = (left - after).max(whole / 8);
            match run_and_kill(dir, Moment { lines: 0, after }) {
                Reached::Nothing => round.importing += 1,
                Reached::Imported => round.indexing += 1,
                Reached::Done(_) => break,
            }
        }
    }
    let to_the_end = Moment { lines: 2, after: Duration::ZERO };
    match run_and_kill(dir, to_the_end) {
        Reached::Done(took) => Round { took, ..round },
        short => panic!("it came to {short:?}"),
    }
}

#[derive(Debug)]
enum Reached {
    Nothing,
    Imported,
    /// After so long.
    Done(Duration),
}

/// Runs the child and kills it; tells how far it came.
fn run_and_kill(dir: &Path, moment: Moment) -> Reached {
    let mut reached = Reached::Nothing;
    let test = "an_import_that_is_killed_ends_as_one_that_is_not";
    killed::run_and_kill(test, (WORK, dir), moment, |line| match line.split_once(' ') {
        None if line == "imported" => reached = Reached::Imported,
        Some(("done", millis)) => {
            reached = Reached::Done(Duration::from_millis(millis.parse().unwrap()));
        }
        _ => {}
    });
    reached
}

#[test]
fn an_import_that_is_killed_ends_as_one_that_is_not() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(dir) = std::env::var_os(WORK) {
        return runtime.block_on(child(dir.into()));
    }
    let asked: Option<u64> = std::env::var(RUNS).ok().map(|runs| runs.parse().unwrap());
    let started = Instant::now();
    let mut dice = Dice::new(23);
    // How long the child takes, by how the feed is written and whether it creates.
    let mut known: HashMap<(bool, bool), Duration> = HashMap::new();
    let (mut runs, mut importing, mut indexing) = (0, 0, 0);
    let mut folder = Folder::new(Written::Lines);
    let wanted = |runs: u64| match asked {
        Some(asked) => runs < asked,
        None => runs < AT_LEAST || started.elapsed() < TIME,
    };
    while wanted(runs) {
        if folder.round == ROUNDS {
            let table = folder.written == Written::Lines;
            folder = Folder::new(if table { Written::Table } else { Written::Lines });
        }
        let kind = (folder.written == Written::Lines, folder.round == 0);
        let Some(whole) = known.get(&kind) else {
            known.insert(kind, folder.run(&runtime, None).took);
            continue;
        };
        let round = folder.run(&runtime, Some((&mut dice, *whole)));
        (importing, indexing) = (importing + round.importing, indexing + round.indexing);
        runs += 1;
    }
    eprintln!(
        "{runs} imports, killed {importing} times while importing and {indexing} while indexing, \
         in {:?}; undisturbed {known:?}",
        started.elapsed()
    );
    let few = runs < AT_LEAST;
    assert!(few || importing > 0 && indexing > 0, "kills came before an import's end and after it");
}
