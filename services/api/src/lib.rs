//! The door: HTTP in, the shop's answers out. Every request is named, every error is one row of
//! one [table](problems), and nothing raw passes to the core.
//!
//! Start at [`server()`]; the way of a photo through the door is `routes/create_look.rs`.

mod accept;
mod access;
mod body;
mod caller;
mod chats;
mod conversation_status;
mod cors;
mod decoding;
mod etags;
mod event_line;
mod filter_query;
mod idempotency;
mod identity;
mod import_status;
mod inbound;
mod key_secret;
mod limits;
mod looks;
mod mcp;
mod metrics;
mod openai;
mod openapi;
mod pace;
mod packing;
mod page;
mod pages;
mod problem;
pub mod problems;
mod process;
mod product_query;
mod readiness;
mod reporting;
mod requests;
mod room;
mod routes;
mod search_body;
mod server;
mod spreadsheet;
mod sse;
mod state;
mod stopping;
mod tls;
mod tokens;
mod trace;
mod ucp;
mod upload;

pub use cors::{BadOrigin, Cors, Origin};
pub use inbound::{Inbound, InboundError, InboundSettings, WhatsApp};
pub use key_secret::new_key_secret;
pub use limits::RateLimits;
pub use openapi::contract;
pub use pages::{Pages, Trial};
pub use routes::access::markdown as routes_markdown;
pub use server::{Api, ServerSettings, Shared, server, stop_requested};
pub use stopping::Stopping;
pub use tls::{Certificate, TlsError};
pub use tokens::{
    BadToken, Claims, ISSUER, Issuer, IssuerSettings, KeyError, KeyTimes, Role, TokenKeys,
};
