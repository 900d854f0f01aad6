//! Prefilters as conditions on payload fields, which either Qdrant takes in a form of its own.

use uuid::Uuid;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    ports::Prefilter,
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
};

use super::{point::ANY_GENDER, schema};

/// Points that meet all conditions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) must: Vec<(&'static str, Condition)>,
    /// Points that do not pass in any case.
    pub(super) but: Vec<Uuid>,
}

/// What one of a field's values has to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Is(String),
    IsTrue,
    AnyOf(Vec<String>),
    /// Both ends included.
    Between(u32, u32),
}

impl Filter {
    pub(super) fn of_merchant(merchant: &MerchantId) -> Self {
        let is = Condition::Is(merchant.to_string());
        Self { must: vec![(schema::MERCHANT, is)], but: Vec::new() }
    }

    /// All points of these products but the ones named.
    pub(super) fn others_of(merchant: &MerchantId, products: &[ProductId], but: Vec<Uuid>) -> Self {
        let mut filter = Self { but, ..Self::of_merchant(merchant) };
        filter.any(schema::PRODUCT, products.iter().map(ProductId::to_string));
        filter
    }

    /// The merchant's points that pass.
    pub(super) fn of_query(merchant: &MerchantId, prefilter: &Prefilter) -> Self {
        let mut filter = Self::of_merchant(merchant);
        if !prefilter.categories.is_empty() {
            let ids = prefilter.categories.iter().copied().map(Category::id);
            filter.any(schema::CATEGORY, ids.map(str::to_owned));
        }
        if !prefilter.colours.is_empty() {
            let ids = prefilter.colours.iter().copied().map(Colour::id);
            filter.any(schema::COLOURS, ids.map(str::to_owned));
        }
        if !prefilter.genders.is_empty() {
            let ids = prefilter.genders.iter().copied().map(Gender::id).chain([ANY_GENDER]);
            filter.any(schema::GENDER, ids.map(str::to_owned));
        }
        if !prefilter.age_groups.is_empty() {
            let ids = prefilter.age_groups.iter().copied().map(AgeGroup::id);
            filter.any(schema::AGE_GROUP, ids.map(str::to_owned));
        }
        if !prefilter.patterns.is_empty() {
            let ids = prefilter.patterns.iter().copied().map(Pattern::id);
            filter.any(schema::PATTERN, ids.map(str::to_owned));
        }
        if !prefilter.brands.is_empty() {
            filter.any(schema::BRAND, prefilter.brands.iter().cloned());
        }
        if !prefilter.tags.is_empty() {
            filter.any(schema::TAGS, prefilter.tags.iter().cloned());
        }
        if !prefilter.materials.is_empty() {
            filter.any(schema::MATERIAL, prefilter.materials.iter().cloned());
        }
        if !prefilter.sizes.is_empty() {
            filter.any(schema::SIZES, prefilter.sizes.iter().map(|size| size.to_lowercase()));
        }
        if prefilter.available {
            filter.must.push((schema::AVAILABLE, Condition::IsTrue));
        }
        if let Some((low, high)) = prefilter.price_bands {
            filter.must.push((schema::PRICE_BANDS, Condition::Between(low, high)));
        }
        filter
    }

    fn any(&mut self, field: &'static str, values: impl Iterator<Item = String>) {
        self.must.push((field, Condition::AnyOf(values.collect())));
    }
}
