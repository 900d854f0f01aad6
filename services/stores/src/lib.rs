//! The stores behind the ports: the catalog in SQLite or in PostgreSQL, the index in this process or
//! on a Qdrant server, cache, locks and rates in memory or in Redis. PostgreSQL, the Qdrant server and
//! Redis are for many machines, the others for one.

mod cache;
mod index;
mod sql;

pub use cache::{LayeredCache, LocalCache, LocalLocks, LocalRates, RedisSettings, RedisStore};
pub use index::{
    Dimensions, EmbeddedIndex, Inspection, Opened, Quantization, ServerIndex, ServerSettings,
};
pub use sql::{
    Migrate, Migration, Migrations, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};
