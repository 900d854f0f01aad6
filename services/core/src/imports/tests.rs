use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    ids::ProductId,
    ports::{Catalog, Feeds, Imports},
    product::Product,
    testing::{FakeFetch, MemoryCatalog, Page, sample},
};

fn worker(catalog: &Arc<MemoryCatalog>, fetch: &Arc<FakeFetch>) -> ImportWorker {
    ImportWorker::new(
        catalog.clone(),
        catalog.clone(),
        catalog.clone(),
        fetch.clone(),
        ImportSettings::default(),
        Arc::default(),
    )
}

/// Sends a feed of these lines as an import's body.
async fn send(catalog: &MemoryCatalog, lines: &[String], options: ImportOptions) -> ImportId {
    let order = ImportOrder { source: Source::Body, reading: FeedOptions::default(), options };
    let import = Import::new(sample::merchant(), order);
    catalog.create(&import).await.unwrap();
    let mut parts = PartWriter::new(catalog, import.id);
    for line in lines {
        parts.put(line.as_bytes()).await.unwrap();
        parts.put(b"\n").await.unwrap();
    }
    parts.finish().await.unwrap();
    import.id
}

async fn ended(catalog: &MemoryCatalog, id: ImportId) -> Import {
    catalog.import(&sample::merchant(), id).await.unwrap().unwrap()
}

/// Takes a feed of these lines.
async fn run(catalog: &Arc<MemoryCatalog>, lines: &[String], options: ImportOptions) -> Import {
    let id = send(catalog, lines, options).await;
    assert!(worker(catalog, &Arc::default()).run_next().await.unwrap());
    ended(catalog, id).await
}

async fn told(catalog: &MemoryCatalog, import: &Import) -> Vec<(u64, &'static str)> {
    let problems = catalog.problems(&import.merchant, import.id, 0, 1_000).await.unwrap();
    problems.iter().map(|problem| (problem.place.line, problem.code.as_str())).collect()
}

fn lines(count: usize) -> Vec<String> {
    (0..count).map(|at| sample::feed_line(&format!("p{at}"))).collect()
}

async fn known(catalog: &MemoryCatalog, id: &str) -> Option<Product> {
    let ids = [ProductId::new(id).unwrap()];
    catalog.products(&sample::merchant(), &ids).await.unwrap().into_iter().next()
}

fn code(import: &Import) -> Option<&str> {
    import.failure.as_ref().map(|failure| failure.code.as_str())
}

const UPSERT: ImportOptions =
    ImportOptions { mode: Mode::Upsert, dry_run: false, force: false, enrich: false };
const REPLACE: ImportOptions = ImportOptions { mode: Mode::Replace, ..UPSERT };
const DELTA: ImportOptions = ImportOptions { mode: Mode::Delta, ..UPSERT };

#[tokio::test]
async fn one_bad_row_never_fails_the_others() {
    let catalog = Arc::new(MemoryCatalog::default());
    let mut feed = lines(8);
    feed.insert(1, "{oops".into());
    feed.insert(4, String::new());
    let import = run(&catalog, &feed, UPSERT).await;
    let Counts { rows, created, failed, .. } = import.progress.counts;
    assert_eq!((import.state, rows, created, failed), (ImportState::Done, 9, 8, 1));
    assert_eq!(told(&catalog, &import).await, [(2, "row_unreadable")]);
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 8);
    assert_eq!(import.share(), Some(1.0));
}

#[tokio::test]
async fn a_product_that_comes_twice_is_kept_as_it_came_last() {
    let catalog = Arc::new(MemoryCatalog::default());
    let feed = [sample::feed_line("a"), sample::feed_line("a").replace("49.90", "39.90")];
    run(&catalog, &feed, UPSERT).await;
    let product = known(&catalog, "a").await.unwrap();
    assert_eq!(product.variants[0].offer.price.amount, 3990);
}

