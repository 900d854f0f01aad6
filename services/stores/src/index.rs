//! The index in this process, on qdrant-edge, for one machine and one process.
//!
//! qdrant-edge 0.7.2 does not read its journal again when it opens: what was not flushed before a
//! crash is gone. So a write is answered only after the flush that followed it, and the catalog
//! strikes out of its outbox only what was answered: a restart catches up from the outbox.

mod error;
mod filter;
mod folder;
mod fusion;
mod journal;
mod points;
mod schema;
mod search;
mod terms;
mod writer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use qdrant_edge::{CountRequest, EdgeShard};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Hit, Index, Point, Query, StoreError},
};

use error::{failed, unavailable};
use folder::Folder;
pub use folder::Inspection;
use terms::Terms;
use writer::{Replacement, Writer};

/// Points of all merchants in one folder.
pub struct EmbeddedIndex {
    writer: Writer,
    folder: Arc<Folder>,
    terms: Arc<Terms>,
    dimensions: usize,
}

/// An index that was opened.
pub struct Opened {
    pub index: EmbeddedIndex,
    /// The index starts empty and the catalog's products are not in it: run
    /// [`reindex_all`](vitrine_core::ports::Catalog::reindex_all) before anything is indexed. It
    /// stays true at every opening until something was indexed, so a crash in between is no loss.
    pub rebuilt: bool,
}

impl EmbeddedIndex {
    /// Opens the folder, or starts a fresh one where there is none, where the one there was
    /// written for another model, number of dimensions or format, or where it can not be read.
    /// Call it on a thread that may block.
    pub fn open(dir: &Path, dimensions: usize, model: &str) -> Result<Opened, StoreError> {
        let terms = Arc::new(Terms::new()?);
        let (folder, stamp) = folder::open(dir, dimensions, model)?;
        let folder = Arc::new(folder);
        let rebuilt = stamp.is_some();
        let writer = Writer::start(Arc::clone(&folder), stamp)?;
        let index = Self { writer, folder, terms, dimensions };
        Ok(Opened { index, rebuilt })
    }

    /// What a folder is, without opening or changing it.
    pub fn inspect(dir: &Path) -> Result<Inspection, StoreError> {
        folder::inspect(dir)
    }

    /// Stops writing, after what was already asked for and any optimising under way. What was
    /// answered is on disk in any case.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.writer.close().await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&EdgeShard) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || work(&folder.shard)).await;
        done.map_err(|error| unavailable(format!("a search stopped: {error}")))?
    }
}

#[async_trait]
impl Index for EmbeddedIndex {
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        for point in &points {
            points::check_vector(&point.words, self.dimensions)?;
        }
        if products.is_empty() && points.is_empty() {
            return Ok(());
        }
        let (terms, merchant, products) =
            (Arc::clone(&self.terms), merchant.clone(), products.to_vec());
        let replacement = tokio::task::spawn_blocking(move || {
            Replacement::new(&merchant, &products, points, &terms)
        });
        let replacement =
            replacement.await.map_err(|error| unavailable(format!("a write stopped: {error}")))?;
        self.writer.replace(replacement).await
    }

    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError> {
        points::check_vector(&query.words, self.dimensions)?;
        points::check_vector(&query.likeness, self.dimensions)?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let (terms, merchant, query) = (Arc::clone(&self.terms), merchant.clone(), query.clone());
        self.read(move |shard| search::search(shard, &terms, &merchant, query)).await
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        let filter = filter::of_merchant(merchant);
        self.read(move |shard| {
            let request = CountRequest { filter: Some(filter), exact: true };
            shard.count(request).map(|count| count as u64).map_err(failed)
        })
        .await
    }
}
