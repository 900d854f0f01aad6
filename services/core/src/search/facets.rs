//! How many of the products found have what.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::candidates::Candidate;
use crate::{
    filter::{Filters, counted_age_group},
    money::{Currency, Money, band_prices, price_band},
    product::Variant,
    vocabulary::vocabulary,
};

/// Values of a facet at most, the commonest.
const MOST: usize = 50;

vocabulary! {
    /// What products are counted by.
    FacetField {
        Category = "category", "category";
        Colour = "colour", "colour";
        Pattern = "pattern", "pattern";
        Material = "material", "material";
        Brand = "brand", "brand";
        Gender = "gender", "gender";
        AgeGroup = "age_group", "age group";
        Tag = "tag", "tag";
        Size = "size", "size";
        Price = "price", "price";
        Availability = "availability", "availability";
    }
}

/// The values that products have in a field, and how many have each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Facet {
    pub field: FacetField,
    /// How many products were counted: all that `total` counts.
    pub counted: u64,
    /// The commonest first, 50 at most; prices from low to high.
    pub values: Vec<FacetValue>,
}

/// A value, as filters take it, and how many products have it. A product whose variants differ in
/// it counts for each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FacetValue {
    pub value: String,
    pub count: u64,
    /// The lowest and the highest price of a band, for the filters of these names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Money>,
}

/// Counts over all candidates, once for each product and distinct value.
pub(super) fn count(
    fields: &[FacetField],
    filters: &Filters,
    candidates: &[Candidate],
) -> Vec<Facet> {
    let counted = candidates.len() as u64;
    let facet = |field: &FacetField| {
        let values = match field {
            FacetField::Price => prices(candidates),
            field => words(*field, filters, candidates),
        };
        Facet { field: *field, counted, values }
    };
    fields.iter().map(facet).collect()
}

/// By the value without case, as it is written first.
fn words(field: FacetField, filters: &Filters, candidates: &[Candidate]) -> Vec<FacetValue> {
    let mut counts: BTreeMap<String, FacetValue> = BTreeMap::new();
    for candidate in candidates {
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        for value in values(field, filters, candidate) {
            let value = value.trim().to_owned();
            if !value.is_empty() {
                own.entry(value.to_lowercase()).or_insert(value);
            }
        }
        for (folded, value) in own {
            let new = FacetValue { value, count: 0, min_price: None, max_price: None };
            counts.entry(folded).or_insert(new).count += 1;
        }
    }
    let mut values: Vec<FacetValue> = counts.into_values().collect();
    values.sort_by_key(|value| Reverse(value.count));
    values.truncate(MOST);
    values
}

fn values(field: FacetField, filters: &Filters, candidate: &Candidate) -> Vec<String> {
    let product = &candidate.product;
    let shown = || product.variants.iter().filter(|variant| filters.allow_variant(variant));
    let of_variants = |value: fn(&Variant) -> Vec<String>| shown().flat_map(value).collect();
    let id = |id: Option<&'static str>| id.map(str::to_owned).into_iter().collect();
    match field {
        FacetField::Category => id(Some(product.category.id())),
        FacetField::Pattern => id(product.pattern.map(|pattern| pattern.id())),
        FacetField::Gender => id(product.gender.map(|gender| gender.id())),
        FacetField::AgeGroup => id(Some(counted_age_group(product).id())),
        FacetField::Material => product.material.clone().into_iter().collect(),
        FacetField::Tag => product.tags.clone(),
        FacetField::Brand => product.brand.clone().into_iter().collect(),
        FacetField::Colour => of_variants(|variant| {
            variant.colours.iter().map(|colour| colour.id().to_owned()).collect()
        }),
        FacetField::Size => of_variants(|variant| variant.size.clone().into_iter().collect()),
        FacetField::Availability => {
            of_variants(|variant| vec![variant.offer.current_availability().id().to_owned()])
        }
        FacetField::Price => Vec::new(),
    }
}

/// By the price that the product is listed with, in bands that double.
fn prices(candidates: &[Candidate]) -> Vec<FacetValue> {
    let mut counts: BTreeMap<(String, u32), (Currency, u64)> = BTreeMap::new();
    for price in candidates.iter().map(|candidate| candidate.found.price) {
        let band = (price.currency.to_string(), price_band(price));
        counts.entry(band).or_insert((price.currency, 0)).1 += 1;
    }
    let bands = counts.into_iter().map(|((_, band), (currency, count))| {
        let (min, max) = band_prices(band, currency);
        let value = format!("{} to {max}", min.number());
        FacetValue { value, count, min_price: Some(min), max_price: Some(max) }
    });
    bands.collect()
}