#[tokio::test]
async fn variants_of_one_product_find_together_wherever_their_rows_stand() {
    let catalog = Arc::new(MemoryCatalog::default());
    let row = |group: &str, id: &str, size: &str| {
        format!("{id},{group},Linden dress,dress,{size},10 EUR,in_stock")
    };
    let mut feed = vec!["id,item_group_id,title,product_type,size,price,availability".to_owned()];
    feed.push(row("d", "d-s", "S"));
    feed.extend((0..2_000).map(|at| row("", &format!("p{at}"), "M")));
    feed.push(row("d", "d-m", "M"));
    feed.push(row("d", "d-l", "L"));
    let counts = run(&catalog, &feed, UPSERT).await.progress.counts;
    assert_eq!((counts.rows, counts.failed), (2_003, 0));
    let variants = known(&catalog, "d").await.unwrap().variants;
    let sizes: Vec<_> = variants.iter().map(|variant| variant.size.as_deref().unwrap()).collect();
    assert_eq!(sizes, ["S", "M", "L"]);

    feed.truncate(2);
    run(&catalog, &feed, UPSERT).await;
    assert_eq!(known(&catalog, "d").await.unwrap().variants.len(), 1, "a new run starts afresh");
}

#[tokio::test]
async fn a_product_with_too_many_variants_is_taken_as_far_as_the_bound_goes() {
    let catalog = Arc::new(MemoryCatalog::default());
    let mut feed = vec!["id,item_group_id,title,product_type,price,availability".to_owned()];
    feed.extend((0..2_300).map(|at| format!("d-{at},d,Linden dress,dress,10 EUR,in_stock")));
    let import = run(&catalog, &feed, UPSERT).await;
    assert_eq!(known(&catalog, "d").await.unwrap().variants.len(), crate::feed::MAX_VARIANTS);
    assert_eq!(import.progress.counts.failed, 300);
    assert!(told(&catalog, &import).await.iter().all(|(_, code)| *code == "variants_too_many"));
}

#[tokio::test]
async fn a_variant_whose_row_fails_is_gone_and_the_rest_of_its_product_is_new() {
    let catalog = Arc::new(MemoryCatalog::default());
    let head = "id,item_group_id,title,product_type,price,availability";
    let before = ["d-s,d,Old dress,dress,10 EUR,in_stock", "d-m,d,Old dress,dress,10 EUR,in_stock"];
    let after = ["d-s,d,New dress,dress,much,in_stock", "d-m,d,New dress,dress,9 EUR,in_stock"];
    for rows in [before, after] {
        let feed = [head, rows[0], rows[1]].map(str::to_owned);
        run(&catalog, &feed, ImportOptions { force: true, ..UPSERT }).await;
    }
    let product = known(&catalog, "d").await.unwrap();
    let ids: Vec<_> = product.variants.iter().map(|variant| variant.id.as_str()).collect();
    assert_eq!((product.title.as_str(), ids), ("New dress", vec!["d-m"]));
}

#[tokio::test]
async fn a_dry_run_reports_everything_and_writes_nothing() {
    let catalog = Arc::new(MemoryCatalog::default());
    run(&catalog, &lines(3), UPSERT).await;
    let mut feed = lines(5);
    feed.remove(0);
    feed[0] = feed[0].replace("49.90", "39.90");
    feed.push("{oops".into());
    let import = run(&catalog, &feed, ImportOptions { dry_run: true, ..REPLACE }).await;
    let Counts { created, changed, unchanged, removed, failed, .. } = import.progress.counts;
    assert_eq!((created, changed, unchanged, removed, failed), (2, 1, 1, 1, 1));
    assert_eq!(told(&catalog, &import).await, [(5, "row_unreadable")]);
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 3);
    assert_eq!(known(&catalog, "p1").await.unwrap().variants[0].offer.price.amount, 4990);

    let offers = ["id,price", "p0-navy-m,1 EUR", "nobody,1 EUR"].map(str::to_owned);
    let import = run(&catalog, &offers, ImportOptions { dry_run: true, ..DELTA }).await;
    let Counts { changed, failed, .. } = import.progress.counts;
    assert_eq!((changed, failed), (1, 1));
    assert_eq!(known(&catalog, "p0").await.unwrap().variants[0].offer.price.amount, 4990);
}

