use super::*;

pub(super) async fn walks_through_all_ids(catalog: &dyn IndexingStore) {
    let shop = merchant("walked");
    let names = ["B", "Z", "a", "b 2", "b-1", "é", "连"];
    let products = names.iter().map(|name| sample::product(name)).collect();
    catalog.upsert(&shop, products).await.unwrap();
    catalog.upsert(&merchant("walked-2"), vec![sample::product("a2")]).await.unwrap();
    let (mut walked, mut last) = (Vec::new(), None);
    loop {
        let page = catalog.ids(&shop, last.as_ref(), 3).await.unwrap();
        assert!(page.len() <= 3, "no more than asked for");
        let Some(id) = page.last() else { break };
        last = Some(id.clone());
        walked.extend(page);
    }
    let mut sorted = ids(&names);
    sorted.sort();
    assert_eq!(walked, sorted, "each of one's own once, in byte order");
    settle(catalog).await;
}

pub(super) async fn walks_through_all_merchants(catalog: &dyn IndexingStore) {
    let names = ["shop B", "shop Z", "shop a", "shop b-1", "shop é", "shop 连"];
    for name in names {
        catalog
            .upsert(&merchant(name), vec![sample::product("a"), sample::product("b")])
            .await
            .unwrap();
    }
    catalog.remove(&merchant("shop Z"), &ids(&["a", "b"])).await.unwrap();
    catalog.remove(&merchant("shop a"), &ids(&["a"])).await.unwrap();
    let (mut walked, mut last): (Vec<MerchantId>, _) = (Vec::new(), None);
    loop {
        let page = catalog.merchants(last.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2, "no more than asked for");
        let Some(id) = page.last() else { break };
        last = Some(id.clone());
        walked.extend(page);
    }
    assert!(walked.is_sorted_by(|one, next| one < next), "each once, in byte order: {walked:?}");
    walked.retain(|id| id.as_str().starts_with("shop "));
    let with_products = ["shop B", "shop a", "shop b-1", "shop é", "shop 连"].map(merchant);
    assert_eq!(walked, with_products, "those who have products, and no others");
    settle(catalog).await;
}
