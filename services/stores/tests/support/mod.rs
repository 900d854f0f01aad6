//! What tests of the index share.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(unreachable_pub, reason = "a module of each test binary")]

pub mod points;
pub mod real;
pub mod skipped;
pub mod stand_in;

use std::time::Duration;

use vitrine_stores::ServerSettings;

/// Settings for a test of its own on a server.
pub fn settings(url: &str, collection: &str) -> ServerSettings {
    ServerSettings {
        url: url.into(),
        collection: collection.into(),
        timeout: Duration::from_secs(20),
        ..ServerSettings::default()
    }
}