#[tokio::test]
async fn a_feed_of_which_much_is_wrong_changes_nothing_unless_forced() {
    let catalog = Arc::new(MemoryCatalog::default());
    let mut feed = lines(3);
    feed.push("{oops".into());
    let import = run(&catalog, &feed, UPSERT).await;
    assert_eq!((import.state, code(&import)), (ImportState::Failed, Some("too_many_failed")));
    assert_eq!(told(&catalog, &import).await, [(4, "row_unreadable")], "why is told all the same");
    assert_eq!(import.progress.counts.rows, 4);
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 0);
    let forced = ImportOptions { force: true, ..UPSERT };
    assert_eq!(run(&catalog, &feed, forced).await.progress.counts.created, 3);
}

#[tokio::test]
async fn a_replacing_feed_removes_what_it_does_not_hold_but_not_what_it_spoils() {
    let catalog = Arc::new(MemoryCatalog::default());
    run(&catalog, &lines(10), UPSERT).await;
    let mut feed = lines(8);
    feed[3] = feed[3].replace("49.90", "much");
    let counts = run(&catalog, &feed, REPLACE).await.progress.counts;
    assert_eq!((counts.removed, counts.unchanged, counts.failed), (2, 7, 1));
    assert!(known(&catalog, "p3").await.is_some() && known(&catalog, "p9").await.is_none());

    let import = run(&catalog, &lines(5), REPLACE).await;
    assert_eq!((import.state, code(&import)), (ImportState::Failed, Some("too_many_removed")));
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 8);
    let forced = ImportOptions { force: true, ..REPLACE };
    assert_eq!(run(&catalog, &lines(5), forced).await.progress.counts.removed, 3);
}

#[tokio::test]
async fn a_feed_of_offers_sets_what_it_says_and_tells_what_it_can_not() {
    let catalog = Arc::new(MemoryCatalog::default());
    run(&catalog, &lines(3), UPSERT).await;
    let feed =
        ["id,price,quantity", "p0-navy-m,39.90 EUR,", "nobody,1.00 EUR,", "p1-navy-m,,0", ",,7"]
            .map(str::to_owned);
    let import = run(&catalog, &feed, DELTA).await;
    let Counts { rows, changed, failed, .. } = import.progress.counts;
    assert_eq!((rows, changed, failed), (4, 2, 2));
    assert_eq!(told(&catalog, &import).await, [(5, "id_invalid"), (3, "variant_unknown")]);
    let offer = |product: Product| product.variants[0].offer.clone();
    assert_eq!(offer(known(&catalog, "p0").await.unwrap()).price.amount, 3990);
    assert!(!offer(known(&catalog, "p1").await.unwrap()).can_be_bought_now());
}

