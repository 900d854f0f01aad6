use super::*;
use crate::{
    feed::OfferFeed,
    testing::{MemoryCatalog, sample},
};

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
    let told: Vec<_> = summary.problems.iter().map(|p| (p.place.line, p.code.as_str())).collect();
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
async fn a_variant_whose_row_fails_is_gone_and_the_rest_of_its_product_is_new() {
    let catalog = MemoryCatalog::default();
    let head = "id,item_group_id,title,product_type,price,availability";
    let before = ["d-s,d,Old dress,dress,10 EUR,in_stock", "d-m,d,Old dress,dress,10 EUR,in_stock"];
    let after = ["d-s,d,New dress,dress,much,in_stock", "d-m,d,New dress,dress,9 EUR,in_stock"];
    let forced = ImportOptions { force: true, ..ImportOptions::default() };
    for rows in [before, after] {
        let feed = [head, rows[0], rows[1]].map(str::to_owned);
        run(&catalog, &feed, forced).await.unwrap();
    }
    let product = known(&catalog, "d").await.unwrap();
    let ids: Vec<_> = product.variants.iter().map(|variant| variant.id.as_str()).collect();
    assert_eq!((product.title.as_str(), ids), ("New dress", vec!["d-m"]));
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

#[tokio::test]
async fn a_feed_of_offers_sets_what_it_says_and_tells_what_it_can_not() {
    let catalog = MemoryCatalog::default();
    run(&catalog, &lines(3), ImportOptions::default()).await.unwrap();
    let text = "id,price,quantity\np0-navy-m,39.90 EUR,\nnobody,1.00 EUR,\np1-navy-m,,0\n,,7\n";
    let merchant = sample::merchant();
    let mut import = OffersImport::new(&catalog, &merchant);
    for taken in OfferFeed::open(text.as_bytes(), None).unwrap() {
        import.take(taken.unwrap()).await.unwrap();
    }
    import.finish().await.unwrap();
    let ImportSummary { rows, changed, failed, problems, .. } = import.summary().clone();
    assert_eq!((rows, changed, failed), (4, 2, 2));
    let told: Vec<_> = problems.iter().map(|p| (p.place.line, p.code.as_str())).collect();
    assert_eq!(told, [(5, "id_invalid"), (3, "variant_unknown")]);
    let offer = |product: Product| product.variants[0].offer.clone();
    assert_eq!(offer(known(&catalog, "p0").await.unwrap()).price.amount, 3990);
    assert!(!offer(known(&catalog, "p1").await.unwrap()).can_be_bought_now());
}
