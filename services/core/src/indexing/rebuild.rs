//! Building the index anew from the catalog, while the one there is goes on answering.

use jiff::Timestamp;

use super::{
    BATCH, Indexer, IndexingError,
    duty::OnDuty,
    walk::{Walk, products_in_all},
};
use crate::ports::StoreError;

/// How often it may be begun without an end before it is given up.
const STARTS: u32 = 10;

/// Building the index anew, as it was last asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuild {
    pub state: RebuildState,
    pub asked: Timestamp,
    /// When it was begun, the last time.
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
}

/// How far building anew is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildState {
    /// It begins when the outbox is empty.
    Waiting,
    /// In products; `total` is from when it began. One whose process ended is begun again.
    Running { done: u64, total: u64 },
    /// The new index is the one that is searched.
    Done { products: u64 },
    /// The index is as it was before.
    Failed { reason: String },
}

impl RebuildState {
    /// Whether there is something left to do.
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::Waiting | Self::Running { .. })
    }
}

impl Indexer {
    /// Has [`run`](Self::run), here or in another process, build the index anew, unless that is
    /// asked for or under way already; answers where it stands now.
    pub async fn request_rebuild(&self) -> Result<Rebuild, StoreError> {
        let rebuild = self.store.ask_rebuild().await?;
        self.wake.notify_one();
        Ok(rebuild)
    }

    /// The last time that building anew was asked for, in whichever process, if ever.
    pub async fn rebuild_state(&self) -> Result<Option<Rebuild>, StoreError> {
        self.store.rebuild().await
    }

    pub(super) async fn is_rebuild_wanted(&self) -> Result<bool, StoreError> {
        Ok(self.store.rebuild().await?.is_some_and(|rebuild| rebuild.state.is_under_way()))
    }

    pub(super) async fn rebuild_if_wanted(&self, on: &OnDuty) -> Result<(), IndexingError> {
        if !self.is_rebuild_wanted().await? {
            return Ok(());
        }
        match self.rebuild_on(on).await {
            Ok(_) => Ok(()),
            Err(IndexingError::LOST) => Err(IndexingError::LOST),
            Err(error) => {
                tracing::warn!(%error, "the index could not be built anew; it stays as it was");
                Ok(())
            }
        }
    }

    /// Builds the index anew, for all merchants, and answers with how many products. Searches see
    /// the new one when it is whole, and the outbox is drained all the while. A failure leaves the
    /// index as it was.
    pub async fn rebuild(&self) -> Result<u64, IndexingError> {
        let _alone = self.alone.lock().await;
        self.pay().await?;
        loop {
            self.store.ask_rebuild().await?;
            let on = self.wait_for_duty().await?;
            let rebuilt = self.rebuild_on(&on).await;
            self.leave(on).await;
            if let Some(products) = rebuilt? {
                return Ok(products);
            }
        }
    }

    /// `None` where none is asked for. One that ends without the duty stays to be done: whoever
    /// took over begins it again.
    async fn rebuild_on(&self, on: &OnDuty) -> Result<Option<u64>, IndexingError> {
        let Some(starts) = self.store.start_rebuild(&on.duty).await? else { return Ok(None) };
        let filled = if starts > STARTS {
            Err(IndexingError::GivenUp(STARTS))
        } else {
            self.fill_and_switch(on).await
        };
        let end = match &filled {
            Ok(products) => Ok(*products),
            Err(error) => Err(error.to_string()),
        };
        if filled.is_err()
            && let Err(error) = self.index.abandon_rebuild().await
        {
            tracing::warn!(%error, "what was built of a new index is dropped before the next is begun");
        }
        let ended = self.store.end_rebuild(&on.duty, end).await;
        let products = filled?;
        ended?;
        Ok(Some(products))
    }

    /// Each batch is read from the catalog after the outbox was drained into both indexes, so that
    /// nothing newer is written over.
    async fn fill_and_switch(&self, on: &OnDuty) -> Result<u64, IndexingError> {
        let store = &*self.store;
        self.index.begin_rebuild().await?;
        let (mut walk, mut done, total) = (Walk::default(), 0, products_in_all(store).await?);
        loop {
            store.tell_rebuild(&on.duty, done, total).await?;
            self.drain_on(on, |_| {}).await?;
            let Some((merchant, ids)) = walk.next(store, BATCH).await? else { break };
            let products = store.products(&merchant, &ids).await?;
            let points = self.points(&merchant, &products).await?;
            on.check().await?;
            self.index.fill(&merchant, &ids, points).await?;
            done += ids.len() as u64;
        }
        on.confirm().await?;
        self.index.finish_rebuild().await?;
        Ok(done)
    }
}
