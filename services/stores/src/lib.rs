//! The stores behind the ports: the catalog in SQLite or in PostgreSQL, the index in this process or
//! on a Qdrant server, the cache in memory. PostgreSQL and the Qdrant server are for many machines,
//! the others for one.

mod cache;
mod index;
mod sql;

pub use cache::LocalCache;
pub use index::{EmbeddedIndex, Inspection, Opened, Quantization, ServerIndex, ServerSettings};
pub use sql::{
    Migrate, Migration, Migrations, PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions,
};
