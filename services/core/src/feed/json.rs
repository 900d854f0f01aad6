//! Rows in JSON: OpenAI's flat lines, and the Agentic Commerce Protocol's products, whose variants
//! are rows here.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    FeedError, Read,
    columns::field,
    dialect::Dialect,
    lines::Lines,
    problem::{Place, Problem, ProblemCode, shortened},
    record::{Field, Record},
};
use crate::money::{Currency, Money};

/// Rows read from lines of JSON.
pub(super) fn rows<R: BufRead, T: From<Read>>(
    text: R,
    read: fn(Place, &str) -> Vec<T>,
) -> impl Iterator<Item = Result<T, FeedError>> {
    Lines::new(text).flat_map(move |line| match line {
        Err(error) => vec![Err(error)],
        Ok(Err(problem)) => vec![Ok(Err(problem).into())],
        Ok(Ok((place, line))) => read(place, &line).into_iter().map(Ok).collect(),
    })
}

/// A line that is not what it should be.
pub(super) fn unreadable(place: Place, error: &serde_json::Error) -> Problem {
    // The error says what stands there instead, however long that is.
    let error = shortened(error.to_string(), 200);
    let message = format!("not a product in JSON: {error}; write one JSON object a line");
    Problem::of_row(place, ProblemCode::RowUnreadable, message)
}

/// One flat object in OpenAI's names: one variant.
pub(super) fn open_ai(place: Place, line: &str) -> Vec<Read> {
    flat(Dialect::OpenAi, place, line)
}

/// One flat object in Google's names: one variant.
pub(super) fn google(place: Place, line: &str) -> Vec<Read> {
    flat(Dialect::Google, place, line)
}

fn flat(dialect: Dialect, place: Place, line: &str) -> Vec<Read> {
    let row: Map<String, Value> = match serde_json::from_str(line) {
        Ok(row) => row,
        Err(error) => return vec![Err(unreadable(place, &error))],
    };
    let mut record = Record::at(place);
    for (name, value) in &row {
        if let Some(field) = field(dialect, name) {
            record.add(field, name.as_str(), &plain(value));
        }
    }
    vec![Ok(record)]
}

/// A value as text; a list's values are joined by commas.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[derive(Deserialize)]
struct AcpProduct {
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: AcpText,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    media: Vec<AcpMedia>,
    #[serde(default)]
    variants: Vec<AcpVariant>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AcpText {
    plain: Option<String>,
    html: Option<String>,
    markdown: Option<String>,
}

#[derive(Deserialize)]
struct AcpMedia {
    #[serde(default)]
    r#type: Option<String>,
    url: String,
}

#[derive(Deserialize)]
struct AcpVariant {
    id: String,
    title: String,
    #[serde(default)]
    barcodes: Vec<AcpNamed>,
    #[serde(default)]
    price: Option<AcpPrice>,
    #[serde(default)]
    list_price: Option<AcpPrice>,
    #[serde(default)]
    availability: AcpAvailability,
    #[serde(default)]
    categories: Vec<AcpCategory>,
    #[serde(default)]
    variant_options: Vec<AcpNamed>,
    #[serde(default)]
    media: Vec<AcpMedia>,
}

#[derive(Deserialize)]
struct AcpNamed {
    #[serde(alias = "type", default)]
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct AcpPrice {
    /// In minor units.
    amount: i64,
    currency: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AcpAvailability {
    available: Option<bool>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct AcpCategory {
    value: String,
    #[serde(default)]
    taxonomy: Option<String>,
}

/// One product: a row for each of its variants.
pub(super) fn acp(place: Place, line: &str) -> Vec<Read> {
    let product: AcpProduct = match serde_json::from_str(line) {
        Ok(product) => product,
        Err(error) => return vec![Err(unreadable(place, &error))],
    };
    if product.variants.is_empty() {
        let message = "a product needs at least one variant";
        return vec![Err(Problem::of_row(place, ProblemCode::VariantsMissing, message))];
    }
    let rows = product.variants.iter().map(|variant| acp_variant(place, &product, variant));
    rows.map(Ok).collect()
}

fn acp_variant(place: Place, product: &AcpProduct, variant: &AcpVariant) -> Record {
    let mut record = Record::at(place);
    let mut add = |field, column: &str, text: Option<&str>| {
        record.add(field, column, text.unwrap_or_default());
    };
    add(Field::Group, "id", Some(&product.id));
    add(Field::Id, "variants.id", Some(&variant.id));
    add(Field::GroupTitle, "title", product.title.as_deref());
    add(Field::Title, "variants.title", Some(&variant.title));
    let AcpText { plain, html, markdown } = &product.description;
    add(Field::Description, "description.plain", plain.as_deref().or(markdown.as_deref()));
    add(Field::Html, "description.html", html.as_deref());
    add(Field::Link, "url", product.url.as_deref());
    let is_picture = |media: &&AcpMedia| media.r#type.as_deref().unwrap_or("image") == "image";
    let picture = variant.media.iter().chain(&product.media).find(is_picture);
    add(Field::Image, "media.url", picture.map(|media| media.url.as_str()));
    for barcode in &variant.barcodes {
        add(Field::Gtin, "variants.barcodes", Some(&barcode.value));
    }
    for category in &variant.categories {
        let known = category.taxonomy.as_deref().is_some_and(|name| name.contains("google"));
        let field = if known { Field::Taxonomy } else { Field::ProductType };
        add(field, "variants.categories", Some(&category.value));
    }
    let options = [
        (Field::Option1Name, Field::Option1Value),
        (Field::Option2Name, Field::Option2Value),
        (Field::Option3Name, Field::Option3Value),
    ];
    for (option, (name, value)) in variant.variant_options.iter().zip(options) {
        add(name, "variants.variant_options", Some(&option.name));
        add(value, "variants.variant_options", Some(&option.value));
    }
    let price = variant.price.as_ref().map(written);
    let list_price = variant.list_price.as_ref().map(written);
    add(Field::PriceNow, "variants.price", price.as_deref());
    add(Field::ComparePrice, "variants.list_price", list_price.as_deref());
    let AcpAvailability { available, status } = &variant.availability;
    let said =
        status.as_deref().or(available.map(|yes| if yes { "in_stock" } else { "out_of_stock" }));
    add(Field::Availability, "variants.availability", said);
    record
}

/// `49.90 EUR`; what is no currency stays as it is, for the check to tell.
fn written(price: &AcpPrice) -> String {
    let AcpPrice { amount, currency } = price;
    match currency.parse::<Currency>() {
        Ok(currency) => Money { amount: *amount, currency }.to_string(),
        Err(_) => format!("{amount} {currency}"),
    }
}
