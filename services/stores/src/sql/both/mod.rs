//! What is the same for both databases; compiled for each.

pub(super) mod catalog;
pub(super) mod error;
mod feeds;
mod imports;
pub(super) mod migrations;

use error::{corrupt, failed};
use vitrine_core::ports::StoreError;

use super::{Connection, MIGRATOR, Pool, STORE, Store, is_damage, run_migrations, statements};

/// A list as the one JSON parameter that a statement takes apart.
fn json<T: serde::Serialize + ?Sized>(list: &T) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|error| corrupt(error.to_string()))
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
