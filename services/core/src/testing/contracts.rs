//! What every implementation of a port must do. Each suite takes a fresh, empty implementation
//! and panics with a plain sentence where it falls short.

mod cache;
mod catalog;
mod customers;
mod duties;
mod embedder;
mod events;
mod experiments;
mod fetch;
mod image_embedder;
mod imports;
mod index;
mod keys;
mod locks;
mod pictures;
mod rates;
mod rebuilds;
mod rules;
mod stylist;
mod tenants;
mod vision;
mod webhooks;

pub use cache::cache;
pub use catalog::catalog;
pub use customers::customers;
pub use duties::duties;
pub use embedder::embedder;
pub use events::events;
pub use experiments::experiments;
pub use fetch::{fetch, fetch_pages};
pub use image_embedder::image_embedder;
pub use imports::imports;
pub use index::index;
pub use keys::keys;
pub use locks::locks;
pub use pictures::pictures;
pub use rates::rates;
pub use rebuilds::rebuilds;
pub use rules::rules;
pub use stylist::stylist;
pub use tenants::tenants;
pub use vision::vision;
pub use webhooks::webhooks;
