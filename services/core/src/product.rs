//! What a merchant sells.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    garment::attribute_words,
    ids::{ProductId, VariantId},
    money::Money,
    pictures::Attribute,
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Length, Pattern, Sleeve},
};

/// A product and all its variants, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    pub id: ProductId,
    pub title: String,
    pub brand: Option<String>,
    #[serde(default)]
    pub description: String,
    pub category: Category,
    /// The merchant's own words for the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_type: Option<String>,
    pub gender: Option<Gender>,
    pub age_group: Option<AgeGroup>,
    pub material: Option<String>,
    pub pattern: Option<Pattern>,
    pub sleeve: Option<Sleeve>,
    pub length: Option<Length>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// The product's page in the shop.
    pub link: Option<String>,
    /// The product's main picture.
    pub image_link: Option<String>,
    /// At least one.
    #[schema(min_items = 1)]
    pub variants: Vec<Variant>,
    /// What the merchant leaves unsaid and was seen in the picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from_picture: Vec<Attribute>,
}

/// One size and colour of a product, with its offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    pub id: VariantId,
    /// The main one first; empty where the merchant names none.
    #[serde(default)]
    pub colours: Vec<Colour>,
    /// The merchant's own words for the colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour_name: Option<String>,
    pub size: Option<String>,
    /// Global Trade Item Number, as the merchant writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    #[serde(flatten)]
    pub offer: Offer,
}

/// The price and stock of a variant now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// The regular price.
    pub price: Money,
    /// The lower price that holds now, if any.
    pub sale_price: Option<Money>,
    pub availability: Availability,
    /// Pieces in stock, where the merchant says.
    #[schema(value_type = Option<i64>, minimum = 0)]
    pub stock: Option<u32>,
}

impl Offer {
    /// What a customer pays now.
    pub fn current_price(&self) -> Money {
        self.sale_price.unwrap_or(self.price)
    }

    /// Whether it can be bought now: said to be available, and not known to be sold out.
    pub fn can_be_bought_now(&self) -> bool {
        self.availability.can_be_bought_now() && self.stock != Some(0)
    }
}

/// A new price or stock for one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferChange {
    pub variant: VariantId,
    pub patch: OfferPatch,
}

/// What changes of an offer; what is not set stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OfferPatch {
    pub price: Option<Money>,
    /// `Some(None)` ends a sale.
    pub sale_price: Option<Option<Money>>,
    pub availability: Option<Availability>,
    /// `Some(None)` says that the pieces are not counted.
    pub stock: Option<Option<u32>>,
}

/// A sale price that does not fit the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the sale price {sale} must be in the currency of the price {price} and below it; set both, or \
     end the sale"
)]
pub struct BadSale {
    pub sale: Money,
    pub price: Money,
}

impl OfferPatch {
    /// The offer as it is then.
    pub fn on(&self, offer: &Offer) -> Result<Offer, BadSale> {
        let price = self.price.unwrap_or(offer.price);
        let sale_price = self.sale_price.unwrap_or(offer.sale_price);
        match sale_price {
            Some(sale) if sale.currency != price.currency || sale.amount >= price.amount => {
                Err(BadSale { sale, price })
            }
            _ => Ok(Offer {
                price,
                sale_price,
                availability: self.availability.unwrap_or(offer.availability),
                stock: self.stock.unwrap_or(offer.stock),
            }),
        }
    }
}

impl From<Offer> for OfferPatch {
    /// Sets all of it.
    fn from(offer: Offer) -> Self {
        Self {
            price: Some(offer.price),
            sale_price: Some(offer.sale_price),
            availability: Some(offer.availability),
            stock: Some(offer.stock),
        }
    }
}

/// The variants of a product that share a colour: what is matched with a garment as one thing.
#[derive(Debug, Clone, Copy)]
pub struct ColourVersion<'a> {
    pub product: &'a Product,
    pub colours: &'a [Colour],
}

impl Product {
    /// One version for each distinct list of colours, in the order of the variants.
    pub fn colour_versions(&self) -> Vec<ColourVersion<'_>> {
        let mut versions: Vec<ColourVersion<'_>> = Vec::new();
        for variant in &self.variants {
            if !versions.iter().any(|version| version.colours == variant.colours) {
                versions.push(ColourVersion { product: self, colours: &variant.colours });
            }
        }
        versions
    }

    /// The variant of this id.
    pub fn variant(&self, id: &VariantId) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.id == *id)
    }

    /// Changes the offer of the variant that the change names, if it is one of this product's.
    pub fn set_offer(&mut self, change: &OfferChange) -> Result<(), BadSale> {
        let own = self.variants.iter_mut().find(|variant| variant.id == change.variant);
        if let Some(variant) = own {
            variant.offer = change.patch.on(&variant.offer)?;
        }
        Ok(())
    }

    /// Takes in more variants: one that is known is replaced where it stands, others come last.
    pub fn add_variants(&mut self, variants: Vec<Variant>) {
        if let [only] = &variants[..] {
            let place = self.variants.iter().position(|known| known.id == only.id);
            return self.put_variants(variants, |_| place);
        }
        let places = (0..).zip(&self.variants).map(|(at, known)| (known.id.clone(), at));
        let mut places: HashMap<VariantId, usize> = places.collect();
        let mut next = self.variants.len();
        self.put_variants(variants, |id| {
            let place = places.get(id).copied();
            if place.is_none() {
                places.insert(id.clone(), next);
                next += 1;
            }
            place
        });
    }

    fn put_variants(
        &mut self,
        variants: Vec<Variant>,
        mut place: impl FnMut(&VariantId) -> Option<usize>,
    ) {
        for variant in variants {
            match place(&variant.id) {
                Some(at) => self.variants[at] = variant,
                None => self.variants.push(variant),
            }
        }
    }
}

