//! A suite for [`Imports`] and [`Feeds`] together with the [`Catalog`] that they write to.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    address::WebAddress,
    feed::{Place, Problem, ProblemCode},
    ids::{ImportId, MerchantId, ProductId},
    imports::{
        Counts, Failure, FeedAddress, FeedOutcome, Import, ImportOptions, ImportOrder, ImportState,
        KeptFeed, Mode, Progress, Source, Validators,
    },
    ports::{
        Catalog, Checkpoint, Claimed, Feeds, ImportEnd, Imports, Lease, LeaseError, Record,
        UnderWay, Work, Worked,
    },
    product::{OfferChange, OfferPatch},
    testing::sample,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// Runs the suite; every claim must find the imports of the suite alone.
pub async fn imports<S>(store: Arc<S>)
where
    S: Catalog + Imports + Feeds + 'static,
{
    keeps_what_was_asked_for(&*store).await;
    keeps_a_body(&*store).await;
    gives_a_merchants_imports_one_by_one(&*store).await;
    gives_no_import_to_two(Arc::clone(&store)).await;
    writes_for_who_holds_the_lease(&*store).await;
    keeps_work_and_progress_together(&*store).await;
    cancels(&*store).await;
    ends_in_every_way(&*store).await;
    forgets(&*store).await;
    keeps_feeds(&*store).await;
    gives_a_feed_when_it_is_due(&*store).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(format!("imports-{name}")).expect("a good id")
}

fn order(mode: Mode) -> ImportOrder {
    let options = ImportOptions { mode, ..ImportOptions::default() };
    ImportOrder { source: Source::Body, reading: Default::default(), options }
}

/// An import with a body of one part, ready to be claimed.
async fn ready(store: &impl Imports, merchant: &MerchantId) -> Import {
    let import = Import::new(merchant.clone(), order(Mode::Upsert));
    store.create(&import).await.unwrap();
    store.put_part(import.id, 0, b"body".to_vec()).await.unwrap();
    store.body_complete(import.id, 4).await.unwrap();
    import
}

async fn state(store: &impl Imports, import: &Import) -> ImportState {
    store.import(&import.merchant, import.id).await.unwrap().unwrap().state
}

/// Claims what must be there.
async fn claimed(store: &impl Imports, lease: Duration) -> Claimed {
    store.claim(lease).await.unwrap().expect("an import to claim")
}

fn problem(line: u64) -> Problem {
    let place = Place { row: line, line };
    Problem::of_value(place, "price", "much", ProblemCode::PriceInvalid, "write it as 49.90 EUR")
}

fn keep(steps: u64, problems: Vec<Problem>) -> Record {
    Box::new(move |worked| {
        let mut counts = Counts { rows: steps, ..Counts::default() };
        match worked {
            Worked::Products(upserted) => counts.created = upserted.created,
            Worked::Offers(set) => counts.changed = set.set,
            Worked::Removal(removed) => counts.removed = *removed,
            Worked::Nothing => {}
        }
        let progress = Progress { steps, bytes: steps * 10, counts, ..Progress::default() };
        Checkpoint { progress, problems }
    })
}

async fn finish(store: &impl Imports, lease: &Lease) {
    store.end(lease, ImportEnd::Done, None).await.unwrap();
}

async fn keeps_what_was_asked_for(store: &impl Imports) {
    let shop = merchant("kept");
    let mut wanted = order(Mode::Replace);
    wanted.options.force = true;
    wanted.reading.currency = Some("EUR".parse().unwrap());
    wanted.reading.dialect = Some(crate::feed::Dialect::Shopify);
    let import = Import::new(shop.clone(), wanted);
    store.create(&import).await.unwrap();
    let known = store.import(&shop, import.id).await.unwrap().unwrap();
    assert_eq!((&known.order, known.state), (&import.order, ImportState::Receiving));
    assert_eq!(known.created.as_millisecond(), import.created.as_millisecond());
    assert_eq!(
        store.import(&merchant("other"), import.id).await.unwrap(),
        None,
        "an import is seen by its own merchant alone"
    );
    assert_eq!(store.import(&shop, ImportId::now()).await.unwrap(), None);

    let mut all = vec![import.id];
    for _ in 0..4 {
        let next = Import::new(shop.clone(), order(Mode::Upsert));
        store.create(&next).await.unwrap();
        all.insert(0, next.id);
    }
    let ids = |imports: Vec<Import>| -> Vec<_> { imports.iter().map(|known| known.id).collect() };
    let page = ids(store.imports(&shop, None, 2).await.unwrap());
    assert_eq!(page, all[..2], "the newest come first");
    let rest = ids(store.imports(&shop, Some(page[1]), 10).await.unwrap());
    assert_eq!(rest, all[2..], "and the next page goes on");
    assert!(store.imports(&merchant("other"), None, 10).await.unwrap().is_empty());
    assert!(store.claim(HOUR).await.unwrap().is_none(), "what is still received is not run");
    for id in all {
        store.cancel(&shop, id).await.unwrap();
    }
}

