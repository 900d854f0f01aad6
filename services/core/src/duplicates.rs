//! Products that seem to be one and the same.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{ids::ProductId, vocabulary::vocabulary};

/// Products that a group names at most.
pub const NAMED: usize = 20;

vocabulary! {
    /// What tells that products are the same.
    DuplicatesBy {
        Gtin = "gtin", "one GTIN";
    }
}

impl DuplicatesBy {
    /// Why it matters.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Gtin => {
                "A GTIN names one article; under two products it is shown twice, or one is wrong."
            }
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Gtin => "Keep one of the products, or correct the `gtin` of the wrong variant.",
        }
    }
}

/// More than one product that share something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DuplicateGroup {
    /// What they share: a GTIN as 14 digits.
    pub value: String,
    /// How many they are.
    pub count: u64,
    /// The first of them by id, 20 at most.
    pub products: Vec<ProductId>,
}
