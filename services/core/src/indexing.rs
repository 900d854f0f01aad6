//! Bringing the index up to the catalog: draining the outbox, building the index anew, and
//! repairing it.

mod duty;
mod owed;
mod pictured;
mod point;
mod rebuild;
mod repair;
#[cfg(test)]
mod tests;
mod walk;

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    ids::{MerchantId, ProductId},
    ports::{
        Catalog, Change, Duties, DutyError, Embedder, Index, ModelError, Pictures, Point, Rebuilds,
        StoreError, Vector,
    },
    product::{ColourVersion, Product},
};

#[cfg(feature = "testing")]
pub(crate) use duty::INDEXING;
use duty::{LOOK_AGAIN, OnDuty};
use owed::Owed;
use point::point;
pub use rebuild::{Rebuild, RebuildState};
pub use repair::Repaired;

/// Products indexed together.
const BATCH: usize = 512;
/// How long the worker rests after an error before it tries again.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often the worker looks at the outbox when nobody wakes it.
const PERIOD: Duration = Duration::from_secs(5);
/// How long after a process was last heard of another one takes over.
const LEASE: Duration = Duration::from_secs(15);

/// The store that the catalog is in, with what the indexer keeps next to it.
pub trait IndexingStore: Catalog + Duties + Rebuilds + Pictures {}

impl<S: Catalog + Duties + Rebuilds + Pictures> IndexingStore for S {}

/// Brings the index up to the catalog. A change is struck out only after the index holds it for
/// good, so a crash at any point repeats work and loses none.
///
/// Of all processes that share the store one writes to the index at a time: the one that has the
/// duty, for as long as there is something to write. It holds it by a task of its own, and is
/// succeeded when it was not heard of for [`LEASE`].
pub struct Indexer {
    store: Arc<dyn IndexingStore>,
    index: Arc<dyn Index>,
    embedder: Arc<dyn Embedder>,
    /// The model whose vectors of pictures are indexed.
    picture_model: Option<String>,
    lease: Duration,
    wake: Arc<Notify>,
    active: Arc<AtomicBool>,
    owed: Owed,
    /// Held by whoever writes to the index, so that what was read of the catalog earlier is never
    /// written later.
    alone: tokio::sync::Mutex<()>,
}

/// What could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexingError {
    #[error(transparent)]
    Duty(#[from] DutyError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(
        "building the index anew was begun {0} times and its process ended each time; look into \
         the log for why, then ask for it again"
    )]
    GivenUp(u32),
}

impl From<StoreError> for IndexingError {
    fn from(error: StoreError) -> Self {
        Self::Duty(error.into())
    }
}

impl IndexingError {
    const LOST: Self = Self::Duty(DutyError::Lost);
}

/// What came of a turn of the worker.
enum Turn {
    /// Nothing is left to do.
    Done,
    /// Another process does it.
    Elsewhere,
}

impl Indexer {
    pub fn new(
        store: Arc<dyn IndexingStore>,
        index: Arc<dyn Index>,
        embedder: Arc<dyn Embedder>,
    ) -> Self {
        Self {
            store,
            index,
            embedder,
            picture_model: None,
            lease: LEASE,
            wake: Arc::new(Notify::new()),
            active: Arc::default(),
            owed: Owed::default(),
            alone: tokio::sync::Mutex::new(()),
        }
    }

    /// Indexes pictures too, by the vectors of this model.
    pub fn with_pictures(mut self, model: &str) -> Self {
        self.picture_model = Some(model.to_owned());
        self
    }

    /// Wakes [`run`](Self::run) when notified.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Indexes whatever comes into the outbox, and builds the index anew when that was asked for,
    /// for as long as it is polled. Stands by while another process does so.
    pub async fn run(&self) {
        loop {
            let rest = match self.turn().await {
                Ok(Turn::Done) => PERIOD,
                Ok(Turn::Elsewhere) => LOOK_AGAIN,
                Err(IndexingError::LOST) => {
                    tracing::warn!(
                        "another process took over writing to the index; what was just written is written once more"
                    );
                    LOOK_AGAIN
                }
                Err(error) => {
                    tracing::warn!(%error, "indexing paused; the outbox keeps what is left");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                    PERIOD
                }
            };
            let _ = tokio::time::timeout(rest, self.wake.notified()).await;
        }
    }

