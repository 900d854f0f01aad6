//! Points to Qdrant's form.

use qdrant_edge::{NamedVectors, PointId, PointStruct, PointStructPersisted, Vector as AnyVector};
use serde_json::json;
use vitrine_core::{ids::MerchantId, ports::Point, vocabulary::Gender};

use super::{StoreError, error::corrupt, schema, terms::Terms};

/// The gender under which points without one, and unisex ones, are kept.
pub(super) const ANY_GENDER: &str = "any";

/// A point's id depends on nothing but its merchant, product and version, so that writing it
/// again replaces it: a UUID of version 8 from a BLAKE3 hash. Ids hold no control characters, so
/// the separator can not be part of one.
pub(super) fn id(merchant: &MerchantId, point: &Point) -> PointId {
    let name = format!("{merchant}\0{}\0{}", point.product, point.version);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    PointId::Uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

pub(super) fn to_qdrant(
    merchant: &MerchantId,
    point: Point,
    terms: &Terms,
) -> PointStructPersisted {
    let id = id(merchant, &point);
    let ids = |colours: &[vitrine_core::vocabulary::Colour]| -> Vec<&'static str> {
        colours.iter().map(|colour| colour.id()).collect()
    };
    let sizes: Vec<String> = point.sizes.iter().map(|size| size.to_lowercase()).collect();
    let gender = match point.gender {
        None | Some(Gender::Unisex) => ANY_GENDER,
        Some(gender) => gender.id(),
    };
    let payload = json!({
        schema::MERCHANT: merchant.as_str(),
        schema::PRODUCT: point.product.as_str(),
        schema::VERSION: point.version,
        schema::CATEGORY: point.category.id(),
        schema::COLOURS: ids(&point.colours),
        schema::GENDER: gender,
        schema::SIZES: sizes,
        schema::PRICE_BANDS: point.price_bands,
        schema::AVAILABLE: point.available,
    });
    let sparse = terms.of_document(&point.terms);
    let mut vectors = NamedVectors::default().add_vector(schema::WORDS, point.words);
    if let Some(sparse) = sparse {
        vectors = vectors.add_vector(schema::TERMS, AnyVector::from(sparse));
    }
    PointStruct::new(id, vectors, payload).into()
}

/// Vectors of another length or with values that are no numbers would break the search.
pub(super) fn check_vector(vector: &[f32], dimensions: usize) -> Result<(), StoreError> {
    if vector.len() != dimensions {
        let detail = format!(
            "it was opened for vectors of {dimensions} floats and was given one of {}",
            vector.len()
        );
        return Err(corrupt(detail));
    }
    if vector.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(corrupt("it was given a vector that holds values which are not finite numbers"))
    }
}

#[cfg(test)]
mod tests {
    use vitrine_core::{ids::ProductId, vocabulary::Category};

    use super::*;

    fn point(product: &str, version: &str) -> Point {
        Point {
            product: ProductId::new(product).unwrap(),
            version: version.into(),
            words: Vec::new(),
            terms: String::new(),
            category: Category::Dress,
            colours: Vec::new(),
            gender: None,
            sizes: Vec::new(),
            available: true,
            price_bands: Vec::new(),
        }
    }

    #[test]
    fn ids_are_the_same_each_time_and_differ_for_each_part() {
        let [one, two] = ["one", "two"].map(|name| MerchantId::new(name).unwrap());
        let ids = [
            id(&one, &point("a", "navy")),
            id(&two, &point("a", "navy")),
            id(&one, &point("b", "navy")),
            id(&one, &point("a", "red")),
            id(&one, &point("a navy", "")),
        ];
        assert_eq!(ids[0], id(&one, &point("a", "navy")));
        for (at, one) in ids.iter().enumerate() {
            assert!(ids.iter().skip(at + 1).all(|other| other != one));
        }
    }
}
