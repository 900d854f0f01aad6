//! The catalog in SQL: in SQLite for one machine, in PostgreSQL for many.
//!
//! What is the same for both is written once, in `both/`, and compiled twice: `sqlite.rs` and
//! `postgres.rs` each take that folder in as a module of their own. Code there names `Store`,
//! `Connection` and `Pool` and gets those of the database that it is compiled for. Only what
//! differs stands apart: how a store is opened, how a transaction begins (`read` and `write`), and
//! those statements that one text can not say to both, above all lists, which travel as one JSON
//! parameter. To add a port: its tables in a new file under both `migrations/sqlite` and
//! `migrations/postgres`; its code in `both/<port>.rs` with `impl Port for Store`; the statements
//! that both understand in `both/<port>/sql.rs`, the others under the same names in
//! `sqlite/statements/<port>.rs` and `postgres/statements/<port>.rs`; a `mod` line for each. What
//! one file lacks, the compiler tells; what it says otherwise, the port's contract suite.

mod migrations;
mod postgres;
mod sqlite;

use vitrine_core::ids::MerchantId;

pub use migrations::{Migrate, Migration, Migrations};
pub use postgres::{PostgresCatalog, PostgresOptions};
pub use sqlite::{SqliteCatalog, SqliteOptions};

/// What a write keeps other writes away from until it ends, so that what it reads of it can not
/// change before it writes.
#[derive(Debug, Clone, Copy)]
enum Hold<'a> {
    /// Only the rows it writes.
    Rows,
    /// All that is one merchant's.
    Merchant(&'a MerchantId),
    /// What was answered to one merchant's customers and what came of it; nothing of the catalog.
    Events(&'a MerchantId),
    /// All there is.
    Everything,
}
