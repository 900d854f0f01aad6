//! The stores behind the ports: the catalog in SQLite, the index in this process or on a Qdrant
//! server, the cache in memory. All but the server are for one machine.

mod cache;
mod catalog;
mod index;

pub use cache::LocalCache;
pub use catalog::SqliteCatalog;
pub use index::{EmbeddedIndex, Inspection, Opened, Quantization, ServerIndex, ServerSettings};
