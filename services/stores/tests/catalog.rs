//! What SQLite adds to the contract of the catalog.

use std::sync::Arc;

use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Catalog, StoreError},
    testing::sample,
};
use vitrine_stores::SqliteCatalog;

#[tokio::test]
async fn a_catalog_opened_again_holds_what_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    let merchant = sample::merchant();
    let first = SqliteCatalog::open(&file, 2).await.unwrap();
    first.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
    let sequence = first.changes(1).await.unwrap()[0].sequence;
    first.done(&first.changes(1).await.unwrap()).await.unwrap();
    first.close().await;

    let second = SqliteCatalog::open(&file, 2).await.unwrap();
    let ids = [ProductId::new("a").unwrap()];
    assert_eq!(second.products(&merchant, &ids).await.unwrap(), [sample::product("a")]);
    assert_eq!(second.pending(&merchant).await.unwrap(), 0);
    assert_eq!(second.reindex_all().await.unwrap(), 1);
    let again = second.changes(1).await.unwrap()[0].sequence;
    assert!(again > sequence, "a sequence number is never given twice: {again} after {sequence}");
}

#[tokio::test]
async fn many_writers_and_readers_at_once_all_succeed() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Arc::new(SqliteCatalog::open(&dir.path().join("catalog.db"), 4).await.unwrap());
    let merchant = sample::merchant();
    let tasks = (0..16).map(|task| {
        let (catalog, merchant) = (Arc::clone(&catalog), merchant.clone());
        tokio::spawn(async move {
            for n in 0..10 {
                let product = sample::product(&format!("{task}-{n}"));
                let id = product.id.clone();
                catalog.upsert(&merchant, vec![product]).await.unwrap();
                assert_eq!(catalog.products(&merchant, &[id]).await.unwrap().len(), 1);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(catalog.count(&merchant).await.unwrap(), 160);
    assert_eq!(catalog.pending(&merchant).await.unwrap(), 160);
}

#[tokio::test]
async fn two_processes_may_have_the_file_open() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    let one = SqliteCatalog::open(&file, 1).await.unwrap();
    let other = SqliteCatalog::open(&file, 1).await.unwrap();
    let merchant = MerchantId::new("shared").unwrap();
    one.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
    other.upsert(&merchant, vec![sample::product("b")]).await.unwrap();
    assert_eq!(one.count(&merchant).await.unwrap(), 2);
}

#[tokio::test]
async fn an_upsert_that_was_given_up_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = SqliteCatalog::open(&dir.path().join("catalog.db"), 1).await.unwrap();
    let merchant = sample::merchant();
    let products: Vec<_> = (0..500).map(|n| sample::product(&format!("p{n}"))).collect();
    for micros in [0, 50, 500, 2_000, 5_000] {
        let patience = std::time::Duration::from_micros(micros);
        let upsert = catalog.upsert(&merchant, products.clone());
        let finished = tokio::time::timeout(patience, upsert).await.is_ok();
        let count = catalog.count(&merchant).await.unwrap();
        assert_eq!(catalog.pending(&merchant).await.unwrap(), count, "products go with the outbox");
        assert!(count == 500 || (count == 0 && !finished), "all or nothing, not {count}");
    }
    catalog.upsert(&merchant, vec![sample::product("after")]).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_called_corrupt() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("catalog.db");
    std::fs::write(&file, "not a database, but long enough to look like one".repeat(40)).unwrap();
    let error = SqliteCatalog::open(&file, 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_called_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let error = SqliteCatalog::open(&dir.path().join("missing/catalog.db"), 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
}
