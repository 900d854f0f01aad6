use super::*;

pub(super) async fn a_later_change_outlives_the_strike_of_an_earlier_one(
    catalog: &dyn IndexingStore,
) {
    let shop = merchant("outbox");
    let mut product = sample::product("a");
    catalog.upsert(&shop, vec![product.clone(), sample::product("b")]).await.unwrap();
    let seen = catalog.changes(10).await.unwrap();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|change| change.merchant == shop));
    let first = catalog.changes(1).await.unwrap();
    assert_eq!(first, seen[..1], "the limit is kept to, and reading strikes nothing out");

    product.title = "Changed while it was being indexed".into();
    catalog.upsert(&shop, vec![product.clone()]).await.unwrap();
    assert_eq!(waiting(catalog).await, ["b", "a"], "one entry a product; a new change comes last");
    strike_out(catalog, &seen).await;
    let left = catalog.changes(10).await.unwrap();
    assert_eq!(left.len(), 1, "the later change is still to be indexed");
    assert!(left[0].product.as_str() == "a" && left[0].sequence > seen[1].sequence);
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1);

    strike_out(catalog, &seen).await;
    assert_eq!(catalog.changes(10).await.unwrap(), left, "striking out twice does no harm");
    strike_out(catalog, &left).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
    product.title = "Once more".into();
    catalog.upsert(&shop, vec![product]).await.unwrap();
    let after = catalog.changes(10).await.unwrap();
    assert!(after[0].sequence > left[0].sequence, "numbers grow even when the outbox was empty");
    strike_out(catalog, &[]).await;
    let stranger = Change { merchant: merchant("outbox-2"), ..left[0].clone() };
    strike_out(catalog, &[stranger]).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1, "only what was named is struck out");
    settle(catalog).await;
}

pub(super) async fn enters_everything_again(catalog: &dyn IndexingStore) {
    let shop = merchant("again");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;
    catalog.remove(&shop, &ids(&["b"])).await.unwrap();
    let all = catalog.reindex_all().await.unwrap();
    let changes = catalog.changes(1_000).await.unwrap();
    let mut merchants: Vec<_> = changes.iter().map(|change| change.merchant.as_str()).collect();
    merchants.sort_unstable();
    merchants.dedup();
    assert!(merchants.len() > 1, "products of every merchant are entered: {merchants:?}");
    let entered = changes.iter().filter(|change| change.merchant == shop).count();
    assert_eq!(entered, 2, "each product once, and the entry of the removed one stays");
    assert_eq!(changes.len() as u64, all + 1, "the answer tells how many products there are");
    settle(catalog).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
}

pub(super) async fn only_who_has_the_duty_strikes_out(catalog: &dyn IndexingStore) {
    let shop = merchant("duty");
    catalog.upsert(&shop, vec![sample::product("a")]).await.unwrap();
    let changes = catalog.changes(10).await.unwrap();
    let first = catalog.take(INDEXING, "first", Duration::ZERO).await.unwrap().unwrap();
    let second = catalog.take(INDEXING, "second", HOUR).await.unwrap().unwrap();
    let late = catalog.done(&first, &changes).await;
    assert_eq!(late, Err(DutyError::Lost), "one who lost the duty is told");
    assert_eq!(catalog.changes(10).await.unwrap(), changes, "and strikes nothing out");
    catalog.done(&second, &changes).await.unwrap();
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
    catalog.release(&second).await.unwrap();
    assert_eq!(catalog.done(&second, &[]).await, Err(DutyError::Lost), "nor who gave it back");
}

pub(super) async fn enters_again_what_the_index_may_hold_otherwise(catalog: &dyn IndexingStore) {
    let shop = merchant("anew");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    let before = catalog.changes(10).await.unwrap();
    strike_out(catalog, &before[..1]).await;
    catalog.enter_again(&shop, &ids(&["b", "a", "unknown"])).await.unwrap();
    assert_eq!(waiting(catalog).await, ["b", "a", "unknown"], "known, struck out or neither");
    let after = catalog.changes(10).await.unwrap();
    assert!(after[0].sequence > before[1].sequence, "as if they had changed just now");
    strike_out(catalog, &before).await;
    assert_eq!(waiting(catalog).await, ["b", "a", "unknown"], "what was seen before is not enough");
    catalog.enter_again(&shop, &[]).await.unwrap();
    settle(catalog).await;
}

pub(super) async fn tells_how_far_the_index_is_behind(catalog: &dyn IndexingStore) {
    assert_eq!(catalog.lag().await.unwrap(), Lag::default(), "all is indexed");
    let (shop, other) = (merchant("lag"), merchant("lag-2"));
    let before = Timestamp::now().as_millisecond();
    let mut product = sample::product("a");
    catalog.upsert(&shop, vec![product.clone()]).await.unwrap();
    let first = catalog.lag().await.unwrap();
    let since = first.oldest.unwrap().as_millisecond();
    assert!(before <= since && since <= Timestamp::now().as_millisecond(), "since the change");
    assert_eq!(first.products, 1);

    tokio::time::sleep(Duration::from_millis(5)).await;
    catalog.upsert(&other, vec![sample::product("a")]).await.unwrap();
    product.title = "Changed before it was indexed".into();
    catalog.upsert(&shop, vec![product]).await.unwrap();
    let both = Lag { products: 2, ..first };
    assert_eq!(catalog.lag().await.unwrap(), both, "one that changes again waits since the first");
    catalog.enter_again(&shop, &ids(&["a"])).await.unwrap();
    catalog.reindex_all().await.unwrap();
    let all = catalog.lag().await.unwrap();
    assert_eq!(all.oldest, first.oldest, "nor is the time forgotten where all is entered");
    assert!(all.products > 2);

    let changes = catalog.changes(1_000).await.unwrap();
    let own: Vec<Change> =
        changes.iter().filter(|change| change.merchant == shop).cloned().collect();
    strike_out(catalog, &own).await;
    let later = catalog.lag().await.unwrap();
    assert!(later.oldest > first.oldest, "what is struck out waits no more");
    settle(catalog).await;
    assert_eq!(catalog.lag().await.unwrap(), Lag::default());
}
