//! What is remembered for a while, and what keeps many requests in order: in this process's memory,
//! or in a Redis that several processes share.

mod layered;
mod local;
mod local_locks;
mod local_rates;
mod redis;

pub use self::redis::{RedisSettings, RedisStore};
pub use layered::LayeredCache;
pub use local::LocalCache;
pub use local_locks::LocalLocks;
pub use local_rates::LocalRates;