async fn keeps_a_body(store: &impl Imports) {
    let shop = merchant("body");
    let import = Import::new(shop.clone(), order(Mode::Upsert));
    store.create(&import).await.unwrap();
    let parts = [vec![0, 159, 146, 150], vec![b'x'; 100_000], Vec::new()];
    for (number, part) in parts.iter().enumerate() {
        store.put_part(import.id, number as u32, part.clone()).await.unwrap();
    }
    for (number, part) in parts.iter().enumerate() {
        let kept = store.part(import.id, number as u32).await.unwrap();
        assert_eq!(kept.as_ref(), Some(part), "parts come back byte for byte");
    }
    assert_eq!(store.part(import.id, 3).await.unwrap(), None, "after the last there is none");
    store.drop_parts(import.id).await.unwrap();
    assert_eq!(store.part(import.id, 0).await.unwrap(), None, "a body can begin anew");
    store.put_part(import.id, 0, b"again".to_vec()).await.unwrap();
    store.body_complete(import.id, 5).await.unwrap();
    let known = store.import(&shop, import.id).await.unwrap().unwrap();
    assert_eq!((known.state, known.bytes), (ImportState::Waiting, Some(5)));

    let Claimed { import: running, lease, fruitless } = claimed(store, HOUR).await;
    assert_eq!((running.id, running.state, fruitless), (import.id, ImportState::Running, 0));
    assert!(running.running_since.is_some());
    finish(store, &lease).await;
    assert_eq!(store.part(import.id, 0).await.unwrap(), None, "an ended import has no body");
}

async fn gives_a_merchants_imports_one_by_one(store: &impl Imports) {
    let (one, two) = (merchant("order-1"), merchant("order-2"));
    let (first, second) = (ready(store, &one).await, ready(store, &one).await);
    let other = ready(store, &two).await;
    let running = claimed(store, HOUR).await;
    assert_eq!(running.import.id, first.id, "the oldest is run first");
    let beside = claimed(store, HOUR).await;
    assert_eq!(beside.import.id, other.id, "another merchant's runs beside it");
    assert!(store.claim(HOUR).await.unwrap().is_none(), "the same merchant's waits");
    assert_eq!(state(store, &second).await, ImportState::Waiting);
    let under_way = store.under_way().await.unwrap();
    assert_eq!(under_way, UnderWay { waiting: 1, running: 2 }, "of all merchants together");
    finish(store, &running.lease).await;
    let next = claimed(store, HOUR).await;
    assert_eq!(next.import.id, second.id);
    finish(store, &next.lease).await;
    finish(store, &beside.lease).await;
    assert_eq!(store.under_way().await.unwrap(), UnderWay::default(), "all have ended");
}

async fn gives_no_import_to_two<S: Imports + 'static>(store: Arc<S>) {
    let shops: Vec<MerchantId> = (0..8).map(|n| merchant(&format!("race-{n}"))).collect();
    for shop in &shops {
        ready(&*store, shop).await;
    }
    let workers = (0..16).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.claim(HOUR).await.unwrap() })
    });
    let claims = futures::future::join_all(workers.collect::<Vec<_>>()).await;
    let claims: Vec<Claimed> = claims.into_iter().filter_map(Result::unwrap).collect();
    let mut ids: Vec<ImportId> = claims.iter().map(|claimed| claimed.import.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), claims.len(), "no import is given to two");
    for claimed in &claims {
        finish(&*store, &claimed.lease).await;
    }
    while let Some(claimed) = store.claim(HOUR).await.unwrap() {
        ids.push(claimed.import.id);
        finish(&*store, &claimed.lease).await;
    }
    assert_eq!(ids.len(), 8, "and each is given to one");
}

