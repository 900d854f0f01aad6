//! What is PostgreSQL's own.

#[path = "both/mod.rs"]
mod both;
mod statements {
    pub(super) mod catalog;
    pub(super) mod duties;
    pub(super) mod events;
    pub(super) mod feeds;
    pub(super) mod imports;
    pub(super) mod migrations;
    pub(super) mod pictures;
}

use std::time::Duration;

use sqlx::{
    ConnectOptions, Connection as _, Executor as _, Postgres, Transaction,
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use vitrine_core::{ids::MerchantId, ports::StoreError};

use super::{Hold, Migrate, Migration, Migrations};
use both::{
    error::{failed, unavailable},
    migrations,
};

type Pool = sqlx::PgPool;
type Connection = sqlx::PgConnection;
type Store = PostgresCatalog;

const STORE: &str = "the catalog (PostgreSQL)";
static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");
/// How long to wait for a connection, be it a new one or one that others use.
const ACQUIRE: Duration = Duration::from_secs(10);
/// End a statement that hangs, and a transaction whose process fell silent while others waited for
/// it. Isolation is said, here and in [`BEGIN_WRITE`], because a database can have another default.
/// Sent once connected: a pooler in front refuses most of what is asked for in connecting.
const SESSION: &str = "
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
    SET default_transaction_isolation = 'read committed'";
const READERS_SESSION: &str = "SET default_transaction_read_only = on";
/// Each statement sees what was committed before it, so all that follow a lock see what was written
/// by whoever held it before.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// `$1` [`EVERYTHING`], `$2` [`MERCHANTS`], `$3` the merchant.
const HOLD_MERCHANT: &str =
    "SELECT pg_advisory_xact_lock_shared($1, 0), pg_advisory_xact_lock($2, $3)";
/// `$1` [`EVENTS`], `$2` the merchant.
const HOLD_EVENTS: &str = "SELECT pg_advisory_xact_lock($1, $2)";
/// `$1` [`EVERYTHING`].
const HOLD_EVERYTHING: &str = "SELECT pg_advisory_xact_lock($1, 0)";
/// The first halves of the names of our locks: "VITR" and the number after it.
const EVERYTHING: i32 = 0x5649_5452;
const MERCHANTS: i32 = EVERYTHING + 1;
const EVENTS: i32 = EVERYTHING + 2;
/// SQLSTATEs of a prepared statement that is there already, and of one that is not: between here and
/// the server, somebody else's session was given to us.
const MIXED_UP: [&str; 2] = ["42P05", "26000"];
/// SQLSTATEs of a damaged table and of a damaged index.
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
const DAMAGED: [&str; 2] = ["XX001", "XX002"];

/// Products, offers and the outbox in a PostgreSQL database, which many processes may share.
///
/// Writes of one merchant queue behind each other as they do in SQLite, by a lock that each takes
/// first; those of different merchants do not. A write waits for its merchant alone, having asked
/// for it before any row, so no two wait for each other. Reads have connections of their own and
/// never wait for a write.
#[derive(Debug, Clone)]
pub struct PostgresCatalog {
    writer: Pool,
    readers: Pool,
}

/// How a database is connected to.
#[derive(Debug, Clone, Copy)]
pub struct PostgresOptions {
    /// At least 2: a quarter of them writes, the others read.
    pub max_connections: u32,
    pub migrate: Migrate,
}

impl PostgresCatalog {
    /// Connects to `postgres://user:password@host:port/database`.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let at = address(url)?;
        let mut first = reach(&at).await?;
        migrations::ready(&mut first, options.migrate).await?;
        first.close().await.map_err(failed)?;
        let writers = (options.max_connections / 4).max(1);
        let readers = options.max_connections.saturating_sub(writers).max(1);
        Ok(Self {
            writer: pool(writers, &[SESSION]).connect_lazy_with(at.clone()),
            readers: pool(readers, &[SESSION, READERS_SESSION]).connect_lazy_with(at),
        })
    }

    /// Brings the database's tables up to this version; answers the steps that were made.
    pub async fn migrate(url: &str) -> Result<Vec<Migration>, StoreError> {
        let mut connection = reach(&address(url)?).await?;
        let made = migrations::run(&mut connection).await?;
        connection.close().await.map_err(failed)?;
        Ok(made)
    }

    /// How far the database's tables are. Changes nothing.
    pub async fn migrations(url: &str) -> Result<Migrations, StoreError> {
        let mut connection = reach(&address(url)?).await?;
        let status = migrations::status(&mut connection).await?;
        connection.close().await.map_err(failed)?;
        Ok(status)
    }

    /// Waits for what is under way and closes the connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that sees one moment.
    async fn read(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.readers.begin_with(BEGIN_READ).await.map_err(failed)
    }

    /// A transaction that writes, once it holds what it asks for. One that holds everything takes
    /// as long as it takes.
    async fn write(&self, hold: Hold<'_>) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut transaction = self.writer.begin_with(BEGIN_WRITE).await.map_err(failed)?;
        let lock = match hold {
            Hold::Rows => return Ok(transaction),
            Hold::Merchant(merchant) => {
                sqlx::query(HOLD_MERCHANT).bind(EVERYTHING).bind(MERCHANTS).bind(number(merchant))
            }
            Hold::Events(merchant) => sqlx::query(HOLD_EVENTS).bind(EVENTS).bind(number(merchant)),
            Hold::Everything => {
                let patience = sqlx::query("SET LOCAL statement_timeout = 0");
                patience.execute(&mut *transaction).await.map_err(failed)?;
                sqlx::query(HOLD_EVERYTHING).bind(EVERYTHING)
            }
        };
        lock.execute(&mut *transaction).await.map_err(failed)?;
        Ok(transaction)
    }
}

