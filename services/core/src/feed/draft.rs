use serde::{Deserialize, Serialize};

use crate::{
    pictures::Attribute,
    product::{Product, Variant},
};

/// A product as a feed says it, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductDraft {
    pub id: String,
    pub title: String,
    pub brand: Option<String>,
    pub description: String,
    pub category: String,
    /// The merchant's own words for the category.
    pub product_type: Option<String>,
    pub gender: Option<String>,
    pub age_group: Option<String>,
    pub material: Option<String>,
    pub pattern: Option<String>,
    pub sleeve: Option<String>,
    pub length: Option<String>,
    pub tags: Vec<String>,
    pub link: Option<String>,
    pub image_link: Option<String>,
    pub variants: Vec<VariantDraft>,
    /// What of it was seen in its picture, and so is not its merchant's: not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from_picture: Vec<Attribute>,
}

/// A variant as a feed says it, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VariantDraft {
    pub id: String,
    pub colours: Vec<String>,
    /// The merchant's own words for the colours.
    pub colour_name: Option<String>,
    pub size: Option<String>,
    pub gtin: Option<String>,
    pub price: String,
    pub sale_price: Option<String>,
    pub availability: String,
    pub stock: Option<i64>,
}

impl ProductDraft {
    /// What its merchant says: what was seen in the picture is left out.
    pub(super) fn own(mut self) -> Self {
        for attribute in std::mem::take(&mut self.from_picture) {
            match attribute {
                Attribute::Colours => {
                    self.variants.iter_mut().for_each(|variant| variant.colours.clear());
                }
                Attribute::Pattern => self.pattern = None,
                Attribute::Sleeve => self.sleeve = None,
                Attribute::Length => self.length = None,
            }
        }
        self
    }
}

impl From<&Product> for ProductDraft {
    fn from(product: &Product) -> Self {
        let product = &*product.own();
        let id = |word: Option<&str>| word.map(str::to_owned);
        Self {
            id: product.id.to_string(),
            title: product.title.clone(),
            brand: product.brand.clone(),
            description: product.description.clone(),
            category: product.category.id().to_owned(),
            product_type: product.product_type.clone(),
            gender: id(product.gender.map(|word| word.id())),
            age_group: id(product.age_group.map(|word| word.id())),
            material: product.material.clone(),
            pattern: id(product.pattern.map(|word| word.id())),
            sleeve: id(product.sleeve.map(|word| word.id())),
            length: id(product.length.map(|word| word.id())),
            tags: product.tags.clone(),
            link: product.link.clone(),
            image_link: product.image_link.clone(),
            variants: product.variants.iter().map(VariantDraft::from).collect(),
            from_picture: Vec::new(),
        }
    }
}

impl From<&Variant> for VariantDraft {
    fn from(variant: &Variant) -> Self {
        let offer = &variant.offer;
        Self {
            id: variant.id.to_string(),
            colours: variant.colours.iter().map(|colour| colour.id().to_owned()).collect(),
            colour_name: variant.colour_name.clone(),
            size: variant.size.clone(),
            gtin: variant.gtin.clone(),
            price: offer.price.to_string(),
            sale_price: offer.sale_price.map(|sale| sale.to_string()),
            availability: offer.availability.id().to_owned(),
            stock: offer.stock.map(i64::from),
        }
    }
}
