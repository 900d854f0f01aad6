//! What a point consists of.

/// The dense vector, compared by cosine.
pub(super) const WORDS: &str = "words";
/// The dense vector of a product's picture, compared by cosine.
pub(super) const PICTURE: &str = "picture";
/// The sparse vector, weighed by the rarity of its terms.
pub(super) const TERMS: &str = "terms";

pub(super) const MERCHANT: &str = "merchant";
pub(super) const PRODUCT: &str = "product";
/// Not indexed: only read back, as is the fingerprint.
pub(super) const VERSION: &str = "version";
pub(super) const FINGERPRINT: &str = "fingerprint";
pub(super) const CATEGORY: &str = "category";
pub(super) const COLOURS: &str = "colours";
pub(super) const GENDER: &str = "gender";
pub(super) const AGE_GROUP: &str = "age_group";
pub(super) const PATTERN: &str = "pattern";
pub(super) const BRAND: &str = "brand";
pub(super) const TAGS: &str = "tags";
pub(super) const MATERIAL: &str = "material";
pub(super) const SIZES: &str = "sizes";
pub(super) const PRICE_BANDS: &str = "price_bands";
pub(super) const AVAILABLE: &str = "available";

/// Counts up when points are written differently than before.
pub(super) const FORMAT: u32 = 4;

/// From this size of vectors on a graph is built; below it, every vector is compared, which for
/// 50 MB takes milliseconds, is exact, and keeps the long building away from small shops.
pub(super) const GRAPH_FROM_KB: usize = 50_000;

/// How a payload field is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword by which points are kept together.
    Tenant,
    Keyword,
    Integer,
    Flag,
}

/// Each payload field that a query filters by.
pub(super) const INDEXED: [(&str, Kind); 13] = [
    (MERCHANT, Kind::Tenant),
    (PRODUCT, Kind::Keyword),
    (CATEGORY, Kind::Keyword),
    (COLOURS, Kind::Keyword),
    (GENDER, Kind::Keyword),
    (AGE_GROUP, Kind::Keyword),
    (PATTERN, Kind::Keyword),
    (BRAND, Kind::Keyword),
    (TAGS, Kind::Keyword),
    (MATERIAL, Kind::Keyword),
    (SIZES, Kind::Keyword),
    (PRICE_BANDS, Kind::Integer),
    (AVAILABLE, Kind::Flag),
];
