//! Remembering which products were shown as matches, off the way of the answers.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::{
    ids::{MerchantId, ProductId},
    look::Look,
    ports::{Catalog, StoreError},
};

/// How long products are gathered before they are written together.
const PERIOD: Duration = Duration::from_secs(5);
/// Products that wait to be written at most; what comes then is noted when it is shown again.
const WAITING: usize = 10_000;
/// Products remembered as written at most, 8 bytes each.
const WRITTEN: usize = 200_000;
/// How long: one that was removed meanwhile and came back is noted again after it.
const FORGET: Duration = Duration::from_secs(60 * 60);

/// Notes in the catalog which products were shown as matches. [`note`](Self::note) neither waits
/// nor fails; what it is told is written by [`run`](Self::run), many at once, and each product once
/// an hour at most. A process that is killed forgets what it gathered in the last seconds.
pub struct MatchRecorder {
    catalog: Arc<dyn Catalog>,
    state: Mutex<State>,
    wake: Notify,
    hasher: RandomState,
}

struct State {
    waiting: BTreeMap<MerchantId, BTreeSet<ProductId>>,
    many: usize,
    /// Hashes of what waits or was written.
    known: HashSet<u64>,
    since: Instant,
}

impl MatchRecorder {
    pub fn new(catalog: Arc<dyn Catalog>) -> Self {
        let state = State {
            waiting: BTreeMap::new(),
            many: 0,
            known: HashSet::new(),
            since: Instant::now(),
        };
        let wake = Notify::new();
        Self { catalog, state: Mutex::new(state), wake, hasher: RandomState::new() }
    }

    /// Takes note of the matches of a look.
    pub fn note(&self, merchant: &MerchantId, look: &Look) {
        let matches = look.garments.iter().flat_map(|garment| &garment.matches);
        self.note_products(merchant, matches.map(|found| &found.product_id));
    }

    /// Takes note of products that were shown as matches.
    pub(crate) fn note_products<'a>(
        &self,
        merchant: &MerchantId,
        products: impl Iterator<Item = &'a ProductId>,
    ) {
        let mut state = self.state();
        state.forget();
        for product in products {
            let hash = self.hasher.hash_one((merchant, product));
            if state.many < WAITING && state.known.insert(hash) {
                let waiting = state.waiting.entry(merchant.clone()).or_default();
                if waiting.insert(product.clone()) {
                    state.many += 1;
                }
            }
        }
        if state.many > 0 {
            self.wake.notify_one();
        }
    }

    /// Writes what was noted, for as long as it is polled.
    pub async fn run(&self) {
        loop {
            self.wake.notified().await;
            tokio::time::sleep(PERIOD).await;
            if let Err(error) = self.flush().await {
                tracing::warn!(%error, "which products were matched is not noted yet");
                self.wake.notify_one();
            }
        }
    }

    /// Writes what was noted so far. What can not be written waits on.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let mut waiting = self.state().take();
        let mut outcome = Ok(());
        while let Some((merchant, products)) = waiting.pop_first() {
            let list: Vec<ProductId> = products.iter().cloned().collect();
            if let Err(error) = self.catalog.note_matched(&merchant, &list).await {
                self.state().put_back(merchant, products);
                outcome = Err(error);
            }
        }
        outcome
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets what was written, when it was long ago or is too much. What still waits may then be
    /// told again, and waits once all the same.
    fn forget(&mut self) {
        if self.known.len() >= WRITTEN || self.since.elapsed() > FORGET {
            self.known.clear();
            self.since = Instant::now();
        }
    }

    fn take(&mut self) -> BTreeMap<MerchantId, BTreeSet<ProductId>> {
        self.many = 0;
        std::mem::take(&mut self.waiting)
    }

    fn put_back(&mut self, merchant: MerchantId, products: BTreeSet<ProductId>) {
        let waiting = self.waiting.entry(merchant).or_default();
        let before = waiting.len();
        waiting.extend(products);
        self.many += waiting.len() - before;
    }
}

#[cfg(test)]
mod tests;
