//! The folder that the index lives in: `shard-<n>/` are Qdrant's, `index.json` says which of them
//! is searched and what it was written for, `lock` keeps a second process out, `unreadable/` is
//! what could not be opened last.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};
use vitrine_core::ports::StoreError;

use super::{
    super::{Dimensions, schema::FORMAT},
    error::unavailable,
    shard::{self, Shard},
};

/// An opened folder. Whoever uses it shares the whole of it, so that the lock outlives every use.
pub(super) struct Folder {
    searched: RwLock<Arc<Shard>>,
    // Dropped after the shard.
    _lock: File,
}

impl Folder {
    pub(super) fn searched(&self) -> Arc<Shard> {
        Arc::clone(&self.searched.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Searches `shard` from here on; gives the one before.
    pub(super) fn search_in(&self, shard: Arc<Shard>) -> Arc<Shard> {
        let mut searched = self.searched.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *searched, shard)
    }
}

/// What `index.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    format: u32,
    dimensions: Dimensions,
    model: String,
    /// The number of the shard that is searched.
    #[serde(default)]
    shard: u32,
    /// Whether anything was indexed since the folder was started.
    filled: bool,
}

/// Keeps `index.json`.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) dir: PathBuf,
    written: Written,
}

impl Record {
    /// Whether anything was indexed since the folder was started.
    pub(super) fn filled(&self) -> bool {
        self.written.filled
    }

    pub(super) fn dimensions(&self) -> Dimensions {
        self.written.dimensions
    }

    /// Notes that something was indexed.
    pub(super) fn fill(&mut self) -> Result<(), StoreError> {
        if self.written.filled {
            return Ok(());
        }
        self.write(Written { filled: true, ..self.written.clone() })
    }

    /// Makes a filled shard the one that is searched, at this opening and all later ones.
    pub(super) fn switch_to(&mut self, shard: u32) -> Result<(), StoreError> {
        self.write(Written { filled: true, shard, ..self.written.clone() })
    }

    fn write(&mut self, written: Written) -> Result<(), StoreError> {
        write(&self.dir, &written).map_err(|error| unreachable(&self.dir, &error))?;
        self.written = written;
        Ok(())
    }
}

/// Opens the folder and clears away what was begun in it and not finished.
pub(super) fn open(
    dir: &Path,
    dimensions: Dimensions,
    model: &str,
) -> Result<(Folder, Record), StoreError> {
    fs::create_dir_all(dir).map_err(|error| unreachable(dir, &error))?;
    let lock = lock(dir)?;
    let wanted =
        Written { format: FORMAT, dimensions, model: model.to_owned(), shard: 1, filled: false };
    let written = read(dir);
    let fits = written.as_ref().filter(|written| {
        let Written { shard, filled, .. } = wanted;
        Written { shard, filled, ..(*written).clone() } == wanted
    });
    if let Some(fits) = fits {
        remove_shards(dir, Some(fits.shard)).map_err(|error| unreachable(dir, &error))?;
        match Shard::load(dir, fits.shard) {
            Ok(shard) => return Ok(opened(dir, shard, lock, fits.clone())),
            Err(error) => {
                tracing::warn!(%error, folder = %dir.display(), "the index can not be read; it is set aside and built anew");
            }
        }
    } else if let Some(written) = &written {
        tracing::info!(was = %written.model, is = %wanted.model, "the index was written for another model or format; it is built anew");
    }
    let shard = start(dir, fits.map(|fits| fits.shard), &wanted)?;
    Ok(opened(dir, shard, lock, wanted))
}

fn opened(dir: &Path, shard: Shard, lock: File, written: Written) -> (Folder, Record) {
    let folder = Folder { searched: RwLock::new(Arc::new(shard)), _lock: lock };
    (folder, Record { dir: dir.to_owned(), written })
}

/// What a folder is, without changing anything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inspection {
    /// No index was ever started here.
    Absent,
    /// A process has it open.
    Held,
    /// Nobody has it open; the model whose vectors it holds.
    Free { model: String },
}

/// Looks at a folder.
pub(super) fn inspect(dir: &Path) -> Result<Inspection, StoreError> {
    if !dir.join("lock").exists() {
        return Ok(Inspection::Absent);
    }
    let file = File::open(dir.join("lock")).map_err(|error| unreachable(dir, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(match read(dir) {
            Some(written) => Inspection::Free { model: written.model },
            None => Inspection::Absent,
        }),
        Err(TryLockError::WouldBlock) => Ok(Inspection::Held),
        Err(TryLockError::Error(error)) => Err(unreachable(dir, &error)),
    }
}

/// The system gives the lock back when the process ends, however it ends.
fn lock(dir: &Path) -> Result<File, StoreError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))
        .map_err(|error| unreachable(dir, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(unavailable(format!(
            "another process has {} open; the embedded index is for one process",
            dir.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unreachable(dir, &error)),
    }
}

/// A fresh shard. `index.json` goes first and comes back last: a crash in between leaves a folder
/// without it, which is started afresh.
fn start(dir: &Path, set_aside: Option<u32>, written: &Written) -> Result<Shard, StoreError> {
    let clear = || -> io::Result<()> {
        gone(fs::remove_file(dir.join("index.json")))?;
        if let Some(number) = set_aside
            && shard::path(dir, number).exists()
        {
            let aside = dir.join("unreadable");
            gone(fs::remove_dir_all(&aside))?;
            fs::rename(shard::path(dir, number), aside)?;
        }
        remove_shards(dir, None)
    };
    clear().map_err(|error| unreachable(dir, &error))?;
    let fresh = Shard::start(dir, written.shard, written.dimensions)?;
    write(dir, written).map_err(|error| unreachable(dir, &error))?;
    fresh.keep(true);
    Ok(fresh)
}

/// Removes all shards but one: those begun and not finished, and those that were replaced.
fn remove_shards(dir: &Path, but: Option<u32>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // The first format called its only one `shard`.
        let is_shard = name == "shard" || name.starts_with("shard-");
        if is_shard && but.is_none_or(|number| path != shard::path(dir, number)) {
            gone(fs::remove_dir_all(path))?;
        }
    }
    Ok(())
}

/// What is not there need not be removed.
pub(super) fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

/// `None` where it is missing or makes no sense.
fn read(dir: &Path) -> Option<Written> {
    serde_json::from_slice(&fs::read(dir.join("index.json")).ok()?).ok()
}

/// Puts it in place whole or not at all.
fn write(dir: &Path, written: &Written) -> io::Result<()> {
    let draft = dir.join("index.json.draft");
    let mut file = File::create(&draft)?;
    file.write_all(&serde_json::to_vec_pretty(written)?)?;
    file.sync_all()?;
    fs::rename(draft, dir.join("index.json"))?;
    File::open(dir)?.sync_all()
}

pub(super) fn unreachable(path: &Path, error: &io::Error) -> StoreError {
    unavailable(format!("{}: {error}", path.display()))
}
