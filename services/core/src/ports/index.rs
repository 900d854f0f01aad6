use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{StoreError, Vector};
use crate::{
    ids::{MerchantId, ProductId},
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
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
    /// None where the product has no picture, or none that was embedded.
    pub picture: Option<PointPicture>,
    pub category: Category,
    pub colours: Vec<Colour>,
    pub gender: Option<Gender>,
    /// As filters count it: adults where the merchant says nothing.
    pub age_group: AgeGroup,
    pub pattern: Option<Pattern>,
    /// As brands are compared.
    pub brand: Option<String>,
    /// As they are compared.
    pub tags: Vec<String>,
    /// The words of the material, as they are compared.
    pub material: Vec<String>,
    pub sizes: Vec<String>,
    /// Whether any variant could be bought when this was written. The catalog has the truth.
    pub available: bool,
    /// The [price bands](crate::money::price_band) of the variants when this was written.
    pub price_bands: Vec<u32>,
}

/// A product's picture, as the index knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PointPicture {
    /// Of the picture's file.
    pub hash: String,
    /// The dense vector `picture`.
    pub vector: Vector,
}

impl Point {
    /// Tells whether two points say the same: 16 hexadecimal digits of a BLAKE3 hash over all but
    /// the dense vectors, which text, file and models decide.
    pub fn fingerprint(&self) -> String {
        let Self {
            product,
            version,
            words: _,
            terms,
            picture,
            category,
            colours,
            gender,
            age_group,
            pattern,
            brand,
            tags,
            material,
            sizes,
            available,
            price_bands,
        } = self;
        let said = serde_json::json!([
            product,
            version,
            terms,
            picture.as_ref().map(|picture| &picture.hash),
            category.id(),
            colours.iter().map(|colour| colour.id()).collect::<Vec<_>>(),
            gender.map(Gender::id),
            age_group.id(),
            pattern.map(Pattern::id),
            brand,
            tags,
            material,
            sizes,
            available,
            price_bands,
        ]);
        blake3::hash(said.to_string().as_bytes()).to_hex()[..16].to_owned()
    }
}

/// What the index holds of one point, to be compared with the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub merchant: MerchantId,
    pub product: ProductId,
    pub version: String,
    /// The [`Point::fingerprint`] that it was written with.
    pub fingerprint: String,
}

/// Conditions that all legs of a query are searched under; an empty list allows all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prefilter {
    pub categories: Vec<Category>,
    pub colours: Vec<Colour>,
    /// Points without a gender, and unisex ones, pass for all.
    pub genders: Vec<Gender>,
    pub age_groups: Vec<AgeGroup>,
    pub patterns: Vec<Pattern>,
    /// As brands are compared.
    pub brands: Vec<String>,
    pub tags: Vec<String>,
    /// Words of the material, as they are compared.
    pub materials: Vec<String>,
    pub sizes: Vec<String>,
    /// Only points written as available.
    pub available: bool,
    /// Lowest and highest price band, both included.
    pub price_bands: Option<(u32, u32)>,
}

/// What each leg of a query counts, beside the others; one that counts 0 is left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    pub words: f32,
    pub terms: f32,
    pub picture: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { words: 1.0, terms: 1.0, picture: 1.0 }
    }
}

/// A hybrid query: a dense leg, where the text has terms a sparse one, and where there is a picture
/// a dense one for that.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Searched by.
    pub words: Vector,
    /// Searched by too; a text without terms leaves this leg out.
    pub terms: String,
    /// Searched by too, among the points that have a picture.
    pub picture: Option<Vector>,
    pub weights: Weights,
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
    /// The cosine of the two pictures, where both have one.
    pub picture: Option<f32>,
}

/// Finds products by vectors, terms and payload; holds nothing that can not be rebuilt from the
/// catalog.
#[async_trait]
pub trait Index: Send + Sync {
    /// Whether nobody else can write to it for as long as this process has it open.
    fn is_ours_alone(&self) -> bool {
        false
    }

    /// Makes `points` all that is known of `products`: writes them, and removes the products'
    /// other points. What this returned for survives a crash.
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError>;

    /// The merchant's points, best first: by the sum over all legs of a leg's weight times the
    /// point's score, brought to 0 to 1 between the lowest and the highest of that leg.
    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError>;

    /// How many points the merchant has.
    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError>;

    /// What is held of all merchants, in an order that stays as it is while points come and go;
    /// all is walked through by asking on from the last one, whether or not it is still there.
    async fn entries(&self, after: Option<&Entry>, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Starts a second, empty index for all merchants, and drops one begun before. From here to
    /// its end, [`replace`](Self::replace) writes to both; all else stays with the first. A crash
    /// leaves the first, and the second is dropped in time.
    async fn begin_rebuild(&self) -> Result<(), StoreError>;

    /// As [`replace`](Self::replace), in the second index alone; what it returned for may still be
    /// lost with the second. Fails where none was begun.
    async fn fill(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError>;

    /// Makes the second index the searched one, at once and for good, and drops the first. Fails
    /// where none was begun. May take as long as building graphs takes.
    async fn finish_rebuild(&self) -> Result<(), StoreError>;

    /// Drops the second index, where one was begun.
    async fn abandon_rebuild(&self) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point() -> Point {
        Point {
            product: ProductId::new("a").unwrap(),
            version: "navy".into(),
            words: vec![1.0],
            terms: "navy dress".into(),
            picture: None,
            category: Category::Dress,
            colours: vec![Colour::Navy],
            gender: Some(Gender::Women),
            age_group: AgeGroup::Adult,
            pattern: Some(Pattern::Plain),
            brand: Some("linden".into()),
            tags: vec!["sale".into()],
            material: vec!["cotton".into()],
            sizes: vec!["M".into()],
            available: true,
            price_bands: vec![6],
        }
    }

    #[test]
    fn a_fingerprint_tells_every_change_but_that_of_the_vectors() {
        let first = point().fingerprint();
        assert_eq!(first, "fda599185f435429", "it stays the same from one release to the next");
        assert_eq!(Point { words: vec![0.5], ..point() }.fingerprint(), first);
        let pictured = |hash: &str, vector: Vector| {
            let picture = Some(PointPicture { hash: hash.into(), vector });
            Point { picture, ..point() }
        };
        let picture = pictured("file", vec![1.0]);
        assert_eq!(picture.fingerprint(), pictured("file", vec![0.5]).fingerprint());
        let changed = [
            picture,
            pictured("other", vec![1.0]),
            Point { product: ProductId::new("b").unwrap(), ..point() },
            Point { version: "red".into(), ..point() },
            Point { terms: "navy dress ".into(), ..point() },
            Point { category: Category::Shirt, ..point() },
            Point { colours: vec![Colour::Navy, Colour::Red], ..point() },
            Point { gender: None, ..point() },
            Point { age_group: AgeGroup::Kids, ..point() },
            Point { pattern: None, ..point() },
            Point { brand: None, ..point() },
            Point { tags: Vec::new(), ..point() },
            Point { material: Vec::new(), ..point() },
            Point { sizes: vec!["M".into(), "L".into()], ..point() },
            Point { sizes: vec!["M,L".into()], ..point() },
            Point { available: false, ..point() },
            Point { price_bands: vec![7], ..point() },
        ];
        let mut all: Vec<String> = changed.iter().map(Point::fingerprint).chain([first]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), changed.len() + 1);
    }
}
