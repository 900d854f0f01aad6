//! What every implementation of a port must do. Each suite takes a fresh, empty implementation
//! and panics with a plain sentence where it falls short.

mod cache;
mod catalog;
mod index;

pub use cache::cache;
pub use catalog::catalog;
pub use index::index;
