//! Killed at any moment of an import, of fetching its feed, of indexing what it wrote and of
//! opening the stores for it, the import comes to the very end that it would have come to
//! undisturbed, and nothing acknowledged meanwhile is lost.
//!
//! A child process (this test binary again) runs the import and the indexer, and sets offers of
//! products that the feed does not hold; it is killed with SIGKILL up to five times before it is
//! let to the end. Imports of every mode take turns, by body and by address. The same imports on a
//! catalog in memory, never disturbed, say what has to be there. `KILL_RUNS` says how many imports
//! there are; otherwise as many as half a minute holds.

#[path = "support/killed.rs"]
mod killed;
#[path = "support/rows.rs"]
mod rows;
#[path = "support/shop.rs"]
mod shop;
#[path = "support/slow_web.rs"]
mod slow_web;

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
use shop::Shop;
use slow_web::SlowWeb;
use vitrine_core::{
    feed::{FeedOptions, Problem},
    ids::{ImportId, MerchantId, ProductId, VariantId},
    imports::{
        Counts, Failure, FeedAddress, Import, ImportOptions, ImportOrder, ImportSettings,
        ImportState, ImportWorker, Mode, PartWriter, Source,
    },
    indexing::Repaired,
    ports::{Catalog, Feeds, Fetch, Imports},
    product::{OfferChange, OfferPatch, Product},
    testing::{Dice, FakeFetch, MemoryCatalog, sample},
};

/// Where the child works; set, it makes the child of this binary.
const WORK: &str = "VITRINE_KILL_IMPORTS_TEST";
/// How many imports there are.
const RUNS: &str = "KILL_RUNS";
/// Without that: at least so many, and more for as long.
const AT_LEAST: u64 = 20;
const TIME: Duration = Duration::from_secs(30);
/// Imports into one folder. Those of a kind whose time is not known yet are undisturbed.
const ROUNDS: u64 = 10;
/// Kills aimed at the work; those aimed at opening and fetching come on top.
const MOST_KILLS: usize = 3;
const LEASE: Duration = Duration::from_millis(100);
/// Products that no feed holds, whose offers are set meanwhile.
const KEPT: u64 = 20;

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
    fetch: Arc<dyn Fetch>,
    settings: ImportSettings,
) -> ImportWorker {
    let (imports, feeds) = (catalog.clone(), catalog.clone());
    ImportWorker::new(imports, catalog.clone(), feeds, fetch, settings, Arc::default())
}

/// Imports, indexes and sets offers until all is done, says so and waits to be killed.
async fn child(dir: PathBuf) {
    println!("opening");
    let opening = Instant::now();
    let shop = Shop::open(&dir).await;
    let opening = opening.elapsed();
    let newest = shop.catalog.imports(&sample::merchant(), None, 1).await.unwrap().pop();
    let Some(newest) = newest else {
        println!("open");
        return std::future::pending().await;
    };
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
        let web = Arc::new(SlowWeb::new(&dir, newest.bytes.is_some()));
        let worker = importer(&shop.catalog, web, settings);
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
    println!("done {} {}", opening.as_micros(), opened.elapsed().as_micros());
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

/// Asks for an import of the feed, which is sent along or lies at an address of the web.
async fn send(imports: &dyn Imports, feed: &str, mode: Mode, web: Option<&SlowWeb>) -> ImportId {
    let options = ImportOptions { mode, ..ImportOptions::default() };
    let source = match web {
        None => Source::Body,
        Some(web) => Source::Address(FeedAddress { url: web.put(feed), feed: None }),
    };
    let order = ImportOrder { source, reading: FeedOptions::default(), options };
    let import = Import::new(sample::merchant(), order);
    imports.create(&import).await.unwrap();
    if web.is_none() {
        let mut parts = PartWriter::new(imports, import.id);
        parts.put(feed.as_bytes()).await.unwrap();
        parts.finish().await.unwrap();
    }
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
    times: Times,
    kills: Kills,
}

/// How long the child takes undisturbed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Times {
    opening: Duration,
    work: Duration,
}

/// How many kills came while the stores were opened, while the feed was fetched, before the import
/// had ended otherwise, and while the indexer went on.
#[derive(Debug, Default, Clone, Copy)]
struct Kills {
    opening: usize,
    fetching: usize,
    importing: usize,
    indexing: usize,
}

impl std::ops::AddAssign for Kills {
    fn add_assign(&mut self, more: Self) {
        self.opening += more.opening;
        self.fetching += more.fetching;
        self.importing += more.importing;
        self.indexing += more.indexing;
    }
}

/// What kills are rolled with, and what they are spread over.
type Killing<'a> = (&'a mut Dice, Times);

