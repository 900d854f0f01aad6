//! The index in this process, on qdrant-edge, for one machine and one process.
//!
//! qdrant-edge 0.7.2 does not read its journal again when it opens: what was not flushed before a
//! crash is gone. So a write is answered only after the flush that followed it, and the catalog
//! strikes out of its outbox only what was answered: a restart catches up from the outbox.

mod error;
mod folder;
mod form;
mod journal;
mod search;
mod shape;
mod shard;
mod writer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use qdrant_edge::{CountRequest, EdgeShard};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Hit, Index, Point, Query, StoreError},
};

use super::{
    Dimensions, Opened,
    filter::Filter,
    point::Replacement,
    search::{Legs, Likeness, Page},
    terms::Terms,
};
use error::{STORE, failed, unavailable};
use folder::Folder;
pub use folder::Inspection;
use writer::{Task, Writer};

/// Points of all merchants in one folder.
pub struct EmbeddedIndex {
    writer: Writer,
    folder: Arc<Folder>,
    terms: Arc<Terms>,
    dimensions: Dimensions,
}

impl EmbeddedIndex {
    /// Opens the folder, or starts a fresh one where there is none, where the one there was
    /// written for another model, number of dimensions or format, or where it can not be read.
    /// A rebuild that was not finished is dropped. Call it on a thread that may block.
    pub fn open(
        dir: &Path,
        dimensions: impl Into<Dimensions>,
        model: &str,
    ) -> Result<Opened, StoreError> {
        let dimensions = dimensions.into();
        let terms = Arc::new(Terms::new(STORE)?);
        let (folder, record) = folder::open(dir, dimensions, model)?;
        let folder = Arc::new(folder);
        let rebuilt = !record.filled();
        let writer = Writer::start(Arc::clone(&folder), record)?;
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
        let done = tokio::task::spawn_blocking(move || work(&folder.searched().qdrant)).await;
        done.map_err(|error| unavailable(format!("a search stopped: {error}")))?
    }

    async fn write(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
        task: fn(Replacement) -> Task,
    ) -> Result<(), StoreError> {
        self.dimensions.check_points(STORE, &points)?;
        let (terms, merchant, products) =
            (Arc::clone(&self.terms), merchant.clone(), products.to_vec());
        let replacement = tokio::task::spawn_blocking(move || {
            Replacement::new(&merchant, &products, points, &terms)
        });
        let replacement =
            replacement.await.map_err(|error| unavailable(format!("a write stopped: {error}")))?;
        self.writer.ask(task(replacement)).await
    }
}

#[async_trait]
impl Index for EmbeddedIndex {
    /// By the folder's lock.
    fn is_ours_alone(&self) -> bool {
        true
    }

    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        if products.is_empty() && points.is_empty() {
            return Ok(());
        }
        self.write(merchant, products, points, Task::Replace).await
    }

    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError> {
        self.dimensions.check_query(STORE, query)?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let (terms, merchant, query) = (Arc::clone(&self.terms), merchant.clone(), query.clone());
        self.read(move |shard| {
            let legs = Legs::new(&merchant, &query, &terms);
            search::search(shard, legs, query.limit, Likeness::of(&query))
        })
        .await
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        let filter = form::filter(&Filter::of_merchant(merchant));
        self.read(move |shard| {
            let request = CountRequest { filter: Some(filter), exact: true };
            shard.count(request).map(|count| count as u64).map_err(failed)
        })
        .await
    }

    async fn entries(&self, after: Option<&Entry>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let page = Page::new(after, limit);
        self.read(move |shard| search::entries(shard, &page)).await
    }

    async fn begin_rebuild(&self) -> Result<(), StoreError> {
        self.writer.ask(Task::Begin).await
    }

    async fn fill(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        self.write(merchant, products, points, Task::Fill).await
    }

    async fn finish_rebuild(&self) -> Result<(), StoreError> {
        self.writer.ask(Task::Finish).await
    }

    async fn abandon_rebuild(&self) -> Result<(), StoreError> {
        self.writer.ask(Task::Abandon).await
    }
}
