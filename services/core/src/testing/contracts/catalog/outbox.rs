use super::*;

pub(super) async fn a_later_change_outlives_the_strike_of_an_earlier_one(catalog: &dyn Catalog) {
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
    catalog.done(&seen).await.unwrap();
    let left = catalog.changes(10).await.unwrap();
    assert_eq!(left.len(), 1, "the later change is still to be indexed");
    assert!(left[0].product.as_str() == "a" && left[0].sequence > seen[1].sequence);
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1);

    catalog.done(&seen).await.unwrap();
    assert_eq!(catalog.changes(10).await.unwrap(), left, "striking out twice does no harm");
    catalog.done(&left).await.unwrap();
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
    product.title = "Once more".into();
    catalog.upsert(&shop, vec![product]).await.unwrap();
    let after = catalog.changes(10).await.unwrap();
    assert!(after[0].sequence > left[0].sequence, "numbers grow even when the outbox was empty");
    catalog.done(&[]).await.unwrap();
    let stranger = Change { merchant: merchant("outbox-2"), ..left[0].clone() };
    catalog.done(&[stranger]).await.unwrap();
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1, "only what was named is struck out");
    settle(catalog).await;
}

pub(super) async fn enters_everything_again(catalog: &dyn Catalog) {
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
