//! Reading a feed on a thread of its own, a little ahead of what is written.

use std::{
    io::{self, Read},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::mpsc::{self, Receiver, Sender};

use super::{ImportError, ImportOrder, Mode, parts::PartReader};
use crate::{
    feed::{Dialect, Feed, FeedError, OfferFeed, OfferTaken, Taken},
    ids::ImportId,
    ports::{Imports, StoreError},
};

/// Steps that travel together.
const TOGETHER: usize = 64;
/// Groups of steps that are read ahead, and parts of the body.
const AHEAD: usize = 8;
const PARTS_AHEAD: usize = 2;

/// One step through a feed.
pub(super) enum Step {
    Product(Taken),
    Offer(OfferTaken),
}

/// Steps, and how many bytes of the body were read for them.
pub(super) struct Steps {
    pub(super) steps: Vec<Step>,
    pub(super) bytes: u64,
    /// How the feed is written; none where it is a list of offers.
    pub(super) dialect: Option<Dialect>,
}

/// A feed that is being read.
pub(super) struct Reading {
    steps: Receiver<Result<Steps, FeedError>>,
    trouble: Arc<OnceLock<StoreError>>,
}

impl Reading {
    /// The next steps; `None` after the last ones.
    pub(super) async fn next(&mut self) -> Result<Option<Steps>, ImportError> {
        match self.steps.recv().await {
            None => Ok(None),
            Some(Ok(steps)) => Ok(Some(steps)),
            // A body that could not be got is the store's trouble, not the feed's.
            Some(Err(error)) => Err(match self.trouble.get() {
                Some(trouble) => trouble.clone().into(),
                None => error.into(),
            }),
        }
    }
}

/// Begins to read the body of an import.
pub(super) fn read(imports: Arc<dyn Imports>, import: ImportId, order: &ImportOrder) -> Reading {
    let (parts, body) = mpsc::channel(PARTS_AHEAD);
    let trouble = Arc::new(OnceLock::new());
    tokio::spawn(fetch_parts(imports, import, parts, Arc::clone(&trouble)));
    let (steps, read) = mpsc::channel(AHEAD);
    let (reading, mode) = (order.reading, order.options.mode);
    tokio::task::spawn_blocking(move || {
        let bytes = Arc::new(AtomicU64::new(0));
        let body = Counted { inner: PartReader::new(body), read: Arc::clone(&bytes) };
        let sent = match mode {
            Mode::Delta => OfferFeed::open(body, reading.currency)
                .and_then(|feed| send(feed, None, Step::Offer, &bytes, &steps)),
            Mode::Upsert | Mode::Replace => Feed::open(body, reading).and_then(|feed| {
                let dialect = Some(feed.dialect());
                send(feed, dialect, Step::Product, &bytes, &steps)
            }),
        };
        if let Err(error) = sent {
            // Where nobody listens any more, nobody needs to know.
            let _ = steps.blocking_send(Err(error));
        }
    });
    Reading { steps: read, trouble }
}

async fn fetch_parts(
    imports: Arc<dyn Imports>,
    import: ImportId,
    parts: Sender<io::Result<Vec<u8>>>,
    trouble: Arc<OnceLock<StoreError>>,
) {
    for number in 0.. {
        let part = match imports.part(import, number).await {
            Ok(None) => return,
            Ok(Some(part)) => Ok(part),
            Err(error) => {
                let failed = io::Error::other(error.clone());
                let _ = trouble.set(error);
                Err(failed)
            }
        };
        let failed = part.is_err();
        if parts.send(part).await.is_err() || failed {
            return;
        }
    }
}

/// Sends all steps; ends early, without an error, where nobody takes them any more.
fn send<T>(
    feed: impl Iterator<Item = Result<T, FeedError>>,
    dialect: Option<Dialect>,
    step: impl Fn(T) -> Step,
    bytes: &AtomicU64,
    steps: &Sender<Result<Steps, FeedError>>,
) -> Result<(), FeedError> {
    let mut group = Vec::with_capacity(TOGETHER);
    let hand_on = |group: &mut Vec<Step>| {
        let next = Vec::with_capacity(TOGETHER);
        let full = std::mem::replace(group, next);
        let bytes = bytes.load(Ordering::Relaxed);
        steps.blocking_send(Ok(Steps { steps: full, bytes, dialect })).is_ok()
    };
    for taken in feed {
        match taken {
            Ok(taken) => group.push(step(taken)),
            Err(error) => {
                hand_on(&mut group);
                return Err(error);
            }
        }
        if group.len() == TOGETHER && !hand_on(&mut group) {
            return Ok(());
        }
    }
    hand_on(&mut group);
    Ok(())
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
