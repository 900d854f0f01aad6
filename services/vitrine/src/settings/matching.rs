//! What counts how much when products are found and put in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_core::{likeness::Balance, ports::Weights};

use super::Settings;

/// Set by what `vitrine eval matches --tune` found for the small models on validation photos
/// (demo/train/README.md).
const LEGS: Legs = Legs { words: 0.1, terms: 0.1, picture: 1.0 };
const PICTURE_SHARE: f32 = 0.7;

/// How products are matched; `vitrine eval matches --tune` finds what suits other models and photos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Matching {
    /// The cosine below which nothing is a match. The embedder card's own where not set, and 0.45
    /// without a card.
    #[schemars(example = 0.45)]
    pub min_similarity: Option<f32>,
    /// What each leg of a search counts, beside the others: a product is found by the sum of each
    /// weight times the leg's score, brought to 0 to 1 over what the leg found. One that counts 0 is
    /// left out.
    pub weights: Legs,
    /// The share of how alike pictures look, beside words and attributes, when matches are put in
    /// order.
    pub picture_share: f32,
}

/// What each leg of a search counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Legs {
    /// Words that mean alike.
    pub words: f32,
    /// Words that are the same.
    pub terms: f32,
    /// Pictures that look alike.
    pub picture: f32,
}

impl Default for Matching {
    fn default() -> Self {
        Self { min_similarity: None, weights: LEGS, picture_share: PICTURE_SHARE }
    }
}

impl Settings {
    /// What counts how much when products are found and put in order.
    pub fn balance(&self) -> Balance {
        let Matching { weights: Legs { words, terms, picture }, picture_share, .. } = self.matching;
        Balance { legs: Weights { words, terms, picture }, picture_share }
    }
}
