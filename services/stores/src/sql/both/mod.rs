//! What is the same for both databases; compiled for each.

pub(super) mod catalog;
mod conversations;
mod customers;
mod duties;
pub(super) mod error;
mod events;
mod experiments;
mod feeds;
mod imports;
mod keys;
mod mailbox;
pub(super) mod migrations;
mod pictures;
mod rebuilds;
mod rules;
mod webhooks;

use std::time::Duration;

use error::{corrupt, failed};
use jiff::Timestamp;
use vitrine_core::ports::StoreError;

use super::{
    Connection, MIGRATOR, Pool, STORE, Store, advice, is_damage, run_migrations, statements,
};

/// A list as the one JSON parameter that a statement takes apart.
fn json<T: serde::Serialize + ?Sized>(list: &T) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(|error| corrupt(error.to_string()))
}

/// What [`json`] wrote.
fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))
}

/// Milliseconds since 1970.
fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn later(by: Duration) -> i64 {
    now().saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}

fn time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| corrupt(error.to_string()))
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
