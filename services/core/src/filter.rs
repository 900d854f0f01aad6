//! What a customer rules out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    money::{Money, price_band},
    ports::Prefilter,
    product::{Product, Variant},
    product_filter::folded_brand,
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Pattern},
};

/// Hard conditions on matches: every list that is not empty must be met by one of its values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    pub categories: Vec<Category>,
    pub colours: Vec<Colour>,
    /// Unisex products pass for women and men alike.
    pub genders: Vec<Gender>,
    /// Products that name no age are for adults.
    pub age_groups: Vec<AgeGroup>,
    pub patterns: Vec<Pattern>,
    /// Compared by whole words, without case: `cotton` passes for `100% organic cotton`.
    pub materials: Vec<String>,
    /// Compared without case and outer spaces.
    pub brands: Vec<String>,
    /// Any of a product's tags, which the custom labels of Google's feeds are too; compared as
    /// brands are.
    pub tags: Vec<String>,
    pub sizes: Vec<String>,
    /// What is paid now, at least.
    pub min_price: Option<Money>,
    /// What is paid now, at most.
    pub max_price: Option<Money>,
    /// Also match what can not be bought now.
    pub include_unavailable: bool,
    /// Offers as they stand now; where any is given, `include_unavailable` says nothing.
    pub availability: Vec<Availability>,
}

impl Filters {
    /// Whether it rules nothing out but what can not be bought.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, and where they leave something open, `others`.
    pub fn or(&self, others: &Self) -> Self {
        fn either<T: Clone>(own: &[T], other: &[T]) -> Vec<T> {
            if own.is_empty() { other.to_vec() } else { own.to_vec() }
        }
        Self {
            categories: either(&self.categories, &others.categories),
            colours: either(&self.colours, &others.colours),
            genders: either(&self.genders, &others.genders),
            age_groups: either(&self.age_groups, &others.age_groups),
            patterns: either(&self.patterns, &others.patterns),
            materials: either(&self.materials, &others.materials),
            brands: either(&self.brands, &others.brands),
            tags: either(&self.tags, &others.tags),
            sizes: either(&self.sizes, &others.sizes),
            min_price: self.min_price.or(others.min_price),
            max_price: self.max_price.or(others.max_price),
            include_unavailable: self.include_unavailable || others.include_unavailable,
            availability: either(&self.availability, &others.availability),
        }
    }

    /// Whether a product passes, its variants aside.
    pub fn allow_product(&self, product: &Product) -> bool {
        let brand = product.brand.as_deref().and_then(folded_brand);
        let brand_passes = self.brands.is_empty()
            || brand.is_some() && self.brands.iter().any(|wanted| folded_brand(wanted) == brand);
        let tags_pass = self.tags.is_empty() || {
            let tags = folded_tags(product);
            let mut wanted = self.tags.iter().filter_map(|tag| folded_brand(tag));
            wanted.any(|wanted| tags.contains(&wanted))
        };
        let material = product.material.as_deref().map(material_words).unwrap_or_default();
        let material_passes = self.materials.is_empty()
            || self.materials.iter().any(|wanted| names(&material, &material_words(wanted)));
        let pattern_passes = self.patterns.is_empty()
            || product.pattern.is_some_and(|pattern| self.patterns.contains(&pattern));
        let age_passes =
            self.age_groups.is_empty() || self.age_groups.contains(&counted_age_group(product));
        let gender_passes = self.genders.is_empty()
            || product
                .gender
                .is_none_or(|gender| gender == Gender::Unisex || self.genders.contains(&gender));
        let category_passes =
            self.categories.is_empty() || self.categories.contains(&product.category);
        brand_passes
            && tags_pass
            && material_passes
            && pattern_passes
            && age_passes
            && gender_passes
            && category_passes
    }

    /// Whether a variant passes, by its live offer.
    pub fn allow_variant(&self, variant: &Variant) -> bool {
        let price = variant.offer.current_price();
        let size_passes = self.sizes.is_empty()
            || variant.size.as_deref().is_some_and(|size| {
                self.sizes.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(size.trim()))
            });
        let colour_passes = self.colours.is_empty()
            || variant.colours.iter().any(|colour| self.colours.contains(colour));
        let above = |min: &Money| price.currency == min.currency && price.amount >= min.amount;
        let below = |max: &Money| price.currency == max.currency && price.amount <= max.amount;
        size_passes
            && colour_passes
            && self.min_price.as_ref().is_none_or(above)
            && self.max_price.as_ref().is_none_or(below)
            && self.allow_availability(variant)
    }

    fn allow_availability(&self, variant: &Variant) -> bool {
        if self.availability.is_empty() {
            self.include_unavailable || variant.offer.can_be_bought_now()
        } else {
            self.availability.contains(&variant.offer.current_availability())
        }
    }

    /// Whether all that passes can be bought now.
    fn wants_what_can_be_bought(&self) -> bool {
        if self.availability.is_empty() {
            !self.include_unavailable
        } else {
            self.availability.iter().all(|wanted| wanted.can_be_bought_now())
        }
    }

    /// What the index may rule out, none of which passes here. Availability and price in the index
    /// are as old as its last update: while it is `behind` the catalog they are left to the live
    /// offers alone.
    pub(crate) fn prefilter(&self, behind: bool) -> Prefilter {
        let bands = (self.min_price.is_some() || self.max_price.is_some()).then(|| {
            (self.min_price.map_or(0, price_band), self.max_price.map_or(u32::MAX, price_band))
        });
        let material_words = self.materials.iter().map(|wanted| material_words(wanted));
        Prefilter {
            categories: self.categories.clone(),
            colours: self.colours.clone(),
            genders: self.genders.clone(),
            age_groups: self.age_groups.clone(),
            patterns: self.patterns.clone(),
            brands: self.brands.iter().filter_map(|brand| folded_brand(brand)).collect(),
            tags: self.tags.iter().filter_map(|tag| folded_brand(tag)).collect(),
            materials: material_words.filter_map(|words| words.into_iter().next()).collect(),
            sizes: self.sizes.clone(),
            available: !behind && self.wants_what_can_be_bought(),
            price_bands: bands.filter(|_| !behind),
        }
    }
}

