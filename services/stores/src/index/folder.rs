//! The folder that the index lives in: `shard/` is Qdrant's, `index.json` says what it was written
//! for, `lock` keeps a second process out, `unreadable/` is what could not be opened last.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use qdrant_edge::EdgeShard;
use serde::{Deserialize, Serialize};

use super::{
    StoreError,
    error::{failed, unavailable, without_panic},
    journal, schema,
};

/// Counts up when points are written differently than before.
const FORMAT: u32 = 1;

/// An opened folder. Whoever uses it shares the whole of it, so that the lock outlives every use.
pub(super) struct Folder {
    pub(super) shard: EdgeShard,
    // Dropped after the shard.
    _lock: File,
}

/// What `index.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    format: u32,
    dimensions: usize,
    model: String,
    /// Whether anything was indexed since the folder was started.
    filled: bool,
}

/// Notes in `index.json`, with the first thing indexed, that something was.
#[derive(Debug)]
pub(super) struct Stamp {
    dir: PathBuf,
    written: Written,
}

impl Stamp {
    pub(super) fn fill(&self) -> Result<(), StoreError> {
        let filled = Written { filled: true, ..self.written.clone() };
        write(&self.dir, &filled).map_err(|error| unreachable(&self.dir, &error))
    }
}

/// Opens the folder; a stamp comes with it while nothing was indexed yet.
pub(super) fn open(
    dir: &Path,
    dimensions: usize,
    model: &str,
) -> Result<(Folder, Option<Stamp>), StoreError> {
    fs::create_dir_all(dir).map_err(|error| unreachable(dir, &error))?;
    let lock = lock(dir)?;
    let wanted = Written { format: FORMAT, dimensions, model: model.to_owned(), filled: false };
    let written = read(dir);
    let fits = written
        .as_ref()
        .is_some_and(|written| Written { filled: false, ..written.clone() } == wanted);
    if fits {
        match load(&dir.join("shard")) {
            Ok(shard) => {
                let filled = written.is_some_and(|written| written.filled);
                let stamp = (!filled).then(|| Stamp { dir: dir.to_owned(), written: wanted });
                return Ok((Folder { shard, _lock: lock }, stamp));
            }
            Err(error) => {
                tracing::warn!(%error, folder = %dir.display(), "the index can not be read; it is set aside and built anew");
            }
        }
    } else if let Some(written) = written {
        tracing::info!(was = %written.model, is = %wanted.model, "the index was written for another model or format; it is built anew");
    }
    let shard = start(dir, fits, &wanted)?;
    Ok((Folder { shard, _lock: lock }, Some(Stamp { dir: dir.to_owned(), written: wanted })))
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

fn load(shard: &Path) -> Result<EdgeShard, StoreError> {
    // Without its segments Qdrant would open an empty index and say nothing.
    let segments = fs::read_dir(shard.join("segments"))
        .map_err(|error| unreachable(shard, &error))?
        .filter_map(Result::ok)
        .any(|entry| entry.path().is_dir());
    if !segments {
        return Err(unavailable(format!("{} holds no segments", shard.display())));
    }
    journal::shorten(&shard.join("wal")).map_err(|error| unreachable(shard, &error))?;
    without_panic(|| EdgeShard::load(shard, None))?.map_err(failed)
}

/// A fresh shard. `index.json` goes first and comes back last: a crash in between leaves a folder
/// without it, which is started afresh.
fn start(dir: &Path, keep_old: bool, written: &Written) -> Result<EdgeShard, StoreError> {
    let (shard, aside) = (dir.join("shard"), dir.join("unreadable"));
    let clear = || -> io::Result<()> {
        gone(fs::remove_file(dir.join("index.json")))?;
        if shard.exists() && keep_old {
            gone(fs::remove_dir_all(&aside))?;
            fs::rename(&shard, &aside)?;
        }
        gone(fs::remove_dir_all(&shard))?;
        fs::create_dir(&shard)
    };
    clear().map_err(|error| unreachable(dir, &error))?;
    let config = schema::config(written.dimensions);
    let fresh = without_panic(|| EdgeShard::new(&shard, config))?.map_err(failed)?;
    for index in schema::field_indexes() {
        fresh.update(index).map_err(failed)?;
    }
    without_panic(|| fresh.flush())?;
    write(dir, written).map_err(|error| unreachable(dir, &error))?;
    Ok(fresh)
}

/// What is not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
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

fn unreachable(path: &Path, error: &io::Error) -> StoreError {
    unavailable(format!("{}: {error}", path.display()))
}
