//! Bringing the index up to the catalog: draining the outbox, building the index anew, and
//! repairing it.

mod point;
mod rebuild;
mod repair;
#[cfg(test)]
mod tests;
mod walk;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::sync::Notify;

use crate::{
    ids::{MerchantId, ProductId},
    ports::{Catalog, Change, Embedder, Index, ModelError, Point, StoreError, Vector},
    product::{ColourVersion, Product},
};

use point::point;
pub use rebuild::RebuildState;
pub use repair::Repaired;

/// Products indexed together.
const BATCH: usize = 512;
/// How long the worker rests after an error before it tries again.
const PAUSE_AFTER_ERROR: std::time::Duration = std::time::Duration::from_secs(2);
/// How often the worker looks at the outbox when nobody wakes it.
const PERIOD: std::time::Duration = std::time::Duration::from_secs(5);

/// Brings the index up to the catalog. A change is struck out only after the index holds it for
/// good, so a crash at any point repeats work and loses none.
pub struct Indexer {
    catalog: Arc<dyn Catalog>,
    index: Arc<dyn Index>,
    embedder: Arc<dyn Embedder>,
    wake: Arc<Notify>,
    rebuild: Mutex<RebuildState>,
    /// Held by whoever writes to the index, so that what was read of the catalog earlier is never
    /// written later.
    alone: tokio::sync::Mutex<()>,
}

/// What could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexingError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Indexer {
    pub fn new(
        catalog: Arc<dyn Catalog>,
        index: Arc<dyn Index>,
        embedder: Arc<dyn Embedder>,
    ) -> Self {
        Self {
            catalog,
            index,
            embedder,
            wake: Arc::new(Notify::new()),
            rebuild: Mutex::new(RebuildState::Idle),
            alone: tokio::sync::Mutex::new(()),
        }
    }

    /// Wakes [`run`](Self::run) when notified.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Indexes whatever comes into the outbox, and builds the index anew when that was asked for,
    /// for as long as it is polled.
    pub async fn run(&self) {
        loop {
            match self.drain(|_| {}).await {
                Ok(_) => self.rebuild_if_asked().await,
                Err(error) => {
                    tracing::warn!(%error, "indexing paused; the outbox keeps what is left");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                }
            }
            let _ = tokio::time::timeout(PERIOD, self.wake.notified()).await;
        }
    }

    /// Indexes until the outbox is empty; tells how many products were done after each batch.
    pub async fn drain(&self, progress: impl FnMut(u64)) -> Result<u64, IndexingError> {
        let _alone = self.alone.lock().await;
        self.drain_alone(progress).await
    }

    async fn drain_alone(&self, mut progress: impl FnMut(u64)) -> Result<u64, IndexingError> {
        let mut done = 0;
        loop {
            let changes = self.catalog.changes(BATCH).await?;
            if changes.is_empty() {
                return Ok(done);
            }
            self.index_changes(&changes).await?;
            self.catalog.done(&changes).await?;
            done += changes.len() as u64;
            progress(done);
        }
    }

    async fn index_changes(&self, changes: &[Change]) -> Result<(), IndexingError> {
        let mut by_merchant: HashMap<&MerchantId, Vec<ProductId>> = HashMap::new();
        for change in changes {
            by_merchant.entry(&change.merchant).or_default().push(change.product.clone());
        }
        for (merchant, ids) in by_merchant {
            self.index_as_they_are(merchant, &ids).await?;
        }
        Ok(())
    }

    /// Makes the index hold these products as the catalog has them now, or not at all.
    async fn index_as_they_are(
        &self,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<(), IndexingError> {
        let products = self.catalog.products(merchant, ids).await?;
        let points = self.points(&products).await?;
        Ok(self.index.replace(merchant, ids, points).await?)
    }

    async fn points(&self, products: &[Product]) -> Result<Vec<Point>, IndexingError> {
        let versions: Vec<ColourVersion<'_>> =
            products.iter().flat_map(Product::colour_versions).collect();
        let texts: Vec<String> = versions.iter().map(ColourVersion::search_text).collect();
        let vectors = self.vectors(&texts).await?;
        let points = versions.iter().zip(&texts).filter_map(|(version, text)| {
            let words = vectors.get(text)?.clone();
            Some(point(version, text, words))
        });
        Ok(points.collect())
    }

    /// Embeds only the texts that this model has not embedded before.
    async fn vectors(&self, texts: &[String]) -> Result<HashMap<String, Vector>, IndexingError> {
        let model = self.embedder.model();
        let mut vectors = self.catalog.vectors(model, texts).await?;
        let mut unknown: Vec<String> =
            texts.iter().filter(|text| !vectors.contains_key(*text)).cloned().collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let embedded = self.embedder.embed(unknown.clone()).await?;
            let new: HashMap<String, Vector> = unknown.into_iter().zip(embedded).collect();
            self.catalog.keep_vectors(model, &new).await?;
            vectors.extend(new);
        }
        Ok(vectors)
    }
}
