use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The longest row, in bytes: one with a quote that is never closed would else be the whole feed.
pub(super) const MAX_ROW: u64 = 1024 * 1024;
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
pub(super) struct Allowance {
    until: Arc<AtomicU64>,
    row: u64,
}

impl Allowance {
    /// The next row begins at this byte.
    pub(super) fn from(&self, position: u64) {
        self.until.store(position + self.row + AHEAD, Ordering::Relaxed);
    }
}

impl<R> Fuse<R> {
    /// Rows of at most `row` bytes.
    pub(super) fn new(inner: R, row: u64) -> (Self, Allowance) {
        let allowance = Allowance { until: Arc::default(), row };
        allowance.from(0);
        (Self { inner, read: 0, allowance: allowance.clone() }, allowance)
    }
}

impl<R: Read> Read for Fuse<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.read > self.allowance.until.load(Ordering::Relaxed) {
            let message = format!(
                "a row is longer than {} bytes; is a quote or a tag never closed?",
                self.allowance.row
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}
