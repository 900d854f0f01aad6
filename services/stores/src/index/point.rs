//! Points as they are kept: an id, up to three vectors and payload fields.

use qdrant_edge::SparseVector;
use uuid::Uuid;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::{Point, Vector},
    vocabulary::{Colour, Gender, Pattern},
};

use super::{filter::Filter, schema, terms::Terms};

/// The gender under which points without one, and unisex ones, are kept.
pub(super) const ANY_GENDER: &str = "any";

/// A point, ready to be brought to the form of either Qdrant.
#[derive(Debug, Clone)]
pub(super) struct KeptPoint {
    pub(super) id: Uuid,
    pub(super) words: Vector,
    /// `None` where the text has no terms.
    pub(super) terms: Option<SparseVector>,
    pub(super) picture: Option<Vector>,
    pub(super) payload: Vec<(&'static str, Value)>,
}

/// What a payload field holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Texts(Vec<String>),
    Numbers(Vec<u32>),
    Flag(bool),
}

/// All that is to be known of some products: the points, and which others of theirs are to go.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    pub(super) points: Vec<KeptPoint>,
    pub(super) others: Filter,
}

impl Replacement {
    pub(super) fn new(
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
        terms: &Terms,
    ) -> Self {
        let points: Vec<KeptPoint> =
            points.into_iter().map(|point| KeptPoint::new(merchant, point, terms)).collect();
        let ids = points.iter().map(|point| point.id).collect();
        Self { others: Filter::others_of(merchant, products, ids), points }
    }
}

impl KeptPoint {
    fn new(merchant: &MerchantId, point: Point, terms: &Terms) -> Self {
        let fingerprint = point.fingerprint();
        let colours = point.colours.iter().copied().map(Colour::id).map(str::to_owned).collect();
        let sizes = point.sizes.iter().map(|size| size.to_lowercase()).collect();
        let pattern = point.pattern.map(Pattern::id).map(str::to_owned).into_iter().collect();
        let gender = match point.gender {
            None | Some(Gender::Unisex) => ANY_GENDER,
            Some(gender) => gender.id(),
        };
        Self {
            id: id(merchant, &point.product, &point.version),
            words: point.words,
            terms: terms.of_document(&point.terms),
            picture: point.picture.map(|picture| picture.vector),
            payload: vec![
                (schema::MERCHANT, Value::Text(merchant.to_string())),
                (schema::PRODUCT, Value::Text(point.product.to_string())),
                (schema::VERSION, Value::Text(point.version)),
                (schema::FINGERPRINT, Value::Text(fingerprint)),
                (schema::CATEGORY, Value::Text(point.category.id().to_owned())),
                (schema::COLOURS, Value::Texts(colours)),
                (schema::GENDER, Value::Text(gender.to_owned())),
                (schema::AGE_GROUP, Value::Text(point.age_group.id().to_owned())),
                (schema::PATTERN, Value::Texts(pattern)),
                (schema::BRAND, Value::Texts(point.brand.into_iter().collect())),
                (schema::TAGS, Value::Texts(point.tags)),
                (schema::MATERIAL, Value::Texts(point.material)),
                (schema::SIZES, Value::Texts(sizes)),
                (schema::PRICE_BANDS, Value::Numbers(point.price_bands)),
                (schema::AVAILABLE, Value::Flag(point.available)),
            ],
        }
    }
}

/// A point's id depends on nothing but its merchant, product and version, so that writing it
/// again replaces it: a UUID of version 8 from a BLAKE3 hash. Ids hold no control characters, so
/// the separator can not be part of one.
pub(super) fn id(merchant: &MerchantId, product: &ProductId, version: &str) -> Uuid {
    let name = format!("{merchant}\0{product}\0{version}");
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_each_time_and_differ_for_each_part() {
        let [one, two] = ["one", "two"].map(|name| MerchantId::new(name).unwrap());
        let [a, b, a_navy] = ["a", "b", "a navy"].map(|name| ProductId::new(name).unwrap());
        let ids = [
            id(&one, &a, "navy"),
            id(&two, &a, "navy"),
            id(&one, &b, "navy"),
            id(&one, &a, "red"),
            id(&one, &a_navy, ""),
        ];
        assert_eq!(ids[0], id(&one, &a, "navy"));
        for (at, one) in ids.iter().enumerate() {
            assert!(ids.iter().skip(at + 1).all(|other| other != one));
        }
    }
}
