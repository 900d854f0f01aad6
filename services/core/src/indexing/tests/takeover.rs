//! Several processes on one store and one index, each an [`Indexer`] of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::{
    ports::{Duty, Hit, Query},
    product::Product,
};

/// A lease that is over before anything is done with it.
const SHORT: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// The index as one process sees it, who may be held up in the middle of a write.
struct Gated {
    index: Arc<MemoryIndex>,
    /// Writes that are held up from here on.
    closed_for: AtomicU32,
    /// How long each write is under way.
    slow: Duration,
    writes: AtomicU32,
    reached: Notify,
    open: Notify,
}

impl Gated {
    fn new(index: &Arc<MemoryIndex>, closed_for: u32) -> Arc<Self> {
        Self::with(index, closed_for, Duration::ZERO)
    }

    fn with(index: &Arc<MemoryIndex>, closed_for: u32, slow: Duration) -> Arc<Self> {
        Arc::new(Self {
            index: Arc::clone(index),
            closed_for: closed_for.into(),
            slow,
            writes: AtomicU32::default(),
            reached: Notify::new(),
            open: Notify::new(),
        })
    }

    async fn pass(&self) {
        let closed = |left: u32| left.checked_sub(1);
        if self.closed_for.fetch_update(Ordering::SeqCst, Ordering::SeqCst, closed).is_ok() {
            self.reached.notify_one();
            self.open.notified().await;
        }
        if !self.slow.is_zero() {
            tokio::time::sleep(self.slow).await;
        }
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    fn writes(&self) -> u32 {
        self.writes.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Index for Gated {
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        self.pass().await;
        self.index.replace(merchant, products, points).await
    }

    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError> {
        self.index.search(merchant, query).await
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        self.index.count(merchant).await
    }

    async fn entries(&self, after: Option<&Entry>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.index.entries(after, limit).await
    }

    async fn begin_rebuild(&self) -> Result<(), StoreError> {
        self.index.begin_rebuild().await
    }

    async fn fill(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        self.pass().await;
        self.index.fill(merchant, products, points).await
    }

    async fn finish_rebuild(&self) -> Result<(), StoreError> {
        self.index.finish_rebuild().await
    }

    async fn abandon_rebuild(&self) -> Result<(), StoreError> {
        self.index.abandon_rebuild().await
    }
}

/// A process that holds its duty for so short a time that any other can take over.
fn forgetful(catalog: &Arc<MemoryCatalog>, index: Arc<Gated>) -> Arc<Indexer> {
    let embedder = Arc::new(FakeEmbedder::default());
    let mut indexer = Indexer::new(catalog.clone(), index, embedder);
    indexer.lease = SHORT;
    Arc::new(indexer)
}

fn healthy(catalog: &Arc<MemoryCatalog>, index: &Arc<MemoryIndex>) -> Indexer {
    Indexer::new(catalog.clone(), index.clone(), Arc::new(FakeEmbedder::default()))
}

fn titled(id: &str, title: &str) -> Product {
    Product { title: title.into(), ..sample::product(id) }
}

/// Takes over from a forgetful process, as soon as its lease has run out.
async fn take_over(catalog: &MemoryCatalog) -> Duty {
    loop {
        if let Some(duty) = catalog.take(INDEXING, "another", HOUR).await.unwrap() {
            return duty;
        }
        tokio::task::yield_now().await;
    }
}

/// That the index holds just what the catalog does, and the outbox is empty.
async fn is_up_to_date(catalog: &Arc<MemoryCatalog>, index: &Arc<MemoryIndex>) {
    assert_eq!(catalog.changes(10).await.unwrap(), []);
    let repaired = healthy(catalog, index).repair(|_, _| {}).await.unwrap();
    assert_eq!((repaired.written, repaired.removed), (0, 0));
}

#[tokio::test]
async fn what_an_old_holder_writes_when_it_wakes_late_is_written_over() {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    let merchant = sample::merchant();
    catalog.upsert(&merchant, vec![titled("p", "First")]).await.unwrap();
    let gated = Gated::new(&index, 1);
    let old = forgetful(&catalog, gated.clone());
    let draining = tokio::spawn(async move { old.drain(|_| {}).await });
    gated.reached.notified().await;

    let duty = take_over(&catalog).await;
    catalog.release(&duty).await.unwrap();
    catalog.upsert(&merchant, vec![titled("p", "Second")]).await.unwrap();
    assert_eq!(healthy(&catalog, &index).drain(|_| {}).await.unwrap(), 1);
    is_up_to_date(&catalog, &index).await;

    gated.open.notify_one();
    draining.await.unwrap().unwrap();
    assert_eq!(gated.writes(), 2, "what was read before is written, and then what is true");
    is_up_to_date(&catalog, &index).await;
}

#[tokio::test]
async fn what_an_old_holder_wrote_late_is_written_by_the_new_one_too() {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    let merchant = sample::merchant();
    catalog.upsert(&merchant, vec![titled("p", "First")]).await.unwrap();
    let gated = Gated::new(&index, 1);
    let old = forgetful(&catalog, gated.clone());
    let turn = tokio::spawn(async move { old.turn().await.map(drop) });
    gated.reached.notified().await;

    let duty = take_over(&catalog).await;
    catalog.upsert(&merchant, vec![titled("p", "Second")]).await.unwrap();
    let seen = catalog.changes(10).await.unwrap();
    gated.open.notify_one();
    assert_eq!(turn.await.unwrap(), Err(IndexingError::LOST));
    catalog.done(&duty, &seen).await.unwrap();
    assert_eq!(catalog.pending(&merchant).await.unwrap(), 1, "it waits for the new holder");
    catalog.release(&duty).await.unwrap();
    assert_eq!(healthy(&catalog, &index).drain(|_| {}).await.unwrap(), 1);
    is_up_to_date(&catalog, &index).await;
}

#[tokio::test]
async fn a_write_that_was_given_up_in_its_middle_is_made_good_for() {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    let merchant = sample::merchant();
    catalog.upsert(&merchant, vec![titled("p", "First")]).await.unwrap();
    let gated = Gated::new(&index, 1);
    let old = forgetful(&catalog, gated.clone());
    let draining = tokio::spawn({
        let old = Arc::clone(&old);
        async move { old.drain(|_| {}).await }
    });
    gated.reached.notified().await;
    draining.abort();
    assert!(draining.await.unwrap_err().is_cancelled());
    assert!(!old.is_on_duty());

    let duty = take_over(&catalog).await;
    let seen = catalog.changes(10).await.unwrap();
    catalog.done(&duty, &seen).await.unwrap();
    catalog.release(&duty).await.unwrap();
    assert_eq!(old.drain(|_| {}).await.unwrap(), 1, "nobody knows whether it came through");
    is_up_to_date(&catalog, &index).await;
}

#[tokio::test]
async fn who_slept_for_longer_than_its_lease_writes_nothing() {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    let merchant = sample::merchant();
    catalog.upsert(&merchant, vec![sample::product("p")]).await.unwrap();
    let gated = Gated::new(&index, 0);
    let old = forgetful(&catalog, gated.clone());
    let on = old.go_on_duty().await.unwrap().unwrap();
    assert!(old.is_on_duty());
    let _duty = take_over(&catalog).await;
    tokio::time::sleep(5 * SHORT).await;
    assert_eq!(old.drain_on(&on, |_| {}).await, Err(IndexingError::LOST));
    assert_eq!(gated.writes(), 0);
}

#[tokio::test]
async fn who_has_the_duty_is_known_and_gives_it_back() {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    catalog.upsert(&sample::merchant(), vec![sample::product("p")]).await.unwrap();
    let gated = Gated::new(&index, 1);
    let embedder = Arc::new(FakeEmbedder::default());
    let indexer = Arc::new(Indexer::new(catalog.clone(), gated.clone(), embedder));
    let draining = tokio::spawn({
        let indexer = Arc::clone(&indexer);
        async move { indexer.drain(|_| {}).await }
    });
    gated.reached.notified().await;
    assert!(indexer.is_on_duty());
    assert_eq!(catalog.take(INDEXING, "another", HOUR).await.unwrap(), None);
    gated.open.notify_one();
    draining.await.unwrap().unwrap();
    assert!(!indexer.is_on_duty());
    assert!(catalog.take(INDEXING, "another", HOUR).await.unwrap().is_some(), "at once");
}

#[tokio::test]
async fn a_rebuild_whose_process_was_not_heard_of_is_begun_again_by_another() {
    let shop = two_merchants(3).await;
    let gated = Gated::new(&shop.index, 1);
    let old = forgetful(&shop.catalog, gated.clone());
    old.request_rebuild().await.unwrap();
    let turn = tokio::spawn(async move { old.turn().await.map(drop) });
    gated.reached.notified().await;
    assert_eq!(state(&shop.indexer).await, RebuildState::Running { done: 0, total: 6 });

    let duty = take_over(&shop.catalog).await;
    gated.open.notify_one();
    assert_eq!(turn.await.unwrap(), Err(IndexingError::LOST));
    let left = state(&shop.indexer).await;
    assert!(left.is_under_way(), "it has neither succeeded nor failed: {left:?}");
    assert!(shop.index.finish_rebuild().await.is_err(), "what it built is given up");

    shop.catalog.release(&duty).await.unwrap();
    shop.indexer.turn().await.unwrap();
    assert_eq!(state(&shop.indexer).await, RebuildState::Done { products: 6 });
    is_up_to_date(&shop.catalog, &shop.index).await;
}

#[tokio::test]
async fn a_rebuild_that_ends_its_process_each_time_is_given_up() {
    let shop = two_merchants(1).await;
    shop.indexer.request_rebuild().await.unwrap();
    for _ in 0..10 {
        let on = shop.indexer.go_on_duty().await.unwrap().unwrap();
        assert!(shop.catalog.start_rebuild(&on.duty).await.unwrap().is_some());
        on.end().await;
    }
    shop.indexer.turn().await.unwrap();
    let RebuildState::Failed { reason } = state(&shop.indexer).await else { panic!() };
    assert!(reason.contains("10 times"), "{reason}");
    shop.indexer.request_rebuild().await.unwrap();
    shop.indexer.turn().await.unwrap();
    assert_eq!(state(&shop.indexer).await, RebuildState::Done { products: 2 }, "asked for anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_that_take_over_from_each_other_all_the_time_leave_the_index_right() {
    let shop = two_merchants(20).await;
    let processes: Vec<Arc<Indexer>> = [1, 2, 3, 5]
        .map(|slow| Gated::with(&shop.index, 0, slow * SHORT))
        .map(|index| forgetful(&shop.catalog, index))
        .into();
    let workers: Vec<_> = processes
        .iter()
        .map(|process| {
            let process = Arc::clone(process);
            tokio::spawn(async move {
                loop {
                    let _ = process.turn().await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 0..300 {
        for title in ["First", "Second"] {
            let product = titled(&format!("p{n}"), title);
            shop.catalog.upsert(&shop.merchants[n % 2], vec![product]).await.unwrap();
            tokio::time::sleep(SHORT).await;
        }
    }
    for worker in workers {
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
    }
    for process in &processes {
        process.pay().await.unwrap();
    }
    healthy(&shop.catalog, &shop.index).drain(|_| {}).await.unwrap();
    is_up_to_date(&shop.catalog, &shop.index).await;
}
