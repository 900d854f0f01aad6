//! What a customer rules out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    money::Money,
    product::{Product, Variant},
    vocabulary::{Category, Colour, Gender},
};

/// Hard conditions on matches: every list that is not empty must be met by one of its values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    pub categories: Vec<Category>,
    pub colours: Vec<Colour>,
    /// Unisex products pass for women and men alike.
    pub genders: Vec<Gender>,
    pub brands: Vec<String>,
    pub sizes: Vec<String>,
    /// What is paid now, at least.
    pub min_price: Option<Money>,
    /// What is paid now, at most.
    pub max_price: Option<Money>,
    /// Also match what can not be bought now.
    pub include_unavailable: bool,
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
            brands: either(&self.brands, &others.brands),
            sizes: either(&self.sizes, &others.sizes),
            min_price: self.min_price.or(others.min_price),
            max_price: self.max_price.or(others.max_price),
            include_unavailable: self.include_unavailable || others.include_unavailable,
        }
    }

    /// Whether a product passes, its variants aside.
    pub fn allow_product(&self, product: &Product) -> bool {
        let brand_passes = self.brands.is_empty()
            || product.brand.as_deref().is_some_and(|brand| {
                self.brands.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(brand.trim()))
            });
        let gender_passes = self.genders.is_empty()
            || product
                .gender
                .is_none_or(|gender| gender == Gender::Unisex || self.genders.contains(&gender));
        let category_passes =
            self.categories.is_empty() || self.categories.contains(&product.category);
        brand_passes && gender_passes && category_passes
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
            && (self.include_unavailable || variant.offer.can_be_bought_now())
    }
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
    fn unisex_passes_for_everyone() {
        let mut product = sample::product("p");
        product.gender = Some(Gender::Unisex);
        let women = Filters { genders: vec![Gender::Women], ..Filters::default() };
        assert!(women.allow_product(&product));
        product.gender = Some(Gender::Men);
        assert!(!women.allow_product(&product));
    }
}
