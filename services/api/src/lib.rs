//! The door: HTTP in, the shop's answers out. Every request is named, every error is one row of
//! one [table](problems), and nothing raw passes to the core.
//!
//! Start at [`server()`]; the way of a photo through the door is `routes/create_look.rs`.

mod body;
mod caller;
mod decoding;
mod idempotency;
mod import_status;
mod limits;
mod metrics;
mod openapi;
mod page;
mod problem;
pub mod problems;
mod product_query;
mod readiness;
mod requests;
mod routes;
mod server;
mod state;
mod tokens;
mod upload;

pub use limits::RateLimits;
pub use openapi::document;
pub use server::{Api, ServerSettings, Shared, server, stop_requested};
pub use tokens::{BadToken, Claims, KeyError, Role, TokenKeys};
