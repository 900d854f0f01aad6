//! Prefilters to Qdrant's form.

use qdrant_edge::{
    AnyVariants, Condition, FieldCondition, Filter, Match, PointId, Range, ValueVariants,
    external::ordered_float::OrderedFloat,
};
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::Prefilter,
    vocabulary::{Category, Colour, Gender},
};

use super::{points::ANY_GENDER, schema};

pub(super) fn of_merchant(merchant: &MerchantId) -> Filter {
    Filter::new_must(is(schema::MERCHANT, ValueVariants::String(merchant.to_string())))
}

/// All points of these products but the ones named.
pub(super) fn others_of(merchant: &MerchantId, products: &[ProductId], but: &[PointId]) -> Filter {
    let mut must = of_merchant(merchant).must.unwrap_or_default();
    must.push(any(schema::PRODUCT, products.iter().map(ProductId::to_string)));
    let mut filter = Filter { must: Some(must), ..Filter::new() };
    if !but.is_empty() {
        filter.must_not = Some(vec![Condition::HasId(but.iter().copied().collect())]);
    }
    filter
}

/// The merchant's points that pass.
pub(super) fn of_query(merchant: &MerchantId, prefilter: &Prefilter) -> Filter {
    let mut must = of_merchant(merchant).must.unwrap_or_default();
    if !prefilter.categories.is_empty() {
        let ids = prefilter.categories.iter().copied().map(Category::id);
        must.push(any(schema::CATEGORY, ids.map(str::to_owned)));
    }
    if !prefilter.colours.is_empty() {
        let ids = prefilter.colours.iter().copied().map(Colour::id);
        must.push(any(schema::COLOURS, ids.map(str::to_owned)));
    }
    if !prefilter.genders.is_empty() {
        let ids = prefilter.genders.iter().copied().map(Gender::id).chain([ANY_GENDER]);
        must.push(any(schema::GENDER, ids.map(str::to_owned)));
    }
    if !prefilter.sizes.is_empty() {
        must.push(any(schema::SIZES, prefilter.sizes.iter().map(|size| size.to_lowercase())));
    }
    if prefilter.available {
        must.push(is(schema::AVAILABLE, ValueVariants::Bool(true)));
    }
    if let Some((low, high)) = prefilter.price_bands {
        let band = |band: u32| Some(OrderedFloat(f64::from(band)));
        let range = Range { gte: band(low), lte: band(high), gt: None, lt: None };
        let key = schema::path(schema::PRICE_BANDS);
        must.push(Condition::Field(FieldCondition::new_range(key, range)));
    }
    Filter { must: Some(must), ..Filter::new() }
}

fn is(field: &str, value: ValueVariants) -> Condition {
    Condition::Field(FieldCondition::new_match(schema::path(field), Match::new_value(value)))
}

fn any(field: &str, values: impl Iterator<Item = String>) -> Condition {
    let values = AnyVariants::Strings(values.collect());
    Condition::Field(FieldCondition::new_match(schema::path(field), Match::new_any(values)))
}