/// The age that a product is counted for: that of adults where its merchant says nothing.
pub(crate) fn counted_age_group(product: &Product) -> AgeGroup {
    product.age_group.unwrap_or(AgeGroup::Adult)
}

/// A product's tags as they are compared, each once.
pub(crate) fn folded_tags(product: &Product) -> Vec<String> {
    let mut tags: Vec<String> = product.tags.iter().filter_map(|tag| folded_brand(tag)).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// A material as it is compared: its words without case, each once.
pub(crate) fn material_words(material: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in material.to_lowercase().split(|letter: char| !letter.is_alphanumeric()) {
        if !word.is_empty() && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Whether a material has all the words of the one that is wanted.
fn names(material: &[String], wanted: &[String]) -> bool {
    !wanted.is_empty() && wanted.iter().all(|word| material.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn only_what_can_be_bought_now_passes_unless_asked_otherwise() {
        let mut variant = sample::variant("a", "navy", "M");
        variant.offer.stock = Some(0);
        assert!(!Filters::default().allow_variant(&variant));
        let asked = Filters { include_unavailable: true, ..Filters::default() };
        assert!(asked.allow_variant(&variant));
    }

    #[test]
    fn a_price_limit_looks_at_what_is_paid_now_in_the_same_currency() {
        let mut variant = sample::variant("a", "navy", "M");
        variant.offer.price = "80.00 EUR".parse().unwrap();
        let under =
            |text: &str| Filters { max_price: Some(text.parse().unwrap()), ..Filters::default() };
        assert!(!under("50.00 EUR").allow_variant(&variant));
        variant.offer.sale_price = Some("49.00 EUR".parse().unwrap());
        assert!(under("50.00 EUR").allow_variant(&variant));
        assert!(!under("50.00 USD").allow_variant(&variant));
    }

    #[test]
    fn a_material_is_compared_by_its_words_and_a_brand_as_a_whole() {
        let mut product = sample::product("p");
        product.material = Some("98% Organic Cotton, 2% elastane".into());
        product.brand = Some("Linden & Co".into());
        let of = |wanted: &str| Filters { materials: vec![wanted.into()], ..Filters::default() };
        for (wanted, passes) in [
            ("cotton", true),
            ("ORGANIC cotton", true),
            ("cot", false),
            ("wool", false),
            ("", false),
        ] {
            assert_eq!(of(wanted).allow_product(&product), passes, "{wanted}");
        }
        let of = |wanted: &str| Filters { brands: vec![wanted.into()], ..Filters::default() };
        assert!(
            of(" linden & CO").allow_product(&product) && !of("linden").allow_product(&product)
        );
        product.tags = vec!["Summer 26".into(), "sale".into()];
        let of = |wanted: &str| Filters { tags: vec![wanted.into()], ..Filters::default() };
        assert!(of(" SALE").allow_product(&product) && of("summer 26").allow_product(&product));
        assert!(!of("summer").allow_product(&product) && !of("").allow_product(&product));
    }

    #[test]
    fn what_names_no_age_is_for_adults_and_what_names_no_pattern_has_none() {
        let mut product = Product { pattern: None, ..sample::product("p") };
        let aged = |age| Filters { age_groups: vec![age], ..Filters::default() };
        let plain = Filters { patterns: vec![Pattern::Plain], ..Filters::default() };
        assert!(aged(AgeGroup::Adult).allow_product(&product));
        assert!(!aged(AgeGroup::Kids).allow_product(&product));
        assert!(!plain.allow_product(&product));
        (product.age_group, product.pattern) = (Some(AgeGroup::Kids), Some(Pattern::Plain));
        assert!(aged(AgeGroup::Kids).allow_product(&product) && plain.allow_product(&product));
    }

    #[test]
    fn an_availability_that_is_asked_for_is_that_of_the_offer_now() {
        let mut variant = sample::variant("a", "navy", "M");
        let wanting =
            |wanted: &[Availability]| Filters { availability: wanted.into(), ..Filters::default() };
        let preorder = wanting(&[Availability::Preorder]);
        assert!(!preorder.allow_variant(&variant));
        variant.offer.availability = Availability::Preorder;
        assert!(preorder.allow_variant(&variant) && !Filters::default().allow_variant(&variant));
        variant.offer.availability = Availability::InStock;
        variant.offer.stock = Some(0);
        assert!(!wanting(&[Availability::InStock]).allow_variant(&variant));
        assert!(wanting(&[Availability::OutOfStock]).allow_variant(&variant));
    }

    #[test]
    fn unisex_passes_for_everyone() {
        let mut product = sample::product("p");
        product.gender = Some(Gender::Unisex);
        let women = Filters { genders: vec![Gender::Women], ..Filters::default() };
        assert!(women.allow_product(&product));
        product.gender = Some(Gender::Men);
        assert!(!women.allow_product(&product));
    }
}
