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

use qdrant_edge::{PointInsertOperations, PointOperations, UpdateOperation};
use tokio::sync::oneshot;
use vitrine_core::ports::StoreError;

use super::{
    super::point::Replacement,
    error::{failed, unavailable, without_panic},
    folder::{Folder, Record},
    form,
    shard::Shard,
};

/// How long nothing must have been written before the index is optimised.
const IDLE: Duration = Duration::from_secs(10);
/// The most replacements that share one flush.
const TOGETHER: usize = 32;

/// What the thread can be asked for.
pub(super) enum Task {
    Replace(Replacement),
    Begin,
    Fill(Replacement),
    Finish,
    Abandon,
}

struct Job {
    task: Task,
    answer: Answer,
}

type Answer = oneshot::Sender<Result<(), StoreError>>;

/// Hands tasks to the thread and waits for its answers.
pub(super) struct Writer {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    optimising: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn start(folder: Arc<Folder>, record: Record) -> Result<Self, StoreError> {
        let (sender, jobs) = channel();
        let optimising = Arc::new(AtomicBool::new(false));
        let optimising_too = Arc::clone(&optimising);
        let next = folder.searched().number() + 1;
        let work = Work { folder, record, second: None, next, optimising: optimising_too };
        let thread = std::thread::Builder::new()
            .name("index-writer".into())
            .spawn(move || work.run(&jobs))
            .map_err(|error| unavailable(error.to_string()))?;
        Ok(Self { jobs: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), optimising })
    }

    /// Returns when it is done; what is searched is on disk then.
    pub(super) async fn ask(&self, task: Task) -> Result<(), StoreError> {
        let closed = || unavailable("it was closed");
        let (answer, answered) = oneshot::channel();
        let sender = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sender.ok_or_else(closed)?.send(Job { task, answer }).map_err(|_| closed())?;
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
    record: Record,
    /// What a rebuild fills.
    second: Option<Arc<Shard>>,
    /// The number of the next shard.
    next: u32,
    optimising: Arc<AtomicBool>,
}

impl Work {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut changed = true;
        loop {
            match jobs.recv_timeout(IDLE) {
                Ok(job) => {
                    let jobs = std::iter::once(job).chain(jobs.try_iter().take(TOGETHER - 1));
                    self.work(jobs.collect());
                    changed = true;
                }
                Err(RecvTimeoutError::Timeout) if changed => {
                    self.optimise(&self.folder.searched());
                    changed = false;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Does all in order. Replacements that follow one another share a flush, and are answered
    /// only after it.
    fn work(&mut self, jobs: Vec<Job>) {
        let mut applied = Vec::new();
        for Job { task, answer } in jobs {
            if !matches!(task, Task::Replace(_)) {
                self.flush_and_answer(std::mem::take(&mut applied));
            }
            let done = match task {
                Task::Replace(replacement) => {
                    applied.push((answer, self.replace(replacement)));
                    continue;
                }
                Task::Fill(replacement) => self.fill(replacement),
                Task::Begin => self.begin(),
                Task::Finish => self.finish(),
                Task::Abandon => {
                    self.second = None;
                    Ok(())
                }
            };
            let _ = answer.send(done);
        }
        self.flush_and_answer(applied);
    }

    fn flush_and_answer(&mut self, applied: Vec<(Answer, Result<(), StoreError>)>) {
        if applied.is_empty() {
            return;
        }
        let flushed = flush(&self.folder.searched()).and_then(|()| self.record.fill());
        for (answer, applied) in applied {
            let _ = answer.send(applied.and_then(|()| flushed.clone()));
        }
    }

    fn replace(&self, replacement: Replacement) -> Result<(), StoreError> {
        if let Some(second) = &self.second {
            apply(second, replacement.clone())?;
        }
        apply(&self.folder.searched(), replacement)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.second = None;
        let number = self.next;
        self.next += 1;
        let second = Shard::start(&self.record.dir, number, self.record.dimensions())?;
        self.second = Some(Arc::new(second));
        Ok(())
    }

    fn fill(&self, replacement: Replacement) -> Result<(), StoreError> {
        apply(self.second.as_ref().ok_or_else(none_begun)?, replacement)
    }

    /// Graphs are built before the switch, so that searches are never slow. From the moment that
    /// `index.json` names the second shard, it is the one that every opening finds.
    fn finish(&mut self) -> Result<(), StoreError> {
        let second = Arc::clone(self.second.as_ref().ok_or_else(none_begun)?);
        self.optimise(&second);
        flush(&second)?;
        self.record.switch_to(second.number())?;
        second.keep(true);
        self.second = None;
        self.folder.search_in(second).keep(false);
        Ok(())
    }

    /// Builds graphs and clears what was deleted. Searches go on meanwhile; writes wait.
    fn optimise(&self, shard: &Shard) {
        self.optimising.store(true, Ordering::SeqCst);
        let done = without_panic(|| shard.qdrant.optimize().map_err(failed))
            .flatten()
            .and_then(|_| flush(shard));
        self.optimising.store(false, Ordering::SeqCst);
        if let Err(error) = done {
            tracing::warn!(%error, "the index could not be optimised; it works on, more slowly");
        }
    }
}

fn none_begun() -> StoreError {
    unavailable("no rebuild was begun")
}

/// Writes the new points before it removes the others, so that a search in between finds the
/// products.
fn apply(shard: &Shard, replacement: Replacement) -> Result<(), StoreError> {
    let Replacement { points, others } = replacement;
    let update = |operation| {
        let operation = UpdateOperation::PointOperation(operation);
        without_panic(|| shard.qdrant.update(operation).map_err(failed)).flatten()
    };
    if !points.is_empty() {
        let points = points.into_iter().map(form::point).collect();
        update(PointOperations::UpsertPoints(PointInsertOperations::PointsList(points)))?;
    }
    update(PointOperations::DeletePointsByFilter(form::filter(&others)))
}

fn flush(shard: &Shard) -> Result<(), StoreError> {
    without_panic(|| shard.qdrant.flush())
}
