//! The stores behind the ports: the catalog in SQLite or in PostgreSQL, the index in this process,
//! the cache in memory. Of these PostgreSQL alone is for more than one machine.

mod cache;
mod index;
mod sql;

pub use cache::LocalCache;
pub use index::{EmbeddedIndex, Inspection, Opened};
pub use sql::{
    Migrate, Migration, Migrations, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};
