//! The catalog back out as a feed, from which an import changes nothing.

mod google;
mod shopify;

use std::io::{self, Write};

use super::{dialect::Dialect, draft::ProductDraft, words};
use crate::{
    ids::{ProductId, VariantId},
    money::{Currency, Money},
    product::{Product, Variant},
    vocabulary::Gender,
};

/// The dialects that a catalog can be written in. Whatever a dialect has no words for stands in
/// columns of our own, which its owner passes over and the reader here takes: reading a feed that
/// was written gives the same products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ExportDialect {
    /// JSON lines in this service's own words.
    Vitrine,
    /// Tab-separated, as Google Merchant Center reads it.
    Google,
    /// Shopify's product CSV with the new header, in one currency: its prices name none.
    ///
    /// A file that comes here straight gives the same products, when it is read in the currency
    /// that it was written in, but for these:
    /// - Variants with a price in another currency are not written, and told ([`NotWritten`]).
    /// - A colour or size that is called `Default Title` is lost: Shopify says so of a variant
    ///   that has none.
    ///
    /// Of a file that Shopify has taken in and written again, these are lost too:
    /// - The columns `Vitrine colours`, `Vitrine availability` and `Vitrine stock`: a variant is in
    ///   stock or not, and its colours are what its option's words are read as.
    /// - Unless the shop defines the metafields `vitrine.*`: ids that are no handles, our category,
    ///   material, pattern, sleeve, length, the page's address, and tags that hold a comma.
    ///
    /// Options other than colour and size are not known here, so they do not come back out: a
    /// variant that was named by them has its id as its SKU, and stands apart by the option
    /// `Variant` where colour and size do not tell it from another.
    Shopify,
}

impl std::str::FromStr for ExportDialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Dialect>() {
            Ok(Dialect::Vitrine) => Ok(Self::Vitrine),
            Ok(Dialect::Google) => Ok(Self::Google),
            Ok(Dialect::Shopify) => Ok(Self::Shopify),
            _ => Err("use one of: vitrine, google, shopify".into()),
        }
    }
}

/// A variant that a feed in one currency can not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{variant}` of `{product}` costs {price}, and this feed is in {currency}, so it is not in it; \
     write another feed in {}", price.currency
)]
pub struct NotWritten {
    pub product: ProductId,
    pub variant: VariantId,
    pub price: Money,
    /// That of the feed.
    pub currency: Currency,
}

/// Writes products one after the other.
pub struct Exporter<W: Write>(Form<W>);

enum Form<W: Write> {
    Lines(W),
    Google(Box<google::Sheet<W>>),
    Shopify(Box<shopify::Sheet<W>>),
}

impl<W: Write> Exporter<W> {
    /// Begins a feed: a table begins with its header.
    pub fn new(dialect: ExportDialect, out: W) -> io::Result<Self> {
        Ok(Self(match dialect {
            ExportDialect::Vitrine => Form::Lines(out),
            ExportDialect::Google => Form::Google(Box::new(google::Sheet::new(out)?)),
            ExportDialect::Shopify => Form::Shopify(Box::new(shopify::Sheet::new(out)?)),
        }))
    }

    /// Writes in this currency where prices name none; else it is that of the first price.
    pub fn in_currency(mut self, currency: Currency) -> Self {
        if let Form::Shopify(sheet) = &mut self.0 {
            sheet.currency = Some(currency);
        }
        self
    }

    /// Writes a product as its merchant gives it; the variants that can not be written are
    /// returned.
    pub fn write(&mut self, product: &Product) -> io::Result<Vec<NotWritten>> {
        let product = &*product.own();
        match &mut self.0 {
            Form::Lines(out) => {
                serde_json::to_writer(&mut *out, &ProductDraft::from(product))?;
                out.write_all(b"\n")?;
                Ok(Vec::new())
            }
            Form::Google(sheet) => sheet.write(product).map(|()| Vec::new()),
            Form::Shopify(sheet) => sheet.write(product),
        }
    }

    /// Hands over what is still held back.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Form::Lines(mut out) => out.flush(),
            Form::Google(sheet) => sheet.finish(),
            Form::Shopify(sheet) => sheet.finish(),
        }
    }
}

fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn id(word: Option<&str>) -> String {
    word.unwrap_or_default().to_owned()
}

/// Google's and Shopify's words.
fn gender(gender: Option<Gender>) -> String {
    id(gender.map(|gender| match gender {
        Gender::Women => "female",
        Gender::Men => "male",
        Gender::Unisex => "unisex",
    }))
}

/// Tags as JSON, since they may hold commas.
fn list(texts: &[String]) -> io::Result<String> {
    if texts.is_empty() { Ok(String::new()) } else { Ok(serde_json::to_string(texts)?) }
}

/// The merchant's words for the colours, and the palette's where those are read as others.
fn colours(variant: &Variant) -> (String, String) {
    let palette = words::palette(&variant.colours);
    let colour = variant.colour_name.clone().unwrap_or_else(|| palette.clone());
    let told = words::colours(&colour).0 == variant.colours;
    let palette = match (told, palette.is_empty()) {
        (true, _) => String::new(),
        (false, true) => "none".to_owned(),
        (false, false) => palette,
    };
    (colour, palette)
}