/// The second half of the name of a merchant's lock. Two merchants of one number wait for each
/// other now and then, and no more.
fn number(merchant: &MerchantId) -> i32 {
    let [a, b, c, d, ..] = *blake3::hash(merchant.as_str().as_bytes()).as_bytes();
    i32::from_le_bytes([a, b, c, d])
}

fn address(url: &str) -> Result<PgConnectOptions, StoreError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(unavailable("its URL must begin with postgres:// or postgresql://"));
    }
    let at: PgConnectOptions = url.parse().map_err(failed)?;
    // Says how floats are written as text, which none is here, and poolers refuse it.
    let at = at.extra_float_digits(None);
    Ok(match at.get_application_name() {
        Some(_) => at,
        None => at.application_name("vitrine"),
    })
}

/// A connection that tells at once why there is none; a pool tries on and says only that it took
/// too long.
async fn reach(at: &PgConnectOptions) -> Result<Connection, StoreError> {
    // With `sslmode=verify-ca` the library takes the process's cryptography and panics where none
    // was chosen; two are compiled in. One that was chosen before stays.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let connecting = tokio::time::timeout(ACQUIRE, at.connect()).await;
    let mut connection = connecting
        .map_err(|_| unavailable(format!("no answer within {} s", ACQUIRE.as_secs())))?
        .map_err(failed)?;
    let encoding: String = sqlx::query_scalar("SHOW server_encoding")
        .fetch_one(&mut connection)
        .await
        .map_err(failed)?;
    if encoding != "UTF8" {
        return Err(unavailable(format!(
            "its encoding is {encoding}; create the database with ENCODING 'UTF8'"
        )));
    }
    Ok(connection)
}

fn pool(connections: u32, session: &'static [&'static str]) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE).after_connect(
        move |connection, _| {
            Box::pin(async move {
                for settings in session {
                    connection.execute(*settings).await?;
                }
                Ok(())
            })
        },
    )
}

/// Runs the migrations. The library holds a lock meanwhile, so other processes wait and then find
/// them done.
async fn run_migrations(connection: &mut Connection) -> Result<(), MigrateError> {
    MIGRATOR.run_direct(None, connection, false).await
}

/// Whether an error tells of damaged data.
fn is_damage(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| DAMAGED.contains(&&*code))
}

/// What to do about an error, where it does not say so itself.
fn advice(error: &dyn DatabaseError) -> Option<&'static str> {
    let mixed_up = error.code().is_some_and(|code| MIXED_UP.contains(&&*code));
    mixed_up.then_some("a pooler in front of PostgreSQL must pool sessions, not transactions")
}
