use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    pictures::Attribute,
    product::{Product, Variant},
};

/// A product as a feed says it, not yet checked. It may borrow its texts from the row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductDraft<'a> {
    pub id: Cow<'a, str>,
    pub title: Cow<'a, str>,
    pub brand: Option<Cow<'a, str>>,
    pub description: Cow<'a, str>,
    pub category: Cow<'a, str>,
    /// The merchant's own words for the category.
    pub product_type: Option<Cow<'a, str>>,
    pub gender: Option<Cow<'a, str>>,
    pub age_group: Option<Cow<'a, str>>,
    pub material: Option<Cow<'a, str>>,
    pub pattern: Option<Cow<'a, str>>,
    pub sleeve: Option<Cow<'a, str>>,
    pub length: Option<Cow<'a, str>>,
    pub tags: Vec<Cow<'a, str>>,
    pub link: Option<Cow<'a, str>>,
    pub image_link: Option<Cow<'a, str>>,
    pub variants: Vec<VariantDraft<'a>>,
    /// What of it was seen in its picture, and so is not its merchant's: not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from_picture: Vec<Attribute>,
}

/// A variant as a feed says it, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VariantDraft<'a> {
    pub id: Cow<'a, str>,
    pub colours: Vec<Cow<'a, str>>,
    /// The merchant's own words for the colours.
    pub colour_name: Option<Cow<'a, str>>,
    pub size: Option<Cow<'a, str>>,
    pub gtin: Option<Cow<'a, str>>,
    pub price: Cow<'a, str>,
    pub sale_price: Option<Cow<'a, str>>,
    pub availability: Cow<'a, str>,
    pub stock: Option<i64>,
}

impl ProductDraft<'_> {
    /// What its merchant says: what was seen in the picture is left out.
    pub(super) fn own(&self) -> Cow<'_, Self> {
        if self.from_picture.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        for attribute in std::mem::take(&mut own.from_picture) {
            match attribute {
                Attribute::Colours => {
                    own.variants.iter_mut().for_each(|variant| variant.colours.clear());
                }
                Attribute::Pattern => own.pattern = None,
                Attribute::Sleeve => own.sleeve = None,
                Attribute::Length => own.length = None,
            }
        }
        Cow::Owned(own)
    }
}

impl<'a> From<&'a Product> for ProductDraft<'a> {
    fn from(product: &'a Product) -> Self {
        let id = |word: Option<&'static str>| word.map(Cow::Borrowed);
        let own = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        Self {
            id: product.id.as_str().into(),
            title: product.title.as_str().into(),
            brand: own(&product.brand),
            description: product.description.as_str().into(),
            category: product.category.id().into(),
            product_type: own(&product.product_type),
            gender: id(product.gender.map(|word| word.id())),
            age_group: id(product.age_group.map(|word| word.id())),
            material: own(&product.material),
            pattern: id(product.pattern.map(|word| word.id())),
            sleeve: id(product.sleeve.map(|word| word.id())),
            length: id(product.length.map(|word| word.id())),
            tags: product.tags.iter().map(|tag| tag.as_str().into()).collect(),
            link: own(&product.link),
            image_link: own(&product.image_link),
            variants: product.variants.iter().map(VariantDraft::from).collect(),
            from_picture: Vec::new(),
        }
    }
}

impl<'a> From<&'a Variant> for VariantDraft<'a> {
    fn from(variant: &'a Variant) -> Self {
        let own = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        let offer = &variant.offer;
        Self {
            id: variant.id.as_str().into(),
            colours: variant.colours.iter().map(|colour| colour.id().into()).collect(),
            colour_name: own(&variant.colour_name),
            size: own(&variant.size),
            gtin: own(&variant.gtin),
            price: offer.price.to_string().into(),
            sale_price: offer.sale_price.map(|sale| sale.to_string().into()),
            availability: offer.availability.id().into(),
            stock: offer.stock.map(i64::from),
        }
    }
}
