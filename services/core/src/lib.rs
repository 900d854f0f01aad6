//! What the shop means: the words of the domain, the rules of the work, and the ports through
//! which the rest of the world is reached. Nothing here does input or output of its own.
//!
//! Start at [`Shopping::advise`](shopping::Shopping::advise): it tells the way of a photo from
//! top to bottom.

pub mod address;
pub mod admission;
pub mod answers;
pub mod chatting;
mod claims;
pub mod completing;
pub mod conversation;
pub mod customer;
mod digest;
pub mod duplicates;
pub mod events;
pub mod experiments;
pub mod explain;
pub mod feed;
pub mod filter;
pub mod garment;
pub mod grounding;
pub mod gtin;
pub mod health;
pub mod holding;
pub mod ids;
pub mod imports;
pub mod inbound;
pub mod indexing;
pub mod keys;
pub mod lack;
pub mod likeness;
pub mod look;
pub mod matching;
pub mod measuring;
pub mod meters;
pub mod moderation;
pub mod money;
pub mod photo;
pub mod pictures;
pub mod ports;
pub mod product;
pub mod product_filter;
pub mod profile;
pub mod quota;
pub mod reports;
pub mod rules;
pub mod scope;
pub mod search;
pub mod shopping;
mod spans;
#[cfg(feature = "testing")]
pub mod testing;
pub mod visitor;
pub mod vocabulary;
pub mod webhooks;
pub mod wish;

pub use digest::digest;
