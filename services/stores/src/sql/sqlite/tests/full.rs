//! A file that has no room for what is written to it.

use vitrine_core::{
    ports::Catalog,
    testing::sample::{merchant, product},
};

use super::super::{Migrate, SqliteCatalog, SqliteOptions};

#[tokio::test]
async fn a_file_that_was_full_is_written_to_again_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions { readers: 1, migrate: Migrate::AtStart };
    let catalog = SqliteCatalog::open(&folder.path().join("file"), options).await.unwrap();
    catalog.upsert(&merchant(), vec![product("p0")]).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 1").execute(&catalog.writer).await.unwrap();
    let many = (1..2_000).map(|number| product(&format!("p{number}"))).collect();
    let full = catalog.upsert(&merchant(), many).await.unwrap_err().to_string();
    assert!(full.contains("full"), "{full}");
    // Another connection has another limit.
    catalog.upsert(&merchant(), vec![product("p1")]).await.unwrap();
    assert_eq!(catalog.count(&merchant()).await.unwrap(), 2);
}
