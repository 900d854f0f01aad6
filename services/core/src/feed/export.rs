//! The catalog back out as a feed, from which an import changes nothing.

use std::io::{self, Write};

use super::{dialect::Dialect, draft::ProductDraft, words};
use crate::{
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

/// The dialects that a catalog can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportDialect {
    /// JSON lines in this service's own words.
    Vitrine,
    /// Tab-separated, as Google Merchant Center reads it.
    Google,
}

impl std::str::FromStr for ExportDialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Dialect>() {
            Ok(Dialect::Vitrine) => Ok(Self::Vitrine),
            Ok(Dialect::Google) => Ok(Self::Google),
            _ => Err("use one of: vitrine, google".into()),
        }
    }
}

/// Writes products one after the other.
pub struct Exporter<W: Write>(Form<W>);

enum Form<W: Write> {
    Lines(W),
    Table(Box<csv::Writer<W>>),
}

impl<W: Write> Exporter<W> {
    /// Begins a feed: a table begins with its header.
    pub fn new(dialect: ExportDialect, out: W) -> io::Result<Self> {
        Ok(Self(match dialect {
            ExportDialect::Vitrine => Form::Lines(out),
            ExportDialect::Google => {
                let mut table = csv::WriterBuilder::new().delimiter(b'\t').from_writer(out);
                table.write_record(COLUMNS)?;
                Form::Table(Box::new(table))
            }
        }))
    }

    pub fn write(&mut self, product: &Product) -> io::Result<()> {
        match &mut self.0 {
            Form::Lines(out) => {
                serde_json::to_writer(&mut *out, &ProductDraft::from(product))?;
                out.write_all(b"\n")
            }
            Form::Table(table) => {
                for variant in &product.variants {
                    table.write_record(row(product, variant)?)?;
                }
                Ok(())
            }
        }
    }

    /// Hands over what is still held back.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Form::Lines(mut out) => out.flush(),
            Form::Table(mut table) => table.flush(),
        }
    }
}

fn row(product: &Product, variant: &Variant) -> io::Result<[String; COLUMNS.len()]> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let id = |word: Option<&str>| word.unwrap_or_default().to_owned();
    let offer = &variant.offer;
    let said = for_google(offer.availability);
    let availability = offer.availability.id();
    let own_group = product.variants.len() > 1 || product.id.as_str() != variant.id.as_str();
    let tags = match product.tags.as_slice() {
        [] => String::new(),
        tags => serde_json::to_string(tags)?,
    };
    let palette = words::palette(&variant.colours);
    let colour = variant.colour_name.clone().unwrap_or_else(|| palette.clone());
    let told = words::colours(&colour).0 == variant.colours;
    Ok([
        if said == availability { String::new() } else { availability.to_owned() },
        if told { String::new() } else { palette },
        variant.id.to_string(),
        if own_group { product.id.to_string() } else { String::new() },
        product.title.clone(),
        product.description.clone(),
        text(&product.link),
        text(&product.image_link),
        said.to_owned(),
        offer.price.to_string(),
        offer.sale_price.map(|sale| sale.to_string()).unwrap_or_default(),
        text(&product.brand),
        text(&variant.gtin),
        google_category(product.category).to_string(),
        text(&product.product_type),
        id(product.gender.map(|word| word.id())),
        id(product.age_group.map(|word| word.id())),
        colour,
        text(&variant.size),
        text(&product.material),
        id(product.pattern.map(|word| word.id())),
        offer.stock.map(|stock| stock.to_string()).unwrap_or_default(),
        product.category.id().to_owned(),
        id(product.sleeve.map(|word| word.id())),
        id(product.length.map(|word| word.id())),
        tags,
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
const fn google_category(category: Category) -> u32 {
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