impl ColourVersion<'_> {
    /// The variants of this version.
    pub fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.product.variants.iter().filter(|variant| variant.colours == self.colours)
    }

    /// The words that the embedder and the term index know this version by.
    pub fn search_text(&self) -> String {
        let product = self.product;
        let attributes = attribute_words(
            self.colours,
            product.pattern,
            product.length,
            product.category,
            product.sleeve,
        );
        let tags = product.tags.join(", ");
        let description: String = product.description.chars().take(300).collect();
        let colour_name = self.variants().find_map(|variant| variant.colour_name.as_deref());
        let parts = [
            Some(product.title.as_str()),
            Some(attributes.as_str()),
            colour_name,
            product.brand.as_deref(),
            product.material.as_deref(),
            product.gender.map(Gender::words),
            Some(tags.as_str()),
            Some(description.as_str()),
        ];
        parts
            .into_iter()
            .flatten()
            .filter(|part| !part.trim().is_empty())
            .collect::<Vec<_>>()
            .join(". ")
    }
}

#[cfg(test)]
mod tests {
    use super::{OfferPatch, Product, Variant};
    use crate::testing::sample;

    #[test]
    fn variants_of_one_colour_are_one_version() {
        let mut product = sample::product("p1");
        product.variants = vec![
            sample::variant("a", "navy", "S"),
            sample::variant("b", "navy", "M"),
            sample::variant("c", "red", "S"),
        ];
        let versions = product.colour_versions();
        assert_eq!(versions.len(), 2);
        assert_eq!(versions[0].variants().count(), 2);
        assert!(versions[1].search_text().contains("red"));
        assert!(!versions[1].search_text().contains("navy"));
    }

    #[test]
    fn added_variants_replace_known_ones_where_they_stand_and_others_come_last() {
        let sizes = |product: &Product| {
            let of =
                |variant: &Variant| format!("{}{}", variant.id, variant.size.as_deref().unwrap());
            product.variants.iter().map(of).collect::<Vec<_>>()
        };
        let variants = |all: &[(&str, &str)]| {
            all.iter().map(|(id, size)| sample::variant(id, "navy", size)).collect::<Vec<_>>()
        };
        let mut product = sample::product("p1");
        product.variants = variants(&[("a", "1"), ("b", "1")]);
        product.add_variants(variants(&[("b", "2")]));
        product.add_variants(variants(&[("c", "2")]));
        assert_eq!(sizes(&product), ["a1", "b2", "c2"]);
        product.add_variants(variants(&[
            ("d", "3"),
            ("a", "3"),
            ("d", "4"),
            ("e", "4"),
            ("e", "5"),
        ]));
        assert_eq!(sizes(&product), ["a3", "b2", "c2", "d4", "e5"]);
        product.add_variants(Vec::new());
        assert_eq!(product.variants.len(), 5);
    }

    #[test]
    fn a_patch_changes_what_it_sets_and_no_sale_is_above_its_price() {
        let money = |text: &str| text.parse().unwrap();
        let offer = sample::variant("a", "navy", "S").offer;
        let cheaper =
            OfferPatch { sale_price: Some(Some(money("39.90 EUR"))), ..OfferPatch::default() };
        let sale = cheaper.on(&offer).unwrap();
        assert_eq!((sale.price, sale.stock), (offer.price, offer.stock));
        assert_eq!(sale.current_price(), money("39.90 EUR"));
        let ended = OfferPatch { sale_price: Some(None), ..OfferPatch::default() };
        assert_eq!(ended.on(&sale).unwrap(), offer);
        assert_eq!(OfferPatch::from(sale.clone()).on(&offer).unwrap(), sale);
        for price in ["39.90 EUR", "100 USD"] {
            let patch = OfferPatch { price: Some(money(price)), ..OfferPatch::default() };
            assert!(patch.on(&sale).is_err(), "{price}");
        }
    }

    #[test]
    fn an_offer_with_no_pieces_left_can_not_be_bought() {
        let mut offer = sample::variant("a", "navy", "S").offer;
        assert!(offer.can_be_bought_now());
        offer.stock = Some(0);
        assert!(!offer.can_be_bought_now());
    }
}
