//! Which products of a catalog are listed.

use crate::{
    ids::ProductId,
    lack::Lack,
    product::Product,
    vocabulary::{AgeGroup, Category, Colour, Gender, Pattern},
};

/// Conditions on products as their merchant gives them, without what was seen in pictures: all
/// that are set must hold, a list by any of its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductFilter {
    pub categories: Vec<Category>,
    /// Of any variant.
    pub colours: Vec<Colour>,
    pub patterns: Vec<Pattern>,
    /// Compared without case and outer spaces.
    pub brands: Vec<String>,
    pub genders: Vec<Gender>,
    pub age_groups: Vec<AgeGroup>,
    pub lacks: Vec<Lack>,
    /// Whether any variant can be bought now.
    pub available: Option<bool>,
    /// Whether it was ever shown as a match.
    pub matched: Option<bool>,
    /// What the id begins with.
    pub id_prefix: Option<String>,
}

/// What is known of a product besides itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    pub matched: bool,
}

impl ProductFilter {
    /// Whether a product passes. A store that asks its own way lets the same ones pass.
    pub fn allows(&self, product: &Product, standing: Standing) -> bool {
        let product = &*product.own();
        let brand = product.brand.as_deref().and_then(folded_brand);
        let brands: Vec<Option<String>> =
            self.brands.iter().map(|brand| folded_brand(brand)).collect();
        let lacks = product.lacks();
        any(&self.categories, |category| product.category == *category)
            && any(&self.colours, |colour| product.has_colour(*colour))
            && any(&self.patterns, |pattern| product.pattern == Some(*pattern))
            && any(&brands, |wanted| wanted.is_some() && *wanted == brand)
            && any(&self.genders, |gender| product.gender == Some(*gender))
            && any(&self.age_groups, |age_group| product.age_group == Some(*age_group))
            && any(&self.lacks, |lack| lacks.contains(*lack))
            && self.available.is_none_or(|wanted| product.can_be_bought_now() == wanted)
            && self.matched.is_none_or(|wanted| standing.matched == wanted)
            && self.id_prefix.as_deref().is_none_or(|prefix| begins(&product.id, prefix))
    }

    /// Whether every product passes.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// A brand as it is compared; none where it is blank.
pub fn folded_brand(brand: &str) -> Option<String> {
    let folded = brand.replace('\0', "").trim().to_ascii_lowercase();
    (!folded.is_empty()).then_some(folded)
}

fn any<T>(wanted: &[T], is_met: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(is_met)
}

fn begins(id: &ProductId, prefix: &str) -> bool {
    id.as_str().starts_with(prefix)
}

impl Product {
    /// Whether any variant has the colour.
    pub fn has_colour(&self, colour: Colour) -> bool {
        self.variants.iter().any(|variant| variant.colours.contains(&colour))
    }

    /// Whether any variant can be bought now.
    pub fn can_be_bought_now(&self) -> bool {
        self.variants.iter().any(|variant| variant.offer.can_be_bought_now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pictures::Seen, testing::sample};

    fn allows(filter: &ProductFilter, product: &Product) -> bool {
        filter.allows(product, Standing::default())
    }

    #[test]
    fn all_that_is_set_must_hold_and_of_a_list_any_value() {
        let product = sample::product("p");
        assert!(allows(&ProductFilter::default(), &product));
        let mut filter = ProductFilter {
            categories: vec![Category::Skirt, Category::Dress],
            colours: vec![Colour::Navy],
            ..ProductFilter::default()
        };
        assert!(allows(&filter, &product));
        filter.genders = vec![Gender::Men];
        assert!(!allows(&filter, &product));
    }

    #[test]
    fn a_product_has_the_colours_of_all_its_variants_and_is_available_by_any() {
        let mut product = sample::product("p");
        product.variants.push(sample::variant("p-red", "red", "S"));
        product.variants[0].offer.stock = Some(0);
        let red = ProductFilter { colours: vec![Colour::Red], ..ProductFilter::default() };
        let sold_out = ProductFilter { available: Some(false), ..ProductFilter::default() };
        assert!(allows(&red, &product) && !allows(&sold_out, &product));
        product.variants.pop();
        assert!(!allows(&red, &product) && allows(&sold_out, &product));
    }

    #[test]
    fn a_brand_is_compared_without_case_and_a_blank_one_is_nobodys() {
        let mut product = sample::product("p");
        let of =
            |brand: &str| ProductFilter { brands: vec![brand.into()], ..ProductFilter::default() };
        assert!(allows(&of(" LINDEN"), &product) && !allows(&of("lind"), &product));
        product.brand = Some(" ".into());
        assert!(!allows(&of(""), &product) && !allows(&of(" "), &product));
        product.brand = None;
        assert!(!allows(&of(""), &product));
    }

    #[test]
    fn what_was_seen_in_a_picture_is_not_what_the_merchant_says() {
        let floral = ProductFilter { patterns: vec![Pattern::Floral], ..ProductFilter::default() };
        let unsaid = ProductFilter { lacks: vec![Lack::Pattern], ..ProductFilter::default() };
        let mut product = Product { pattern: None, ..sample::product("p") };
        product.fill_in(&Seen { pattern: Some(Pattern::Floral), ..Seen::default() });
        assert_eq!(product.pattern, Some(Pattern::Floral));
        assert!(!allows(&floral, &product) && allows(&unsaid, &product));
    }

    #[test]
    fn what_was_matched_is_asked_of_its_standing() {
        let product = sample::product("p");
        let never = ProductFilter { matched: Some(false), ..ProductFilter::default() };
        assert!(never.allows(&product, Standing { matched: false }));
        assert!(!never.allows(&product, Standing { matched: true }));
    }
}
