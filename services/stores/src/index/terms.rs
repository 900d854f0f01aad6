use qdrant_edge::{
    SparseVector,
    bm25_embed::{EdgeBm25, EdgeBm25Config},
    external::ordered_float::NotNan,
};

use vitrine_core::ports::StoreError;

use super::error::Store;

/// The usual number of terms in a product's search text (title, attributes, tags and up to 300
/// characters of description), by which BM25 tells a long text from a short one.
const USUAL_LENGTH: f64 = 40.0;

/// Texts to sparse BM25 vectors (Robertson and Zaragoza, 2009; k1 1.2, b 0.75), with English
/// stemming and stop words. Rarity (IDF) is applied by the index when it searches; it is that of
/// all that is in one shard, all merchants together.
pub(super) struct Terms(EdgeBm25);

impl Terms {
    pub(super) fn new(store: Store) -> Result<Self, StoreError> {
        let usual = NotNan::new(USUAL_LENGTH).map_err(|error| store.corrupt(error.to_string()))?;
        let config = EdgeBm25Config {
            avg_len: usual,
            ascii_folding: Some(true),
            ..EdgeBm25Config::default()
        };
        EdgeBm25::new(config).map(Self).map_err(|error| store.corrupt(error.to_string()))
    }

    /// `None` where the text has no terms.
    pub(super) fn of_document(&self, text: &str) -> Option<SparseVector> {
        Some(self.0.embed_document(text)).filter(|terms| !terms.indices.is_empty())
    }

    /// `None` where the text has no terms.
    pub(super) fn of_query(&self, text: &str) -> Option<SparseVector> {
        Some(self.0.embed_query(text)).filter(|terms| !terms.indices.is_empty())
    }
}
