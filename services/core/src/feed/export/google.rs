//! Google Merchant Center's table, one variant a row.

use std::io::{self, Write};

use super::{colours, gender, id, list, text};
use crate::{
    feed::html,
    product::{Product, Variant},
    vocabulary::{Availability, Category},
};

/// Google's columns, and before and behind them what Google has no words for and passes over.
const COLUMNS: [&str; 26] = [
    "vitrine_availability",
    "vitrine_colours",
    "id",
    "item_group_id",
    "title",
    "description",
    "link",
    "image_link",
    "availability",
    "price",
    "sale_price",
    "brand",
    "gtin",
    "google_product_category",
    "product_type",
    "gender",
    "age_group",
    "color",
    "size",
    "material",
    "pattern",
    "quantity",
    "category",
    "sleeve",
    "length",
    "tags",
];

pub(super) struct Sheet<W: Write>(csv::Writer<W>);

impl<W: Write> Sheet<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut table = csv::WriterBuilder::new().delimiter(b'\t').from_writer(out);
        table.write_record(COLUMNS)?;
        Ok(Self(table))
    }

    pub(super) fn write(&mut self, product: &Product) -> io::Result<()> {
        for variant in &product.variants {
            self.0.write_record(row(product, variant)?)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn row(product: &Product, variant: &Variant) -> io::Result<[String; COLUMNS.len()]> {
    let offer = &variant.offer;
    let said = for_google(offer.availability);
    let availability = offer.availability.id();
    let own_group = product.variants.len() > 1 || product.id.as_str() != variant.id.as_str();
    let (colour, palette) = colours(variant);
    Ok([
        if said == availability { String::new() } else { availability.to_owned() },
        palette,
        variant.id.to_string(),
        if own_group { product.id.to_string() } else { String::new() },
        product.title.clone(),
        html::for_either(&product.description).into_owned(),
        text(&product.link),
        text(&product.image_link),
        said.to_owned(),
        offer.price.to_string(),
        offer.sale_price.map(|sale| sale.to_string()).unwrap_or_default(),
        text(&product.brand),
        text(&variant.gtin),
        google_category(product.category).to_string(),
        text(&product.product_type),
        gender(product.gender),
        id(product.age_group.map(|word| word.id())),
        colour,
        text(&variant.size),
        text(&product.material),
        id(product.pattern.map(|word| word.id())),
        offer.stock.map(|stock| stock.to_string()).unwrap_or_default(),
        product.category.id().to_owned(),
        id(product.sleeve.map(|word| word.id())),
        id(product.length.map(|word| word.id())),
        list(&product.tags)?,
    ])
}

/// Google knows four words.
const fn for_google(availability: Availability) -> &'static str {
    match availability {
        Availability::InStock | Availability::LimitedStock => "in_stock",
        Availability::Preorder => "preorder",
        Availability::Backorder => "backorder",
        Availability::OutOfStock | Availability::Discontinued | Availability::Unknown => {
            "out_of_stock"
        }
    }
}

/// Google's product taxonomy, version 2021-09-21.
pub(super) const fn google_category(category: Category) -> u32 {
    match category {
        Category::Dress => 2271,
        Category::Blazer | Category::Jacket => 5598,
        Category::Trousers => 204,
        Category::Shorts => 207,
        Category::Skirt => 1581,
        Category::Shoes => 187,
        Category::Hat => 173,
        Category::Bodysuit => 5490,
        Category::Blouse
        | Category::Hoodie
        | Category::LongSleeveTop
        | Category::PoloShirt
        | Category::Shirt
        | Category::TShirt
        | Category::Top
        | Category::TankTop => 212,
    }
}
