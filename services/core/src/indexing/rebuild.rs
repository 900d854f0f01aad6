//! Building the index anew from the catalog, while the one there is goes on answering.

use std::sync::PoisonError;

use super::{
    BATCH, Indexer, IndexingError,
    walk::{Walk, products_in_all},
};

/// How far building anew is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RebuildState {
    /// Not asked for since the start.
    #[default]
    Idle,
    /// Asked for, and it begins when the outbox is empty.
    Waiting,
    /// In products; `total` is from when it began.
    Running { done: u64, total: u64 },
    /// The new index is the one that is searched.
    Done { products: u64 },
    /// The index is as it was before.
    Failed { reason: String },
}

impl Indexer {
    /// Has [`run`](Self::run) build the index anew, unless that is asked for or under way already;
    /// answers where it stands now.
    pub fn request_rebuild(&self) -> RebuildState {
        let mut state = self.rebuild.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*state, RebuildState::Waiting | RebuildState::Running { .. }) {
            *state = RebuildState::Waiting;
            self.wake.notify_one();
        }
        state.clone()
    }

    /// Where building anew stands.
    pub fn rebuild_state(&self) -> RebuildState {
        self.rebuild.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, state: RebuildState) {
        *self.rebuild.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(super) async fn rebuild_if_asked(&self) {
        if self.rebuild_state() == RebuildState::Waiting
            && let Err(error) = self.rebuild().await
        {
            tracing::warn!(%error, "the index could not be built anew; it stays as it was");
        }
    }

    /// Builds the index anew, for all merchants, and answers with how many products. Searches see
    /// the new one when it is whole, and the outbox is drained all the while. A failure leaves the
    /// index as it was.
    pub async fn rebuild(&self) -> Result<u64, IndexingError> {
        let _alone = self.alone.lock().await;
        self.tell(RebuildState::Running { done: 0, total: 0 });
        let filled = self.fill_and_switch().await;
        match &filled {
            Ok(products) => self.tell(RebuildState::Done { products: *products }),
            Err(error) => {
                self.tell(RebuildState::Failed { reason: error.to_string() });
                if let Err(error) = self.index.abandon_rebuild().await {
                    tracing::warn!(%error, "what was built of a new index is dropped before the next is begun");
                }
            }
        }
        filled
    }

    /// Each batch is read from the catalog after the outbox was drained into both indexes, so that
    /// nothing newer is written over.
    async fn fill_and_switch(&self) -> Result<u64, IndexingError> {
        let catalog = &*self.catalog;
        self.index.begin_rebuild().await?;
        let (mut walk, mut done, total) = (Walk::default(), 0, products_in_all(catalog).await?);
        loop {
            self.tell(RebuildState::Running { done, total });
            self.drain_alone(|_| {}).await?;
            let Some((merchant, ids)) = walk.next(catalog, BATCH).await? else { break };
            let products = catalog.products(&merchant, &ids).await?;
            let points = self.points(&products).await?;
            self.index.fill(&merchant, &ids, points).await?;
            done += ids.len() as u64;
        }
        self.index.finish_rebuild().await?;
        Ok(done)
    }
}
