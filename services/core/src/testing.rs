//! Fakes of every port and the contract suites that they and the real ones pass. Only for tests.

pub mod contracts;
mod dice;
pub mod drawn;
mod duty;
mod fake_tell;
mod fetch;
mod memory_cache;
mod memory_catalog;
mod memory_duties;
mod memory_events;
mod memory_imports;
mod memory_index;
mod memory_keys;
mod memory_locks;
mod memory_pictures;
mod memory_rates;
mod memory_rebuilds;
mod memory_rules;
mod memory_webhooks;
mod models;
pub mod sample;
pub mod told;

pub use dice::Dice;
pub use duty::strike_out;
pub use fake_tell::FakeTell;
pub use fetch::{FakeFetch, Page};
pub use memory_cache::MemoryCache;
pub use memory_catalog::MemoryCatalog;
pub use memory_index::MemoryIndex;
pub use memory_keys::MemoryKeys;
pub use memory_locks::MemoryLocks;
pub use memory_rates::MemoryRates;
pub use memory_rules::MemoryRules;
pub use models::{FakeEmbedder, FakeImageEmbedder, FakeStylist, FakeVision};
