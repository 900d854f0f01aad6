use super::*;
use crate::product_filter::ProductFilter;

pub(super) async fn remembers_what_was_matched_until_it_is_removed(catalog: &dyn IndexingStore) {
    let (shop, other) = (merchant("matched"), merchant("matched-2"));
    let products = || vec![sample::product("a"), sample::product("b"), sample::product("c")];
    catalog.upsert(&shop, products()).await.unwrap();
    catalog.upsert(&other, products()).await.unwrap();
    let matched = ProductFilter { matched: Some(true), ..ProductFilter::default() };
    let matched = async |shop| catalog.matching_ids(shop, &matched, None, 10).await.unwrap();
    assert_eq!(matched(&shop).await, [], "nothing was matched yet");

    catalog.note_matched(&shop, &ids(&["b", "missing", "a", "b"])).await.unwrap();
    catalog.note_matched(&shop, &ids(&["a"])).await.unwrap();
    catalog.note_matched(&shop, &[]).await.unwrap();
    assert_eq!(matched(&shop).await, ids(&["a", "b"]), "what is there, noted once or twice");
    assert_eq!(catalog.count_matched(&shop).await.unwrap(), 2, "each counted once");
    assert_eq!(matched(&other).await, [], "of one merchant alone");

    let renamed = Product { title: "Renamed".into(), ..sample::product("a") };
    catalog.upsert(&shop, vec![renamed]).await.unwrap();
    catalog.remove(&shop, &ids(&["b"])).await.unwrap();
    catalog.upsert(&shop, vec![sample::product("b")]).await.unwrap();
    assert_eq!(
        matched(&shop).await,
        ids(&["a"]),
        "a product that changes stays, a new one begins anew"
    );
    settle(catalog).await;
}