impl Folder {
    fn new(written: Written) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, model: Arc::default(), written, round: 0 }
    }

    /// An import that adds to the catalog comes first.
    fn mode(&self) -> Mode {
        [Mode::Upsert, Mode::Replace, Mode::Delta][(self.round % 3) as usize]
    }

    /// Whether the feed is to be fetched: in each mode every second time.
    fn is_fetched(&self) -> bool {
        self.round % 2 == 1
    }

    fn feed(&self) -> String {
        match self.mode() {
            Mode::Delta => rows::offers(self.written, self.round),
            Mode::Upsert | Mode::Replace => rows::feed(self.written, self.round),
        }
    }

    /// Kills those that begin the folder, which is empty still.
    fn begin(&self, (dice, times): Killing<'_>) -> Kills {
        let mut kills = Kills::default();
        for _ in 0..dice.below(3) {
            let moment = opening(dice, 2 * times.opening);
            kills.opening += usize::from(run_and_kill(self.dir.path(), moment) == Reached::Nothing);
        }
        kills
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

    /// Runs the next import with kills spread over the times given, or undisturbed.
    fn run(&mut self, runtime: &tokio::runtime::Runtime, killing: Option<Killing<'_>>) -> Round {
        let (dir, mode, feed) = (self.dir.path(), self.mode(), self.feed());
        let web = self.is_fetched().then(|| SlowWeb::new(dir, false));
        let id = runtime.block_on(async {
            let shop = Shop::open(dir).await;
            self.keep_others(&shop).await;
            let id = send(&*shop.catalog, &feed, mode, web.as_ref()).await;
            shop.close().await;
            id
        });
        let _ = fs::remove_file(dir.join("acknowledged"));
        let model = self.model.clone();
        let undisturbed = runtime.spawn(async move {
            let id = send(&*model, &feed, mode, None).await;
            let fetch = Arc::new(FakeFetch::default());
            let worker = importer(&model, fetch, ImportSettings::default());
            assert!(worker.run_next().await.unwrap());
            outcome(&*model, id).await
        });
        let round = killed_round(dir, self.is_fetched(), killing);
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
fn killed_round(dir: &Path, fetched: bool, killing: Option<Killing<'_>>) -> Round {
    let mut kills = Kills::default();
    if let Some((dice, times)) = killing {
        for moment in moments(dice, times, fetched) {
            match run_and_kill(dir, moment) {
                Reached::Nothing => kills.opening += 1,
                Reached::Fetching => kills.fetching += 1,
                Reached::Open => kills.importing += 1,
                Reached::Imported => kills.indexing += 1,
                Reached::Done(_) => break,
            }
        }
    }
    let to_the_end = Moment { since: "imported", lines: 1, after: Duration::ZERO };
    match run_and_kill(dir, to_the_end) {
        Reached::Done(times) => Round { times, kills },
        short => panic!("it came to {short:?}"),
    }
}

/// When children are killed, one after the other: the first while it fetches, where there is
/// something to fetch, now and then one while it opens the stores, and then anywhere in the work
/// that is left. Only the first is sure to fetch: one that opens sooner than thought may get far.
fn moments(dice: &mut Dice, times: Times, fetched: bool) -> Vec<Moment> {
    let mut moments = Vec::new();
    if fetched {
        let after = below(dice, slow_web::AT_LEAST);
        moments.push(Moment { since: "fetching", lines: 0, after });
    }
    if dice.below(2) == 0 {
        moments.push(opening(dice, times.opening));
    }
    let mut left = times.work;
    for _ in 0..=dice.below(MOST_KILLS) {
        let after = below(dice, left);
        left = (left - after).max(times.work / 8);
        moments.push(Moment { since: "open", lines: 0, after });
    }
    moments
}

fn opening(dice: &mut Dice, time: Duration) -> Moment {
    Moment { since: "opening", lines: 0, after: below(dice, time) }
}

fn below(dice: &mut Dice, time: Duration) -> Duration {
    Duration::from_micros(dice.below(time.as_micros() as usize) as u64)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Nothing,
    Open,
    Fetching,
    Imported,
    /// After so long.
    Done(Times),
}

/// Runs the child and kills it; tells how far it came.
fn run_and_kill(dir: &Path, moment: Moment) -> Reached {
    let reached_by = |line: &str| match line.split_once(' ') {
        None if line == "open" || line == "fetched" => Some(Reached::Open),
        None if line == "fetching" => Some(Reached::Fetching),
        None if line == "imported" => Some(Reached::Imported),
        Some(("done", times)) => {
            let (opening, work) = times.split_once(' ').unwrap();
            let time = |micros: &str| Duration::from_micros(micros.parse().unwrap());
            Some(Reached::Done(Times { opening: time(opening), work: time(work) }))
        }
        _ => None,
    };
    let mut reached = reached_by(moment.since).unwrap_or(Reached::Nothing);
    let test = "an_import_that_is_killed_ends_as_one_that_is_not";
    killed::run_and_kill(test, (WORK, dir), moment, |line| {
        reached = reached_by(line).unwrap_or(reached);
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
    // How long the child takes, by the import's mode and whether it creates.
    let mut known: HashMap<(&str, bool), Times> = HashMap::new();
    let (mut runs, mut kills) = (0, Kills::default());
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
        let kind = (folder.mode().id(), folder.round == 0);
        let Some(times) = known.get(&kind).copied() else {
            known.insert(kind, folder.run(&runtime, None).times);
            continue;
        };
        if folder.round == 0 {
            kills += folder.begin((&mut dice, times));
        }
        kills += folder.run(&runtime, Some((&mut dice, times))).kills;
        runs += 1;
    }
    eprintln!("{runs} imports in {:?}, {kills:?}; undisturbed {known:?}", started.elapsed());
    let Kills { opening, fetching, importing, indexing } = kills;
    let everywhere = [opening, fetching, importing, indexing].iter().all(|kills| *kills > 0);
    assert!(runs < AT_LEAST || everywhere, "kills came at every stage");
}