    async fn turn(&self) -> Result<Turn, IndexingError> {
        let _alone = self.alone.lock().await;
        self.pay().await?;
        if !self.is_behind().await? && !self.is_rebuild_wanted().await? {
            return Ok(Turn::Done);
        }
        let Some(on) = self.go_on_duty().await? else { return Ok(Turn::Elsewhere) };
        let work = async {
            self.drain_on(&on, |_| {}).await?;
            self.rebuild_if_wanted(&on).await
        };
        let outcome = work.await;
        self.leave(on).await;
        outcome.map(|()| Turn::Done)
    }

    async fn is_behind(&self) -> Result<bool, StoreError> {
        Ok(!self.store.changes(1).await?.is_empty())
    }

    /// Indexes until the outbox is empty, whichever process does it; answers how many products
    /// this one did, and tells them after each batch.
    pub async fn drain(&self, mut progress: impl FnMut(u64)) -> Result<u64, IndexingError> {
        let _alone = self.alone.lock().await;
        let mut done = 0;
        self.pay().await?;
        while self.is_behind().await? {
            let Some(on) = self.go_on_duty().await? else {
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            };
            let batch = |products| {
                done += products;
                progress(done);
            };
            let outcome = self.drain_on(&on, batch).await;
            self.leave(on).await;
            match outcome {
                Ok(()) | Err(IndexingError::LOST) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Ends a time on duty. Where a write to the index may still be under way, the duty is left to
    /// run out, so that the write comes before those of the next who has it.
    async fn leave(&self, on: OnDuty) {
        if self.owed.is_empty() {
            return on.end().await;
        }
        drop(on);
        if let Err(error) = self.pay().await {
            tracing::warn!(%error, "products were not put into the outbox anew; it is tried again");
        }
    }

    /// Sees to it that what was being written to the index when [`run`](Self::run) ended is written
    /// once more, where another process may have taken over.
    pub async fn close(&self) {
        if let Err(error) = self.pay().await {
            tracing::warn!(%error, "products were not put into the outbox anew; `vitrine doctor --repair` finds those that are indexed wrongly");
        }
    }

    async fn drain_on(&self, on: &OnDuty, mut batch: impl FnMut(u64)) -> Result<(), IndexingError> {
        loop {
            let changes = self.store.changes(BATCH).await?;
            if changes.is_empty() {
                return Ok(());
            }
            self.index_changes(on, &changes).await?;
            self.store.done(&on.duty, &changes).await?;
            self.owed.clear();
            batch(changes.len() as u64);
        }
    }

    async fn index_changes(&self, on: &OnDuty, changes: &[Change]) -> Result<(), IndexingError> {
        let mut by_merchant: HashMap<&MerchantId, Vec<ProductId>> = HashMap::new();
        for change in changes {
            by_merchant.entry(&change.merchant).or_default().push(change.product.clone());
        }
        for (merchant, ids) in by_merchant {
            self.index_as_they_are(on, merchant, &ids).await?;
        }
        Ok(())
    }

    /// Makes the index hold these products as the catalog has them now, or not at all. They are
    /// owed until the duty is known to be held still.
    async fn index_as_they_are(
        &self,
        on: &OnDuty,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<(), IndexingError> {
        let products = self.store.products(merchant, ids).await?;
        let points = self.points(merchant, &products).await?;
        on.check().await?;
        self.owed.note(merchant, ids);
        Ok(self.index.replace(merchant, ids, points).await?)
    }

    async fn points(
        &self,
        merchant: &MerchantId,
        products: &[Product],
    ) -> Result<Vec<Point>, IndexingError> {
        let pictures = self.pictures(merchant, products).await?;
        let versions: Vec<ColourVersion<'_>> =
            products.iter().flat_map(Product::colour_versions).collect();
        let texts: Vec<String> = versions.iter().map(ColourVersion::search_text).collect();
        let vectors = self.vectors(&texts).await?;
        let points = versions.iter().zip(&texts).filter_map(|(version, text)| {
            let words = vectors.get(text)?.clone();
            Some(point(version, text, words, pictures.get(&version.product.id).cloned()))
        });
        Ok(points.collect())
    }

    /// Embeds only the texts that this model has not embedded before.
    async fn vectors(&self, texts: &[String]) -> Result<HashMap<String, Vector>, IndexingError> {
        let model = self.embedder.model();
        let mut vectors = self.store.vectors(model, texts).await?;
        let mut unknown: Vec<String> =
            texts.iter().filter(|text| !vectors.contains_key(*text)).cloned().collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let embedded = self.embedder.embed(unknown.clone()).await?;
            let new: HashMap<String, Vector> = unknown.into_iter().zip(embedded).collect();
            self.store.keep_vectors(model, &new).await?;
            vectors.extend(new);
        }
        Ok(vectors)
    }
}
