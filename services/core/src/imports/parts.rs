//! The body of an import, kept in packed parts of its own store until it ends.

use std::io::{self, Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use tokio::sync::mpsc::Receiver;

use crate::{
    ids::ImportId,
    ports::{Imports, StoreError},
};

/// Bytes of a body in one part, before packing.
pub const PART: usize = 1024 * 1024;

/// Takes a body in pieces and keeps it in parts.
pub struct PartWriter<'a> {
    imports: &'a dyn Imports,
    import: ImportId,
    number: u32,
    bytes: u64,
    open: Vec<u8>,
}

impl<'a> PartWriter<'a> {
    pub fn new(imports: &'a dyn Imports, import: ImportId) -> Self {
        Self { imports, import, number: 0, bytes: 0, open: Vec::new() }
    }

    /// Bytes taken so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes the next piece.
    pub async fn put(&mut self, mut piece: &[u8]) -> Result<(), StoreError> {
        self.bytes += piece.len() as u64;
        while !piece.is_empty() {
            let room = PART - self.open.len();
            let (now, later) = piece.split_at(room.min(piece.len()));
            self.open.extend_from_slice(now);
            piece = later;
            if self.open.len() == PART {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Keeps what is left and says that this was all.
    pub async fn finish(mut self) -> Result<(), StoreError> {
        if !self.open.is_empty() {
            self.keep().await?;
        }
        self.imports.body_complete(self.import, self.bytes).await
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        let packed = pack(&self.open);
        self.open.clear();
        self.imports.put_part(self.import, self.number, packed).await?;
        self.number += 1;
        Ok(())
    }
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    // Writing to a Vec can not fail.
    let _ = packed.write_all(bytes);
    packed.finish().unwrap_or_default()
}

/// The parts of a body as they come from the store, read as one.
pub(super) struct PartReader {
    parts: Receiver<io::Result<Vec<u8>>>,
    open: Option<GzDecoder<io::Cursor<Vec<u8>>>>,
}

impl PartReader {
    pub(super) fn new(parts: Receiver<io::Result<Vec<u8>>>) -> Self {
        Self { parts, open: None }
    }
}

impl Read for PartReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(part) = &mut self.open {
                match part.read(buffer)? {
                    0 => self.open = None,
                    read => return Ok(read),
                }
            }
            match self.parts.blocking_recv() {
                None => return Ok(0),
                Some(Err(error)) => return Err(error),
                Some(Ok(packed)) => self.open = Some(GzDecoder::new(io::Cursor::new(packed))),
            }
        }
    }
}
