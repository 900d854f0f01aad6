//! A product as shoppers see it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::ProductId,
    look::MatchVariant,
    matching::to_variant,
    money::Money,
    product::{Product, Variant},
    vocabulary::{AgeGroup, Category, Gender, Length, Pattern, Sleeve},
};

/// A product with its offers now, and nothing of what its merchant alone is to know.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ShownProduct {
    pub product_id: ProductId,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub category: Category,
    /// The merchant's own words for the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_group: Option<AgeGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sleeve: Option<Sleeve>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<Length>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_link: Option<String>,
    /// Whether any variant can be bought now.
    pub available: bool,
    /// The lowest price now among what can be bought, else among all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    pub variants: Vec<MatchVariant>,
}

impl From<Product> for ShownProduct {
    fn from(product: Product) -> Self {
        let available = product.can_be_bought_now();
        let offered = |variant: &&Variant| !available || variant.offer.can_be_bought_now();
        let offered = product.variants.iter().filter(offered);
        let prices = offered.map(|variant| variant.offer.current_price());
        Self {
            available,
            price: prices.min_by_key(|price| price.amount),
            variants: product.variants.iter().map(to_variant).collect(),
            product_id: product.id,
            title: product.title,
            brand: product.brand,
            description: product.description,
            category: product.category,
            product_type: product.product_type,
            gender: product.gender,
            age_group: product.age_group,
            material: product.material,
            pattern: product.pattern,
            sleeve: product.sleeve,
            length: product.length,
            link: product.link,
            image_link: product.image_link,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::sample, vocabulary::Availability};

    #[test]
    fn the_price_is_the_lowest_of_what_can_be_bought() {
        let mut product = sample::product("p");
        product.variants.push(sample::variant("p-sale", "navy", "S"));
        product.variants[1].offer.sale_price = Some("9.90 EUR".parse().unwrap());
        let shown = |product: &Product| ShownProduct::from(product.clone());
        assert_eq!(shown(&product).price.unwrap().amount, 990);
        product.variants[1].offer.stock = Some(0);
        let one_left = shown(&product);
        assert_eq!((one_left.price.unwrap().amount, one_left.available), (4990, true));
        assert_eq!(one_left.variants[1].availability, Availability::OutOfStock);
        product.variants[0].offer.availability = Availability::Discontinued;
        let gone = shown(&product);
        assert_eq!((gone.price.unwrap().amount, gone.available), (990, false));
    }
}
