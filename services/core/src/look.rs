//! An answered photo, as it is told to the customer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    completing::Completion,
    experiments::Served,
    filter::Filters,
    garment::Garment,
    ids::{CustomerId, LookId, ProductId, VariantId},
    likeness::LooksAlike,
    money::Money,
    vocabulary::{Availability, Category, Colour},
};

/// The answer to one photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Look {
    pub id: LookId,
    /// The same for the same picture, whatever its file.
    pub photo_id: String,
    /// Each garment seen, with what the shop sells for it; empty for a photo without clothes.
    pub garments: Vec<LookGarment>,
    /// Products for the places that the photo leaves empty, where they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub complete_the_look: Vec<Completion>,
    /// Absent where there is nothing to advise on.
    pub advice: Option<Advice>,
    /// Whom the merchant named as the customer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub customer_id: Option<CustomerId>,
    /// The look that this one refines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refines: Option<LookId>,
    /// The conditions that were read out of the customer's own words, and hold beside the filters.
    #[serde(skip_serializing_if = "Filters::is_empty", default)]
    pub understood: Filters,
    /// What to tell the customer about the whole answer, if anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// The model that looked at the photo.
    pub model: String,
    /// What is in the photo was known already, and took no model time.
    pub cached: bool,
    /// The variants of experiments that it was answered under.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub experiments: Vec<Served>,
    pub timings: Timings,
    /// What is missing or worse than usual in this answer, and why. Empty when all is well.
    pub degraded: Vec<Degradation>,
}

/// A garment of the look and its matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LookGarment {
    /// Names the garment within its look: `g1`, `g2` and so on.
    pub id: String,
    #[serde(flatten)]
    pub garment: Garment,
    /// The best first; empty where nothing is close enough.
    pub matches: Vec<Match>,
    /// What to tell the customer about the matches, as that none is close.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// A product for a garment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Match {
    pub product_id: ProductId,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub brand: Option<String>,
    pub category: Category,
    /// Of the version that matched, the main one first.
    pub colours: Vec<Colour>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub image_link: Option<String>,
    /// The lowest price now among the variants offered.
    pub price: Money,
    /// The variants to choose from, those of the version that matched first.
    pub variants: Vec<MatchVariant>,
    /// Cosine of garment and product in words, -1 to 1. Comparable between matches of one model.
    pub similarity: f32,
    /// How alike its picture and the garment look; absent where they do not, or where there is
    /// nothing to compare.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub looks_alike: Option<LooksAlike>,
    /// Why it matched, and where it differs. Computed from attributes and pictures.
    pub reasons: Vec<Reason>,
}

/// A size and colour to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MatchVariant {
    pub id: VariantId,
    pub colours: Vec<Colour>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size: Option<String>,
    /// What is paid now.
    pub price: Money,
    /// The regular price, where the price now is lower.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub regular_price: Option<Money>,
    pub availability: Availability,
}

/// One reason for a match, or one difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    pub kind: ReasonKind,
    pub attribute: Attribute,
    /// For the shopper: `same category: dress`.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    Same,
    Similar,
    Differs,
    /// The customer's own words or filters ask for it.
    Asked,
    Liked,
    Avoided,
    /// It goes with what is worn.
    GoesWith,
    /// A rule of the merchant put it where it is.
    Rule,
    /// The customer bought it before.
    Bought,
}

/// What a reason speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    Category,
    Colour,
    Pattern,
    Sleeve,
    Length,
    Gender,
    AgeGroup,
    /// What the product's picture looks like.
    Picture,
    /// Words of the customer that stand in the product's own text.
    Words,
    /// A rule of the merchant.
    Rule,
    /// What this customer bought before, or what others bought together.
    Purchases,
}

/// How to wear what was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Advice {
    pub text: String,
    pub suggestions: Vec<Suggestion>,
}

/// One piece of advice and the products it speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    pub text: String,
    /// Always products of this look's matches.
    pub product_ids: Vec<ProductId>,
}

/// Where the time went, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timings {
    /// Waiting for its turn: to be decoded, and for the model to be free.
    pub queue: u64,
    /// Seeing the garments; 0 when they were known.
    pub describe: u64,
    /// Turning garments into vectors.
    pub embed: u64,
    /// Searching the index.
    pub search: u64,
    /// Joining with live offers and explaining.
    pub join: u64,
    /// Writing the advice; 0 when it was known.
    pub advise: u64,
    /// From the admitted request to the first match; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_match: Option<u64>,
    /// From the admitted request to the whole answer.
    pub total: u64,
}

/// A time as [`Timings`] tell it.
pub(crate) fn whole_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A part of the answer that is missing or worse than usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Degradation {
    pub part: Part,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Garments,
    Matches,
    /// How alike pictures look.
    Pictures,
    Advice,
    Language,
    Model,
    /// What is remembered of earlier photos can not be reached: the answer took longer.
    Cache,
}
