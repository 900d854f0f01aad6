use super::*;
use crate::testing::{MemoryCatalog, sample};

/// Takes a feed of these lines.
async fn run(
    catalog: &MemoryCatalog,
    lines: &[String],
    options: ImportOptions,
) -> Result<ImportSummary, ImportError> {
    let merchant = sample::merchant();
    let text = lines.join("\n");
    let mut import = Import::new(catalog, &merchant, options);
    for taken in Feed::open(text.as_bytes(), FeedOptions::default())? {
        import.take(taken?).await?;
    }
    import.finish().await?;
    Ok(import.summary().clone())
}

fn lines(count: usize) -> Vec<String> {
    (0..count).map(|at| sample::feed_line(&format!("p{at}"))).collect()
}

async fn known(catalog: &MemoryCatalog, id: &str) -> Option<Product> {
    let ids = [ProductId::new(id).unwrap()];
    catalog.products(&sample::merchant(), &ids).await.unwrap().into_iter().next()
}

const REPLACE: ImportOptions = ImportOptions { mode: Mode::Replace, dry_run: false, force: false };

#[tokio::test]
async fn one_bad_row_never_fails_the_others() {
    let catalog = MemoryCatalog::default();
    let mut feed = lines(8);
    feed.insert(1, "{oops".into());
    feed.insert(4, String::new());
    let summary = run(&catalog, &feed, ImportOptions::default()).await.unwrap();
    assert_eq!((summary.rows, summary.created, summary.failed), (9, 8, 1));
    let told: Vec<_> = summary.problems.iter().map(|p| (p.place.line, p.code)).collect();
    assert_eq!(told, [(2, "row_unreadable")]);
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 8);
}

#[tokio::test]
async fn a_product_that_comes_twice_is_kept_as_it_came_last() {
    let catalog = MemoryCatalog::default();
    let feed = [sample::feed_line("a"), sample::feed_line("a").replace("49.90", "39.90")];
    run(&catalog, &feed, ImportOptions::default()).await.unwrap();
    let product = known(&catalog, "a").await.unwrap();
    assert_eq!(product.variants[0].offer.price.amount, 3990);
}

#[tokio::test]
async fn variants_of_one_product_find_together_wherever_their_rows_stand() {
    let catalog = MemoryCatalog::default();
    let row = |group: &str, id: &str, size: &str| {
        format!("{id},{group},Linden dress,dress,{size},10 EUR,in_stock")
    };
    let mut feed = vec!["id,item_group_id,title,product_type,size,price,availability".to_owned()];
    feed.push(row("d", "d-s", "S"));
    feed.extend((0..2_000).map(|at| row("", &format!("p{at}"), "M")));
    feed.push(row("d", "d-m", "M"));
    feed.push(row("d", "d-l", "L"));
    let summary = run(&catalog, &feed, ImportOptions::default()).await.unwrap();
    assert_eq!((summary.rows, summary.failed), (2_003, 0));
    let sizes: Vec<_> = known(&catalog, "d").await.unwrap().variants;
    let sizes: Vec<_> = sizes.iter().map(|variant| variant.size.as_deref().unwrap()).collect();
    assert_eq!(sizes, ["S", "M", "L"]);

    feed.truncate(2);
    run(&catalog, &feed, ImportOptions::default()).await.unwrap();
    assert_eq!(known(&catalog, "d").await.unwrap().variants.len(), 1, "a new run starts afresh");
}

#[tokio::test]
async fn a_dry_run_reports_everything_and_writes_nothing() {
    let catalog = MemoryCatalog::default();
    run(&catalog, &lines(3), ImportOptions::default()).await.unwrap();
    let mut feed = lines(5);
    feed.remove(0);
    feed[0] = feed[0].replace("49.90", "39.90");
    feed.push("{oops".into());
    let dry = ImportOptions { dry_run: true, ..REPLACE };
    let summary = run(&catalog, &feed, dry).await.unwrap();
    let ImportSummary { created, changed, unchanged, removed, failed, .. } = summary;
    assert_eq!((created, changed, unchanged, removed, failed), (2, 1, 1, 1, 1));
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 3);
    assert_eq!(known(&catalog, "p1").await.unwrap().variants[0].offer.price.amount, 4990);
}

#[tokio::test]
async fn a_feed_of_which_much_is_wrong_changes_nothing_unless_forced() {
    let catalog = MemoryCatalog::default();
    let mut feed = lines(3);
    feed.push("{oops".into());
    let error = run(&catalog, &feed, ImportOptions::default()).await.unwrap_err();
    assert_eq!(error, ImportError::TooManyFailed { failed: 1, rows: 4 });
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 0);
    let forced = ImportOptions { force: true, ..ImportOptions::default() };
    assert_eq!(run(&catalog, &feed, forced).await.unwrap().created, 3);
}

#[tokio::test]
async fn a_replacing_feed_removes_what_it_does_not_hold_but_not_what_it_spoils() {
    let catalog = MemoryCatalog::default();
    run(&catalog, &lines(10), ImportOptions::default()).await.unwrap();
    let mut feed = lines(8);
    feed[3] = feed[3].replace("49.90", "much");
    let summary = run(&catalog, &feed, REPLACE).await.unwrap();
    assert_eq!((summary.removed, summary.unchanged, summary.failed), (2, 7, 1));
    assert!(known(&catalog, "p3").await.is_some() && known(&catalog, "p9").await.is_none());

    let error = run(&catalog, &lines(5), REPLACE).await.unwrap_err();
    assert_eq!(error, ImportError::TooManyRemoved { removed: 3, of: 8 });
    assert_eq!(catalog.count(&sample::merchant()).await.unwrap(), 8);
    let forced = ImportOptions { force: true, ..REPLACE };
    assert_eq!(run(&catalog, &lines(5), forced).await.unwrap().removed, 3);
}
