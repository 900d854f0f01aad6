//! What a killed process works on: a catalog in SQLite, an index in this process, and what fills
//! the one from the other.

use std::{path::Path, sync::Arc};

use vitrine_core::{
    indexing::Indexer,
    ports::{Catalog, Embedder},
    testing::FakeEmbedder,
};
use vitrine_stores::{EmbeddedIndex, Migrate, SqliteCatalog, SqliteOptions};

pub(crate) struct Shop {
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) index: Arc<EmbeddedIndex>,
    pub(crate) indexer: Indexer,
}

impl Shop {
    pub(crate) async fn open(dir: &Path) -> Self {
        let options = SqliteOptions { readers: 2, migrate: Migrate::AtStart };
        let catalog =
            Arc::new(SqliteCatalog::open(&dir.join("catalog.db"), options).await.unwrap());
        let embedder = Arc::new(FakeEmbedder::default());
        let opened =
            EmbeddedIndex::open(&dir.join("index"), embedder.dimensions(), embedder.model())
                .unwrap();
        if opened.rebuilt {
            catalog.reindex_all().await.unwrap();
        }
        let index = Arc::new(opened.index);
        let indexer = Indexer::new(catalog.clone(), index.clone(), embedder);
        Self { catalog, index, indexer }
    }

    pub(crate) async fn close(self) {
        self.index.close().await.unwrap();
        self.catalog.close().await;
    }
}
