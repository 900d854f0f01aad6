//! schema.org's `Product` and `ProductGroup` as JSON-LD: one object a line, or one document.

use std::io::{self, BufRead, Read as _};

use serde_json::{Map, Value};

use super::{
    FeedError, Read, Records,
    json::{plain, unreadable},
    problem::{Place, Problem, ProblemCode},
    record::{Field, Record},
};

/// The longest document that is not one object a line, in bytes: it is read as a whole.
const MAX_DOCUMENT: u64 = 64 * 1024 * 1024;

/// Kinds of prices that stand struck through beside what is paid now.
const REGULAR_PRICES: [&str; 3] = ["ListPrice", "StrikethroughPrice", "SRP"];

/// One document.
pub(super) fn document<'a>(text: impl BufRead) -> Result<Records<'a>, FeedError> {
    let mut document = String::new();
    let mut text = text.take(MAX_DOCUMENT + 1);
    text.read_to_string(&mut document)?;
    if document.len() as u64 > MAX_DOCUMENT {
        let message =
            format!("a document longer than {MAX_DOCUMENT} bytes; write one product a line");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message).into());
    }
    let value: Value = serde_json::from_str(&document)
        .map_err(|error| FeedError::unreadable(error.to_string()))?;
    let mut found = Vec::new();
    collect(&value, &mut found);
    let products = (1..).zip(found).map(|(row, node)| (Place { row, line: 1 }, node));
    let rows: Vec<_> = products.flat_map(|(place, node)| product(place, node)).map(Ok).collect();
    Ok(Box::new(rows.into_iter()))
}

/// One object on a line, which holds one product or more.
pub(super) fn line(place: Place, line: &str) -> Vec<Read> {
    let value: Value = match serde_json::from_str(line) {
        Ok(value) => value,
        Err(error) => return vec![Err(unreadable(place, &error))],
    };
    let mut found = Vec::new();
    collect(&value, &mut found);
    if found.is_empty() {
        let message = "no `Product` or `ProductGroup` in this object";
        return vec![Err(Problem::of_row(place, ProblemCode::RowUnreadable, message))];
    }
    found.into_iter().flat_map(|node| product(place, node)).collect()
}

fn is_a(node: &Map<String, Value>, kind: &str) -> bool {
    let of = |value: &Value| {
        value.as_str().is_some_and(|name| name.rsplit(['/', ':']).next() == Some(kind))
    };
    match node.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(of),
        Some(value) => of(value),
        None => false,
    }
}

/// The products in a value, those in graphs and lists too.
fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Map<String, Value>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(node) if is_a(node, "Product") || is_a(node, "ProductGroup") => {
            found.push(node)
        }
        Value::Object(node) => {
            for inside in ["@graph", "itemListElement", "item", "mainEntity"] {
                node.get(inside).into_iter().for_each(|value| collect(value, found));
            }
        }
        _ => {}
    }
}

fn product(place: Place, node: &Map<String, Value>) -> Vec<Read> {
    let variants: Vec<&Map<String, Value>> =
        list(node.get("hasVariant")).into_iter().filter_map(Value::as_object).collect();
    if variants.is_empty() {
        return vec![Ok(record(place, node, None))];
    }
    variants.into_iter().map(|variant| Ok(record(place, variant, Some(node)))).collect()
}

fn list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

/// A text, or the `name`, `url` or `@value` of an object, or the first of a list.
fn text(value: &Value) -> String {
    match value {
        Value::Array(values) => values.first().map(text).unwrap_or_default(),
        Value::Object(node) => ["name", "url", "contentUrl", "@value", "@id"]
            .iter()
            .find_map(|key| node.get(*key))
            .map(text)
            .unwrap_or_default(),
        other => plain(other),
    }
}

/// One variant; what it does not say is the group's.
fn record(place: Place, node: &Map<String, Value>, group: Option<&Map<String, Value>>) -> Record {
    let mut record = Record::at(place);
    let own = |key: &str| node.get(key).map(text).filter(|text| !text.is_empty());
    let of_group = |key: &str| {
        group.and_then(|group| group.get(key)).map(text).filter(|text| !text.is_empty())
    };
    let mut add = |field, column: &str, text: Option<String>| {
        record.add(field, column, text.as_deref().unwrap_or_default());
    };
    let id = ["sku", "productID", "@id", "url"].iter().find_map(|key| own(key));
    let named = node.get("isVariantOf").and_then(|of| of.get("productGroupID")).map(text);
    let group_id = ["productGroupID", "sku", "@id", "url"]
        .iter()
        .find_map(|key| of_group(key))
        .or(named)
        .or_else(|| own("inProductGroupWithID"));
    add(Field::Id, "sku", id);
    add(Field::Group, "productGroupID", group_id);
    add(Field::GroupTitle, "name", of_group("name"));
    for (field, key) in [
        (Field::Title, "name"),
        (Field::Html, "description"),
        (Field::Brand, "brand"),
        (Field::Link, "url"),
        (Field::Image, "image"),
        (Field::ProductType, "category"),
        (Field::Colour, "color"),
        (Field::Size, "size"),
        (Field::Material, "material"),
        (Field::Pattern, "pattern"),
    ] {
        add(field, key, own(key).or_else(|| of_group(key)));
    }
    for key in ["gtin", "gtin13", "gtin14", "gtin12", "gtin8"] {
        add(Field::Gtin, key, own(key));
    }
    let audience = node.get("audience").or_else(|| group.and_then(|group| group.get("audience")));
    if let Some(audience) = audience {
        add(Field::Gender, "audience.suggestedGender", audience.get("suggestedGender").map(text));
        add(Field::AgeGroup, "audience.suggestedAge", audience.get("suggestedAge").map(text));
    }
    let offers = node.get("offers").or_else(|| group.and_then(|group| group.get("offers")));
    if let Some(offer) = list(offers).first() {
        let price = offer.get("price").or_else(|| offer.get("lowPrice")).map(text);
        let currency = offer.get("priceCurrency").map(text).unwrap_or_default();
        add(Field::PriceNow, "offers.price", price.map(|price| format!("{price} {currency}")));
        for told in list(offer.get("priceSpecification")) {
            let regular = told
                .get("priceType")
                .map(text)
                .is_some_and(|kind| REGULAR_PRICES.iter().any(|known| kind.ends_with(known)));
            let own = told.get("priceCurrency").map(text).unwrap_or_else(|| currency.clone());
            let price = told.get("price").map(text).map(|price| format!("{price} {own}"));
            let field = if regular { Field::ComparePrice } else { Field::PriceNow };
            add(field, "offers.priceSpecification.price", price);
        }
        let pieces = offer.get("inventoryLevel").map(|level| level.get("value").unwrap_or(level));
        add(Field::Stock, "offers.inventoryLevel", pieces.map(text));
        add(Field::Availability, "offers.availability", offer.get("availability").map(text));
    }
    record
}