#[tokio::test]
async fn what_is_no_feed_fails_and_says_so() {
    let catalog = Arc::new(MemoryCatalog::default());
    let import = run(&catalog, &["GIF89a".to_owned()], UPSERT).await;
    assert_eq!((import.state, code(&import)), (ImportState::Failed, Some("feed_unknown")));
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_from_its_last_batch() {
    let undisturbed = Arc::new(MemoryCatalog::default());
    let mut feed = lines(3_000);
    feed[1_500] = "{oops".into();
    run(&undisturbed, &lines(2), UPSERT).await;
    let expected = run(&undisturbed, &feed, REPLACE).await;

    let catalog = Arc::new(MemoryCatalog::default());
    run(&catalog, &lines(2), UPSERT).await;
    let id = send(&catalog, &feed, REPLACE).await;
    // Workers that die after two batches: their lease ends at once, and the next one takes over.
    let mut claims = 0;
    while !ended(&catalog, id).await.state.ended() {
        claims += 1;
        let claimed = catalog.claim(Duration::ZERO).await.unwrap().unwrap();
        let imports: Arc<dyn Imports> = catalog.clone();
        let run = run::Run {
            imports: &imports,
            catalog: &*catalog,
            lease: &claimed.lease,
            options: REPLACE,
        };
        catalog.break_after(2);
        if let Ok(done) = run.to_the_end(&claimed.import.order, claimed.import.progress).await {
            catalog.end(&claimed.lease, done.end, done.left).await.unwrap();
        }
    }
    assert!(claims > 2, "{claims} claims");
    let import = ended(&catalog, id).await;
    assert_eq!(import.progress.counts, expected.progress.counts);
    assert_eq!(told(&catalog, &import).await, told(&undisturbed, &expected).await);
    let all = |catalog: Arc<MemoryCatalog>| async move {
        let ids = catalog.ids(&sample::merchant(), None, 10_000).await.unwrap();
        catalog.products(&sample::merchant(), &ids).await.unwrap()
    };
    assert_eq!(all(catalog).await, all(undisturbed).await);
}

#[tokio::test]
async fn an_import_that_kills_its_worker_each_time_is_given_up() {
    let catalog = Arc::new(MemoryCatalog::default());
    let id = send(&catalog, &lines(3), UPSERT).await;
    for _ in 0..5 {
        catalog.claim(Duration::ZERO).await.unwrap().unwrap();
    }
    worker(&catalog, &Arc::default()).run_next().await.unwrap();
    let import = ended(&catalog, id).await;
    assert_eq!((import.state, code(&import)), (ImportState::Failed, Some("import_crashed")));
}

#[tokio::test]
async fn a_feed_at_an_address_is_fetched_and_fetched_again_only_if_it_changed() {
    let catalog = Arc::new(MemoryCatalog::default());
    let fetch = Arc::new(FakeFetch::default());
    let page = |count| {
        Page::of("application/jsonl", lines(count).join("\n")).with("etag", &format!("\"{count}\""))
    };
    // What is answered from one time to the next.
    for answer in [page(3), page(3), page(4), Page::status(404)] {
        fetch.put("https://shop.example/feed", answer);
    }
    let feed = KeptFeed {
        name: "daily".into(),
        address: WebAddress::parse("https://shop.example/feed").unwrap(),
        every_seconds: 3_600,
        reading: FeedOptions::default(),
        options: UPSERT,
        validators: Validators::default(),
        failures: 0,
        next: Timestamp::UNIX_EPOCH,
        last_import: None,
    };
    catalog.put_feed(&sample::merchant(), &feed).await.unwrap();
    let worker = worker(&catalog, &fetch);
    let now = |feed: KeptFeed| KeptFeed { next: Timestamp::UNIX_EPOCH, ..feed };
    let kept = || async { catalog.feed(&sample::merchant(), "daily").await.unwrap().unwrap() };
    let last = || async { ended(&catalog, kept().await.last_import.unwrap()).await };

    assert!(worker.next().await.unwrap());
    assert_eq!((last().await.state, last().await.progress.counts.created), (ImportState::Done, 3));
    assert!(!worker.next().await.unwrap(), "it is not due again");

    catalog.put_feed(&sample::merchant(), &now(kept().await)).await.unwrap();
    assert!(worker.next().await.unwrap());
    assert!(last().await.not_modified);

    catalog.put_feed(&sample::merchant(), &now(kept().await)).await.unwrap();
    assert!(worker.next().await.unwrap());
    assert_eq!(last().await.progress.counts.created, 1);

    catalog.put_feed(&sample::merchant(), &now(kept().await)).await.unwrap();
    assert!(worker.next().await.unwrap());
    assert_eq!(code(&last().await), Some("status_4xx"));
    assert_eq!(kept().await.failures, 1);
    assert_eq!(kept().await.validators.etag.as_deref(), Some("\"4\""));
}
