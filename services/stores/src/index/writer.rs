//! The one thread that changes the index: it alone updates, flushes and optimises, because
//! qdrant-edge 0.7.2 panics when a flush meets another change.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use qdrant_edge::{
    PointId, PointInsertOperations, PointOperations, PointStructPersisted, UpdateOperation,
};
use tokio::sync::oneshot;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::Point,
};

use super::{
    StoreError,
    error::{failed, unavailable, without_panic},
    filter,
    folder::{Folder, Stamp},
    points,
    terms::Terms,
};

/// How long nothing must have been written before the index is optimised.
const IDLE: Duration = Duration::from_secs(10);
/// The most replacements that share one flush.
const TOGETHER: usize = 32;

/// All that is to be known of some products, ready to be written.
pub(super) struct Replacement {
    points: Vec<PointStructPersisted>,
    others: qdrant_edge::Filter,
}

impl Replacement {
    pub(super) fn new(
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
        terms: &Terms,
    ) -> Self {
        let points: Vec<PointStructPersisted> =
            points.into_iter().map(|point| points::to_qdrant(merchant, point, terms)).collect();
        let ids: Vec<PointId> = points.iter().map(|point| point.id).collect();
        Self { others: filter::others_of(merchant, products, &ids), points }
    }
}

struct Job {
    replacement: Replacement,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

/// Hands replacements to the thread and waits for its answers.
pub(super) struct Writer {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    optimising: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn start(folder: Arc<Folder>, stamp: Option<Stamp>) -> Result<Self, StoreError> {
        let (sender, jobs) = channel();
        let optimising = Arc::new(AtomicBool::new(false));
        let work = Work { folder, stamp, optimising: Arc::clone(&optimising) };
        let thread = std::thread::Builder::new()
            .name("index-writer".into())
            .spawn(move || work.run(&jobs))
            .map_err(|error| unavailable(error.to_string()))?;
        Ok(Self { jobs: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), optimising })
    }

    /// Returns when the replacement is on disk.
    pub(super) async fn replace(&self, replacement: Replacement) -> Result<(), StoreError> {
        let closed = || unavailable("it was closed");
        let (answer, answered) = oneshot::channel();
        let sender = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.ok_or_else(closed)?.send(Job { replacement, answer }).map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Takes nothing more and waits until the thread has ended.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let Some(thread) = self.stop() else { return Ok(()) };
        let ended = tokio::task::spawn_blocking(move || thread.join()).await;
        match ended {
            Ok(Ok(())) => Ok(()),
            _ => Err(unavailable("its writer stopped before it was closed")),
        }
    }

    fn stop(&self) -> Option<JoinHandle<()>> {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Writer {
    /// Optimising can take minutes and may be cut short by the end of the process; it is not
    /// waited for.
    fn drop(&mut self) {
        if let Some(thread) = self.stop()
            && !self.optimising.load(Ordering::SeqCst)
        {
            let _ = thread.join();
        }
    }
}

struct Work {
    folder: Arc<Folder>,
    stamp: Option<Stamp>,
    optimising: Arc<AtomicBool>,
}

impl Work {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut changed = true;
        loop {
            match jobs.recv_timeout(IDLE) {
                Ok(job) => {
                    let jobs = std::iter::once(job).chain(jobs.try_iter().take(TOGETHER - 1));
                    self.write(jobs.collect());
                    changed = true;
                }
                Err(RecvTimeoutError::Timeout) if changed => {
                    self.optimise();
                    changed = false;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Applies all, flushes once, and only then answers.
    fn write(&mut self, jobs: Vec<Job>) {
        let applied: Vec<_> = jobs
            .into_iter()
            .map(|job| (job.answer, without_panic(|| self.apply(job.replacement)).flatten()))
            .collect();
        let flushed = self.flush();
        for (answer, applied) in applied {
            let _ = answer.send(applied.and_then(|()| flushed.clone()));
        }
    }

    /// Writes the new points before it removes the others, so that a search in between finds the
    /// products.
    fn apply(&self, replacement: Replacement) -> Result<(), StoreError> {
        let Replacement { points, others } = replacement;
        if !points.is_empty() {
            let list = PointInsertOperations::PointsList(points);
            self.update(PointOperations::UpsertPoints(list))?;
        }
        self.update(PointOperations::DeletePointsByFilter(others))
    }

    fn update(&self, operation: PointOperations) -> Result<(), StoreError> {
        self.folder.shard.update(UpdateOperation::PointOperation(operation)).map_err(failed)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        without_panic(|| self.folder.shard.flush())?;
        if let Some(stamp) = &self.stamp {
            stamp.fill()?;
            self.stamp = None;
        }
        Ok(())
    }

    /// Builds graphs and clears what was deleted. Searches go on meanwhile; writes wait.
    fn optimise(&self) {
        self.optimising.store(true, Ordering::SeqCst);
        let done = without_panic(|| self.folder.shard.optimize().map_err(failed))
            .flatten()
            .and_then(|_| without_panic(|| self.folder.shard.flush()));
        self.optimising.store(false, Ordering::SeqCst);
        if let Err(error) = done {
            tracing::warn!(%error, "the index could not be optimised; it works on, more slowly");
        }
    }
}
