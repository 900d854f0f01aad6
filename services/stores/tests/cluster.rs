//! Several services on one catalog and one Qdrant server.

mod common;
mod support;

use std::{path::Path, sync::Arc, time::Duration};

use common::TestDatabase;
use support::{settings, stand_in::StandIn};
use vitrine_core::{
    ids::MerchantId,
    indexing::{Indexer, IndexingStore, RebuildState},
    product::Product,
    testing::{FakeEmbedder, sample},
};
use vitrine_stores::{
    Migrate, PostgresCatalog, PostgresOptions, ServerIndex, SqliteCatalog, SqliteOptions,
};

const CHANGES: usize = 120;

/// What a process has of its own.
struct Process {
    catalog: Arc<dyn IndexingStore>,
    indexer: Arc<Indexer>,
}

async fn start(catalog: Arc<dyn IndexingStore>, server: &StandIn) -> Process {
    let settings = settings(&server.url(), "shop");
    let opened = ServerIndex::open(&settings, 64, "fake-embedder").await.unwrap();
    let embedder = Arc::new(FakeEmbedder::default());
    let indexer = Arc::new(Indexer::new(Arc::clone(&catalog), Arc::new(opened.index), embedder));
    Process { catalog, indexer }
}

fn titled(id: &str, title: &str) -> Product {
    Product { title: title.into(), ..sample::product(id) }
}

/// Changes come to both while both may index, and one is asked to build anew; in the end the index
/// holds just what the catalog does.
async fn two_services_share_the_work(one: Process, other: Process) {
    let processes = [one, other];
    let workers = processes.each_ref().map(|process| {
        let indexer = Arc::clone(&process.indexer);
        tokio::spawn(async move { indexer.run().await })
    });
    let merchants = ["a", "b"].map(|name| MerchantId::new(name).unwrap());
    for change in 0..CHANGES {
        let process = &processes[change % 2];
        let product = titled(&format!("p{}", change % 5), &format!("Change {change}"));
        process.catalog.upsert(&merchants[change / 2 % 2], vec![product]).await.unwrap();
        process.indexer.waker().notify_one();
        if change == CHANGES / 2 {
            process.indexer.request_rebuild().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let [one, other] = &processes;
    loop {
        let rebuild = one.indexer.rebuild_state().await.unwrap().unwrap();
        if !rebuild.state.is_under_way() {
            assert_eq!(rebuild.state, RebuildState::Done { products: 10 });
            assert_eq!(other.indexer.rebuild_state().await.unwrap(), Some(rebuild));
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    one.indexer.drain(|_| {}).await.unwrap();
    for worker in workers {
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
    }
    let repaired = other.indexer.repair(|_, _| {}).await.unwrap();
    assert_eq!((repaired.products, repaired.written, repaired.removed), (10, 0, 0));
}

async fn sqlite(dir: &Path) -> Arc<dyn IndexingStore> {
    let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
    Arc::new(SqliteCatalog::open(&dir.join("catalog.db"), options).await.unwrap())
}

async fn postgres(database: &TestDatabase) -> Arc<dyn IndexingStore> {
    let options = PostgresOptions { max_connections: 8, migrate: Migrate::AtStart };
    Arc::new(PostgresCatalog::connect(&database.url(), options).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_on_one_sqlite_file_share_the_work() {
    let (dir, server) = (tempfile::tempdir().unwrap(), StandIn::start());
    let one = start(sqlite(dir.path()).await, &server).await;
    let other = start(sqlite(dir.path()).await, &server).await;
    two_services_share_the_work(one, other).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_on_one_postgresql_share_the_work() {
    let Some(database) = TestDatabase::create().await else { return };
    let server = StandIn::start();
    let one = start(postgres(&database).await, &server).await;
    let other = start(postgres(&database).await, &server).await;
    two_services_share_the_work(one, other).await;
}
