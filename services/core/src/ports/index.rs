use async_trait::async_trait;

use super::{StoreError, Vector};
use crate::{
    ids::{MerchantId, ProductId},
    vocabulary::{Category, Colour, Gender},
};

/// One colour version of a product, as the index knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub product: ProductId,
    /// Tells the versions of one product apart; stable from one indexing to the next.
    pub version: String,
    /// The dense vector `words`.
    pub words: Vector,
    /// The text of the sparse BM25 vector `terms`.
    pub terms: String,
    pub category: Category,
    pub colours: Vec<Colour>,
    pub gender: Option<Gender>,
    pub sizes: Vec<String>,
    /// Whether any variant could be bought when this was written. The catalog has the truth.
    pub available: bool,
    /// The [price bands](crate::money::price_band) of the variants when this was written.
    pub price_bands: Vec<u32>,
}

/// Conditions that both legs of a query are searched under; an empty list allows all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prefilter {
    pub categories: Vec<Category>,
    pub colours: Vec<Colour>,
    /// Points without a gender, and unisex ones, pass for all.
    pub genders: Vec<Gender>,
    pub sizes: Vec<String>,
    /// Only points written as available.
    pub available: bool,
    /// Lowest and highest price band, both included.
    pub price_bands: Option<(u32, u32)>,
}

/// A hybrid query: a dense leg and, where the text has terms, a sparse one.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Searched by.
    pub words: Vector,
    /// Searched by too; a text without terms leaves this leg out.
    pub terms: String,
    /// [`Hit::similarity`] is the cosine to this vector.
    pub likeness: Vector,
    pub prefilter: Prefilter,
    pub limit: usize,
}

/// A point that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub product: ProductId,
    pub version: String,
    /// The cosine of the point's `words` and the query's `likeness`, -1 to 1.
    pub similarity: f32,
}

/// Finds products by vectors, terms and payload; holds nothing that can not be rebuilt from the
/// catalog.
#[async_trait]
pub trait Index: Send + Sync {
    /// Makes `points` all that is known of `products`: writes them, and removes the products'
    /// other points. What this returned for survives a crash.
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError>;

    /// The merchant's points by reciprocal rank over both legs, best first.
    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError>;

    /// How many points the merchant has.
    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError>;
}
