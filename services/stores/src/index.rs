//! The index on Qdrant: in this process ([`EmbeddedIndex`]) or on a server ([`ServerIndex`]).
//!
//! What points are, how a query is asked and how its legs are put together is the same for both
//! and stands here, so that both rank alike; each brings it to the form that its Qdrant takes.

mod dimensions;
mod embedded;
mod error;
mod filter;
mod fusion;
mod point;
mod schema;
mod search;
mod server;
mod terms;

pub use dimensions::Dimensions;
pub use embedded::{EmbeddedIndex, Inspection};
pub use server::{Quantization, ServerIndex, ServerSettings};

/// An index that was opened.
pub struct Opened<I = EmbeddedIndex> {
    pub index: I,
    /// The index starts empty and the catalog's products are not in it: run
    /// [`reindex_all`](vitrine_core::ports::Catalog::reindex_all) before anything is indexed. It
    /// stays true at every opening until something was indexed, so a crash in between is no loss.
    pub rebuilt: bool,
}