async fn writes_for_who_holds_the_lease(store: &(impl Catalog + Imports)) {
    let shop = merchant("lease");
    let import = ready(store, &shop).await;
    let gone = claimed(store, Duration::from_millis(5)).await;
    assert!(store.claim(HOUR).await.unwrap().is_none(), "a lease that holds is not broken");
    store.hold(&gone.lease, Duration::from_millis(50)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(store.claim(HOUR).await.unwrap().is_none(), "nor one that was prolonged");
    tokio::time::sleep(Duration::from_millis(60)).await;
    let holder = claimed(store, HOUR).await;
    assert_eq!((holder.import.id, holder.fruitless), (import.id, 1), "a dead worker's is taken");

    let work = || Work::Products(vec![sample::product("late")].into());
    let late = store.work(&gone.lease, work(), keep(1, Vec::new())).await;
    assert_eq!(late, Err(LeaseError::Lost));
    assert_eq!(store.hold(&gone.lease, HOUR).await, Err(LeaseError::Lost));
    assert_eq!(store.release(&gone.lease).await, Err(LeaseError::Lost));
    assert_eq!(store.end(&gone.lease, ImportEnd::Done, None).await, Err(LeaseError::Lost));
    assert_eq!(store.count(&shop).await.unwrap(), 0, "a worker that comes too late writes nothing");

    store.work(&holder.lease, work(), keep(1, Vec::new())).await.unwrap();
    store.release(&holder.lease).await.unwrap();
    let next = claimed(store, HOUR).await;
    assert_eq!(next.fruitless, 0, "a batch that was written makes up for the claims before it");
    assert_eq!(next.import.progress.steps, 1, "what was kept is gone on from");
    assert_eq!(next.import.running_from, 10);
    finish(store, &next.lease).await;
    assert_eq!(store.end(&next.lease, ImportEnd::Done, None).await, Err(LeaseError::Lost));
}

async fn keeps_work_and_progress_together(store: &(impl Catalog + Imports)) {
    let shop = merchant("work");
    let import = ready(store, &shop).await;
    let lease = claimed(store, HOUR).await.lease;
    let products = vec![sample::product("a"), sample::product("b")];
    let kept =
        store.work(&lease, Work::Products(products.clone().into()), keep(2, vec![problem(1)]));
    assert_eq!(kept.await.unwrap().counts.created, 2, "the outcome comes into the progress");
    let ids: Vec<ProductId> = products.iter().map(|product| product.id.clone()).collect();
    assert_eq!(store.products(&shop, &ids).await.unwrap(), products);
    assert_eq!(store.pending(&shop).await.unwrap(), 2, "the outbox is told");
    let known = store.import(&shop, import.id).await.unwrap().unwrap();
    assert_eq!((known.progress.steps, known.progress.bytes), (2, 20));

    let patch = OfferPatch { stock: Some(Some(0)), ..OfferPatch::default() };
    let variant = products[0].variants[0].id.clone();
    let change = OfferChange { variant, patch };
    let tried = store.try_offers(&shop, vec![change.clone()]).await.unwrap();
    assert_eq!(tried.set, 1);
    let known = store.products(&shop, &ids[..1]).await.unwrap();
    assert_eq!(known, products[..1], "what is only tried is not done");
    let kept = store.work(&lease, Work::Offers(vec![change]), keep(3, vec![problem(2)])).await;
    assert_eq!(kept.unwrap().counts.changed, 1);
    let known = store.products(&shop, &ids[..1]).await.unwrap();
    assert!(!known[0].variants[0].offer.can_be_bought_now());

    let kept = store.work(&lease, Work::Removal(ids.clone()), keep(4, Vec::new())).await;
    assert_eq!(kept.unwrap().counts.removed, 2);
    assert_eq!(store.count(&shop).await.unwrap(), 0);
    let many = (3..103).map(problem).collect();
    store.work(&lease, Work::Nothing, keep(5, many)).await.unwrap();
    let told = store.problems(&shop, import.id, 0, 1_000).await.unwrap();
    let expected: Vec<Problem> = (1..103).map(problem).collect();
    assert_eq!(told, expected, "problems come back in the order told");
    let page = store.problems(&shop, import.id, 100, 1).await.unwrap();
    assert_eq!(page, expected[100..101]);
    assert!(store.problems(&merchant("other"), import.id, 0, 9).await.unwrap().is_empty());
    finish(store, &lease).await;
    let told = store.problems(&shop, import.id, 0, 1_000).await.unwrap();
    assert_eq!(told.len(), 102, "problems stay when the import has ended");
}

async fn cancels(store: &(impl Catalog + Imports)) {
    let shop = merchant("cancel");
    let waiting = ready(store, &shop).await;
    assert_eq!(store.cancel(&merchant("other"), waiting.id).await.unwrap(), None);
    assert_eq!(state(store, &waiting).await, ImportState::Waiting);
    let cancelled = store.cancel(&shop, waiting.id).await.unwrap().unwrap();
    assert_eq!(cancelled.state, ImportState::Cancelled, "what nobody runs ends at once");
    assert!(cancelled.ended.is_some());
    assert!(store.claim(HOUR).await.unwrap().is_none());

    let receiving = Import::new(shop.clone(), order(Mode::Upsert));
    store.create(&receiving).await.unwrap();
    store.cancel(&shop, receiving.id).await.unwrap();
    store.put_part(receiving.id, 0, b"late".to_vec()).await.unwrap();
    store.body_complete(receiving.id, 4).await.unwrap();
    assert_eq!(state(store, &receiving).await, ImportState::Cancelled, "and stays so");

    let running = ready(store, &shop).await;
    let lease = claimed(store, HOUR).await.lease;
    let known = store.cancel(&shop, running.id).await.unwrap().unwrap();
    assert_eq!((known.state, known.cancelling), (ImportState::Running, true));
    let work = Work::Products(vec![sample::product("a")].into());
    let refused = store.work(&lease, work, keep(1, Vec::new())).await;
    assert_eq!(refused, Err(LeaseError::Cancelled), "the next batch is not written");
    assert_eq!(store.hold(&lease, HOUR).await, Err(LeaseError::Cancelled));
    assert_eq!(store.count(&shop).await.unwrap(), 0);
    store.end(&lease, ImportEnd::Cancelled, None).await.unwrap();
    assert_eq!(state(store, &running).await, ImportState::Cancelled);
    let again = store.cancel(&shop, running.id).await.unwrap().unwrap();
    assert_eq!(again.state, ImportState::Cancelled, "what has ended is left as it is");
}

async fn ends_in_every_way(store: &impl Imports) {
    let shop = merchant("ends");
    let failure = Failure { code: "too_many_failed".into(), message: "mend the feed".into() };
    let failed = ready(store, &shop).await;
    let lease = claimed(store, HOUR).await.lease;
    let left = keep(7, vec![problem(3)])(&Worked::Nothing);
    store.end(&lease, ImportEnd::Failed(failure.clone()), Some(left)).await.unwrap();
    let known = store.import(&shop, failed.id).await.unwrap().unwrap();
    assert_eq!((known.state, known.failure), (ImportState::Failed, Some(failure)));
    assert_eq!(known.progress.counts.rows, 7, "what was read is told");
    assert_eq!(store.problems(&shop, failed.id, 0, 10).await.unwrap(), [problem(3)]);

    let same = ready(store, &shop).await;
    let lease = claimed(store, HOUR).await.lease;
    store.end(&lease, ImportEnd::NotModified, None).await.unwrap();
    let known = store.import(&shop, same.id).await.unwrap().unwrap();
    assert_eq!((known.state, known.not_modified), (ImportState::Done, true));
    assert!(known.ended.is_some() && known.failure.is_none());
}

async fn forgets(store: &impl Imports) {
    let shop = merchant("forget");
    let kept = ready(store, &shop).await;
    let lease = claimed(store, HOUR).await.lease;
    let receiving = Import::new(shop.clone(), order(Mode::Upsert));
    store.create(&receiving).await.unwrap();
    store.put_part(receiving.id, 0, b"half".to_vec()).await.unwrap();
    store.forget(HOUR, HOUR).await.unwrap();
    assert_eq!(state(store, &receiving).await, ImportState::Receiving, "what grows is left alone");
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(store.forget(HOUR, Duration::ZERO).await.unwrap() >= 1);
    assert_eq!(state(store, &receiving).await, ImportState::Cancelled, "a body that stalls ends");
    assert_eq!(store.part(receiving.id, 0).await.unwrap(), None);
    assert_eq!(state(store, &kept).await, ImportState::Running);

    let told = keep(1, vec![problem(1)])(&Worked::Nothing);
    store.end(&lease, ImportEnd::Done, Some(told)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    store.forget(Duration::ZERO, HOUR).await.unwrap();
    assert_eq!(store.import(&shop, kept.id).await.unwrap(), None, "old ones are forgotten");
    assert!(store.problems(&shop, kept.id, 0, 10).await.unwrap().is_empty());
}

fn feed(name: &str) -> KeptFeed {
    KeptFeed {
        name: name.into(),
        address: WebAddress::parse("https://shop.example/feed.xml").expect("a good address"),
        every_seconds: 3_600,
        reading: Default::default(),
        options: ImportOptions { mode: Mode::Replace, ..ImportOptions::default() },
        validators: Validators { etag: Some("W/\"1\"".into()), last_modified: None },
        failures: 2,
        next: Timestamp::from_second(4_000_000_000).expect("a good time"),
        last_import: None,
    }
}

async fn keeps_feeds(store: &impl Feeds) {
    let (shop, other) = (merchant("feeds"), merchant("feeds-other"));
    assert!(store.put_feed(&shop, &feed("b")).await.unwrap(), "it is new");
    assert!(store.put_feed(&shop, &feed("a")).await.unwrap());
    assert_eq!(store.feed(&shop, "a").await.unwrap(), Some(feed("a")));
    let changed = KeptFeed { every_seconds: 600, ..feed("a") };
    assert!(!store.put_feed(&shop, &changed).await.unwrap(), "it was there");
    assert_eq!(store.feeds(&shop).await.unwrap(), [changed, feed("b")], "they come by name");
    assert_eq!(store.feed(&other, "a").await.unwrap(), None, "each merchant has its own");
    assert!(store.feeds(&other).await.unwrap().is_empty());
    assert!(!store.remove_feed(&other, "a").await.unwrap());
    for name in ["a", "b"] {
        assert!(store.remove_feed(&shop, name).await.unwrap());
    }
    assert!(!store.remove_feed(&shop, "a").await.unwrap());
}

async fn gives_a_feed_when_it_is_due(store: &(impl Feeds + Imports)) {
    let shop = merchant("due");
    let due = KeptFeed { next: Timestamp::now(), ..feed("due") };
    store.put_feed(&shop, &feed("later")).await.unwrap();
    assert_eq!(store.due_feed(HOUR).await.unwrap(), None, "none is due yet");
    store.put_feed(&shop, &due).await.unwrap();
    let (owner, given) = store.due_feed(HOUR).await.unwrap().expect("one that is due");
    assert_eq!((&owner, given.name.as_str()), (&shop, "due"));
    assert_eq!(store.due_feed(HOUR).await.unwrap(), None, "it is given to one alone");

    let address = FeedAddress { url: given.address.clone(), feed: Some("due".into()) };
    let from = ImportOrder { source: Source::Address(address), ..order(Mode::Replace) };
    let import = Import::new(shop.clone(), from);
    store.create(&import).await.unwrap();
    store.feed_started(&shop, "due", import.id).await.unwrap();
    let started = store.feed(&shop, "due").await.unwrap().unwrap();
    assert_eq!(started.last_import, Some(import.id));
    assert!(started.next > Timestamp::now(), "the next time is planned");

    let soon = KeptFeed { next: Timestamp::now(), ..started };
    store.put_feed(&shop, &soon).await.unwrap();
    assert_eq!(store.due_feed(HOUR).await.unwrap(), None, "while one runs no other begins");
    let lease = claimed(store, HOUR).await.lease;
    assert_eq!(lease.import, import.id);
    finish(store, &lease).await;
    assert!(store.due_feed(Duration::ZERO).await.unwrap().is_some(), "when it ended the next may");

    store.feed_ended(&shop, "due", FeedOutcome::Failed).await.unwrap();
    let failed = store.feed(&shop, "due").await.unwrap().unwrap();
    assert_eq!(failed.failures, soon.failures + 1);
    let validators = Validators { etag: None, last_modified: Some("yesterday".into()) };
    store.feed_ended(&shop, "due", FeedOutcome::Taken(validators.clone())).await.unwrap();
    let taken = store.feed(&shop, "due").await.unwrap().unwrap();
    assert_eq!((taken.failures, taken.validators), (0, validators));
    for name in ["due", "later"] {
        store.remove_feed(&shop, name).await.unwrap();
    }
}
