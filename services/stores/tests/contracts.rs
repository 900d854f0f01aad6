//! The stores keep the contracts of their ports.

mod common;
mod support;

use std::{path::Path, sync::Arc, time::Duration};

use vitrine_core::{ports::Cache, testing::contracts};
use vitrine_stores::{
    Dimensions, EmbeddedIndex, LayeredCache, LocalCache, LocalLocks, LocalRates, Migrate,
    PostgresCatalog, PostgresOptions, ServerIndex, SqliteCatalog, SqliteOptions,
};

use common::{TestDatabase, redis::TestRedis};
use support::{real, settings, stand_in::StandIn};

/// Of words and of pictures.
const DIMENSIONS: Dimensions = Dimensions { words: 8, picture: Some(6) };

async fn sqlite(dir: &Path) -> SqliteCatalog {
    let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
    SqliteCatalog::open(&dir.join("catalog.db"), options).await.unwrap()
}

async fn postgres(database: &TestDatabase) -> PostgresCatalog {
    let options = PostgresOptions { max_connections: 4, migrate: Migrate::AtStart };
    PostgresCatalog::connect(&database.url(), options).await.unwrap()
}

#[tokio::test]
async fn the_sqlite_catalog_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = sqlite(dir.path()).await;
    contracts::catalog(&catalog).await;
    catalog.close().await;
}

#[tokio::test]
async fn the_imports_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::imports(Arc::new(sqlite(dir.path()).await)).await;
}

#[tokio::test]
async fn the_pictures_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::pictures(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_conversations_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::conversations(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_conversations_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::conversations(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_mailbox_in_sqlite_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::mailbox(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_mailbox_in_postgresql_keeps_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::mailbox(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_rules_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::rules(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_rules_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::rules(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_webhooks_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::webhooks(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_webhooks_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::webhooks(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_keys_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::keys(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_sqlite_catalog_keeps_merchants_apart_whatever_they_do() {
    let dir = tempfile::tempdir().unwrap();
    contracts::tenants(&sqlite(dir.path()).await).await;
}

#[tokio::test]
async fn the_duties_and_the_rebuild_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(sqlite(dir.path()).await);
    contracts::duties(Arc::clone(&store)).await;
    contracts::rebuilds(&*store).await;
}

#[tokio::test]
async fn the_duties_and_the_rebuild_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    let store = Arc::new(postgres(&database).await);
    contracts::duties(Arc::clone(&store)).await;
    contracts::rebuilds(&*store).await;
}

#[tokio::test]
async fn the_postgresql_catalog_keeps_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    let catalog = postgres(&database).await;
    contracts::catalog(&catalog).await;
    catalog.close().await;
}

#[tokio::test]
async fn the_imports_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::imports(Arc::new(postgres(&database).await)).await;
}

#[tokio::test]
async fn the_pictures_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::pictures(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_keys_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::keys(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_postgresql_catalog_keeps_merchants_apart_whatever_they_do() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::tenants(&postgres(&database).await).await;
}

#[tokio::test]
async fn the_embedded_index_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let opened = EmbeddedIndex::open(dir.path(), DIMENSIONS, "model").unwrap();
    contracts::index(&opened.index, [8, 6]).await;
}

#[tokio::test]
async fn the_index_on_a_server_keeps_the_contract() {
    let server = StandIn::start();
    let opened =
        ServerIndex::open(&settings(&server.url(), "shop"), DIMENSIONS, "model").await.unwrap();
    contracts::index(&opened.index, [8, 6]).await;
}

#[tokio::test]
async fn the_index_on_a_real_server_keeps_the_contract() {
    let Some(real) = real::server().await else { return };
    let name = format!("contract-{}", std::process::id());
    let opened = ServerIndex::open(&settings(&real.url, &name), DIMENSIONS, "model").await.unwrap();
    contracts::index(&opened.index, [8, 6]).await;
}

#[tokio::test]
async fn the_local_cache_keeps_the_contract() {
    contracts::cache(&LocalCache::new(1 << 20)).await;
}

#[tokio::test]
async fn the_locks_of_one_process_keep_the_contract() {
    contracts::locks(&LocalLocks::default()).await;
}

#[tokio::test]
async fn the_rates_of_one_process_keep_the_contract() {
    contracts::rates(&LocalRates::default()).await;
}

#[tokio::test]
async fn the_cache_in_redis_keeps_the_contract() {
    let Some(redis) = TestRedis::start() else { return };
    contracts::cache(&redis.store()).await;
}

#[tokio::test]
async fn the_cache_in_redis_with_a_copy_at_hand_keeps_the_contract() {
    let Some(redis) = TestRedis::start() else { return };
    contracts::cache(&LayeredCache::new(redis.store(), LocalCache::new(1 << 20))).await;
}

#[tokio::test]
async fn the_locks_in_redis_keep_the_contract() {
    let Some(redis) = TestRedis::start() else { return };
    contracts::locks(&redis.store()).await;
}

#[tokio::test]
async fn the_rates_in_redis_keep_the_contract() {
    let Some(redis) = TestRedis::start() else { return };
    contracts::rates(&redis.store()).await;
}

#[tokio::test]
async fn the_local_cache_stays_within_its_bytes() {
    let cache = LocalCache::new(100_000);
    let hour = Duration::from_secs(3600);
    for n in 0..100 {
        cache.put(&format!("key {n}"), vec![0; 10_000], hour).await.unwrap();
    }
    // Entries over the bound are dropped soon after, not at once.
    for _ in 0..100 {
        let mut kept = 0;
        for n in 0..100 {
            kept += usize::from(cache.get(&format!("key {n}")).await.unwrap().is_some());
        }
        if kept <= 10 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("more than 100 kB are kept");
}

#[tokio::test]
async fn the_events_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contracts::events(Arc::new(sqlite(dir.path()).await)).await;
}

#[tokio::test]
async fn the_events_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    contracts::events(Arc::new(postgres(&database).await)).await;
}

#[tokio::test]
async fn the_customers_and_experiments_in_sqlite_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite(dir.path()).await;
    contracts::customers(&store).await;
    contracts::experiments(&store).await;
}

#[tokio::test]
async fn the_customers_and_experiments_in_postgresql_keep_the_contract() {
    let Some(database) = TestDatabase::create().await else { return };
    let store = postgres(&database).await;
    contracts::customers(&store).await;
    contracts::experiments(&store).await;
}
