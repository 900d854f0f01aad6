use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The longest row, in bytes: one with a quote that is never closed would else be the whole feed.
const MAX_ROW: u64 = 1024 * 1024;
/// What a reader may hold beyond the row it is at.
const AHEAD: u64 = 64 * 1024;

/// Ends with an error once more was read than one row may need.
pub(super) struct Fuse<R> {
    inner: R,
    read: u64,
    allowance: Allowance,
}

/// How far may be read.
#[derive(Debug, Clone)]
pub(super) struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// The next row begins at this byte.
    pub(super) fn from(&self, position: u64) {
        self.0.store(position + MAX_ROW + AHEAD, Ordering::Relaxed);
    }
}

impl<R> Fuse<R> {
    pub(super) fn new(inner: R) -> (Self, Allowance) {
        let allowance = Allowance(Arc::default());
        allowance.from(0);
        (Self { inner, read: 0, allowance: allowance.clone() }, allowance)
    }
}

impl<R: Read> Read for Fuse<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read > self.allowance.0.load(Ordering::Relaxed) {
            let message =
                format!("a row is longer than {MAX_ROW} bytes; is a quote or a tag never closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}
