//! One Qdrant shard in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use qdrant_edge::EdgeShard;
use vitrine_core::ports::StoreError;

use super::{
    super::Dimensions,
    error::{failed, unavailable, without_panic},
    folder::{gone, unreachable},
    journal, shape,
};

pub(super) struct Shard {
    pub(super) qdrant: EdgeShard,
    // Dropped after the shard, which flushes into it once more.
    place: Place,
}

/// The folder of a shard, by its number. Where it is not to be kept, it is removed when the last
/// search in it has ended.
struct Place {
    path: PathBuf,
    number: u32,
    kept: AtomicBool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::SeqCst)
            && let Err(error) = gone(fs::remove_dir_all(&self.path))
        {
            tracing::warn!(%error, folder = %self.path.display(), "a folder of the index could not be removed; the next opening tries again");
        }
    }
}

pub(super) fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("shard-{number}"))
}

impl Shard {
    /// A fresh one, flushed. It is removed again unless it is kept.
    pub(super) fn start(
        dir: &Path,
        number: u32,
        dimensions: Dimensions,
    ) -> Result<Self, StoreError> {
        let place = Place { path: path(dir, number), number, kept: AtomicBool::new(false) };
        fs::create_dir(&place.path).map_err(|error| unreachable(&place.path, &error))?;
        let config = shape::config(dimensions);
        let qdrant = without_panic(|| EdgeShard::new(&place.path, config))?.map_err(failed)?;
        for index in shape::field_indexes() {
            qdrant.update(index).map_err(failed)?;
        }
        without_panic(|| qdrant.flush())?;
        Ok(Self { qdrant, place })
    }

    /// The one that was kept before.
    pub(super) fn load(dir: &Path, number: u32) -> Result<Self, StoreError> {
        let place = Place { path: path(dir, number), number, kept: AtomicBool::new(true) };
        // Without its segments Qdrant would open an empty index and say nothing.
        let segments = fs::read_dir(place.path.join("segments"))
            .map_err(|error| unreachable(&place.path, &error))?
            .filter_map(Result::ok)
            .any(|entry| entry.path().is_dir());
        if !segments {
            return Err(unavailable(format!("{} holds no segments", place.path.display())));
        }
        journal::shorten(&place.path.join("wal"))
            .map_err(|error| unreachable(&place.path, &error))?;
        let qdrant = without_panic(|| EdgeShard::load(&place.path, None))?.map_err(failed)?;
        Ok(Self { qdrant, place })
    }

    pub(super) fn number(&self) -> u32 {
        self.place.number
    }

    /// Whether its folder stays when it is no longer used.
    pub(super) fn keep(&self, kept: bool) {
        self.place.kept.store(kept, Ordering::SeqCst);
    }
}
