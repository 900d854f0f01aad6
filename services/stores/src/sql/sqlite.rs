//! What is SQLite's own.

#[path = "both/mod.rs"]
mod both;
#[cfg(test)]
mod tests;
mod statements {
    pub(super) mod catalog;
    pub(super) mod duties;
    pub(super) mod events;
    pub(super) mod feeds;
    pub(super) mod imports;
    pub(super) mod migrations;
    pub(super) mod pictures;
}

use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures::future::{self, BoxFuture};
use sqlx::{
    ConnectOptions, Connection as _, Sqlite, Transaction,
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use vitrine_core::ports::StoreError;

use super::{Hold, Migrate, Migration, Migrations};
use both::{error::failed, migrations};

type Pool = sqlx::SqlitePool;
type Connection = sqlx::SqliteConnection;
type Store = SqliteCatalog;

const STORE: &str = "the catalog (SQLite)";
static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");
/// How long a connection waits for another process's write before it gives up.
const BUSY: Duration = Duration::from_secs(10);
/// Takes the write lock at once, not with the first statement that writes.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// SQLite's primary result codes for a damaged file and for one that is no database, and for one
/// that another connection holds. <https://www.sqlite.org/rescode.html>
const DAMAGED: [i64; 2] = [11, 26];
const LOCKED: i64 = 5;
const LOCKED_PAUSE: Duration = Duration::from_millis(20);

/// Products, offers and the outbox in one SQLite file.
///
/// Writes go through one connection, so they queue here instead of failing with "database is
/// locked"; reads go through others and never wait for a write (write-ahead log). Commits are
/// synced to the disk (`synchronous = FULL`): what was acknowledged survives a killed process,
/// for which `NORMAL` would do, and a power cut too, for which it would not.
#[derive(Debug, Clone)]
pub struct SqliteCatalog {
    writer: Pool,
    readers: Pool,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy)]
pub struct SqliteOptions {
    /// How many connections read; one more writes.
    pub readers: u32,
    pub migrate: Migrate,
}

impl SqliteCatalog {
    /// Opens the file, creating it where it is missing.
    pub async fn open(file: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        let at = address(file);
        let mut first = reach(&at).await?;
        migrations::ready(&mut first, options.migrate).await?;
        let writer = pool(1).connect_with(at.clone()).await.map_err(failed)?;
        first.close().await.map_err(failed)?;
        let at = at.pragma("query_only", "ON");
        let readers = pool(options.readers.max(1)).connect_with(at).await.map_err(failed)?;
        Ok(Self { writer, readers })
    }

    /// Brings the file's tables up to this version, creating the file where it is missing; answers
    /// the steps that were made.
    pub async fn migrate(file: &Path) -> Result<Vec<Migration>, StoreError> {
        let mut connection = reach(&address(file)).await?;
        let made = migrations::run(&mut connection).await?;
        connection.close().await.map_err(failed)?;
        Ok(made)
    }

    /// How far the file's tables are. Changes nothing; of a file that is missing all is pending.
    pub async fn migrations(file: &Path) -> Result<Migrations, StoreError> {
        if !file.exists() {
            return migrations::of_nothing();
        }
        let at = address(file).create_if_missing(false);
        let mut connection = reach(&at).await?;
        let status = migrations::status(&mut connection).await?;
        connection.close().await.map_err(failed)?;
        Ok(status)
    }

    /// Writes a copy of the file as it is at one moment, where nothing is yet; others may read and
    /// write it meanwhile.
    pub async fn copy(file: &Path, to: &Path) -> Result<(), StoreError> {
        let mut connection = reach(&address(file).create_if_missing(false)).await?;
        let to = to.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)
    }

    /// What SQLite finds wrong with the file itself, line by line; nothing where all is well.
    pub async fn damage(file: &Path) -> Result<Vec<String>, StoreError> {
        let mut connection = reach(&address(file).create_if_missing(false)).await?;
        let told: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&mut connection)
            .await
            .map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(told.into_iter().filter(|line| line != "ok").collect())
    }

    /// Waits for what is under way and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that sees one moment.
    async fn read(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.readers.begin().await.map_err(failed)
    }

    /// A transaction that writes. It holds everything, whatever it asks for: SQLite has one lock.
    async fn write(&self, _: Hold<'_>) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with(BEGIN_WRITE).await.map_err(failed)
    }
}

fn address(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .foreign_keys(true)
}

/// A connection, and with it the write-ahead log. Two that turn a new file's log on together stand
/// in each other's way, and SQLite refuses one at once, without the wait that all else has.
async fn reach(at: &SqliteConnectOptions) -> Result<Connection, StoreError> {
    let started = Instant::now();
    loop {
        match at.connect().await {
            Err(error) if is_locked(&error) && started.elapsed() < BUSY => {
                tokio::time::sleep(LOCKED_PAUSE).await;
            }
            outcome => return outcome.map_err(failed),
        }
    }
}

/// Connections are kept for good: each holds its prepared statements.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .before_acquire(|connection, _| is_at_rest(connection))
}

/// Whether a connection that comes back can be used again. Where the disk is full or breaks, SQLite
/// ends a transaction by itself; the library then fails to end it and takes it to go on for good, and
/// would begin no other. Such a connection is closed, and another one opened.
fn is_at_rest(connection: &mut Connection) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    let is_at_rest = !connection.is_in_transaction();
    if !is_at_rest {
        tracing::warn!("a connection is opened anew: the file ended its transaction");
    }
    Box::pin(future::ready(Ok(is_at_rest)))
}

/// Runs the migrations under the write lock: the library takes none here, and two processes that
/// open a new file together would both create its tables.
async fn run_migrations(connection: &mut Connection) -> Result<(), MigrateError> {
    let mut transaction = connection.begin_with(BEGIN_WRITE).await?;
    MIGRATOR.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await.map_err(MigrateError::from)
}

/// Whether an error tells of a damaged file.
fn is_damage(error: &dyn DatabaseError) -> bool {
    primary_code(error).is_some_and(|code| DAMAGED.contains(&code))
}

/// What to do about an error: each says so itself.
fn advice(_: &dyn DatabaseError) -> Option<&'static str> {
    None
}

/// Whether somebody else holds the file just now.
fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(primary_code) == Some(LOCKED)
}

fn primary_code(error: &dyn DatabaseError) -> Option<i64> {
    Some(error.code()?.parse::<i64>().ok()? & 0xff)
}
