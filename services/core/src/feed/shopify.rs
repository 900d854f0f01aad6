//! Shopify's product CSV: the rows of one product follow one another, only the first says what
//! holds for all, and some of them only name another picture.

use std::{collections::HashMap, sync::Arc};

use super::{
    FeedError, Read, Row,
    problem::ProblemCode,
    record::{Field, Record},
    table::Table,
    words::{OptionName, option_name},
};

/// What the first row of a product says for all.
const SHARED: [Field; 22] = [
    Field::Title,
    Field::Html,
    Field::Brand,
    Field::Taxonomy,
    Field::ProductType,
    Field::Tags,
    Field::Status,
    Field::Gender,
    Field::AgeGroup,
    Field::Image,
    Field::Colour,
    Field::Material,
    Field::Pattern,
    Field::ProductId,
    Field::Category,
    Field::Sleeve,
    Field::Length,
    Field::TagList,
    Field::Link,
    Field::Option1Name,
    Field::Option2Name,
    Field::Option3Name,
];
const OPTIONS: [(Field, Field); 3] = [
    (Field::Option1Name, Field::Option1Value),
    (Field::Option2Name, Field::Option2Value),
    (Field::Option3Name, Field::Option3Value),
];
/// What a product without variants calls its only one.
pub(super) const ONLY_VARIANT: &str = "Default Title";

/// Rows that say all of their variant.
pub(super) struct Shopify<I> {
    rows: I,
    head: Record,
    /// There is a column that says who counts the pieces.
    tracks: bool,
}

impl<R: std::io::Read> Shopify<Table<R>> {
    pub(super) fn new(rows: Table<R>) -> Self {
        let tracks = rows.has(Field::StockTracker);
        Self { rows, head: Record::default(), tracks }
    }
}

impl<I> Shopify<I> {
    /// `None` for a row that only names another picture.
    fn whole(&mut self, mut record: Record) -> Option<Row> {
        let continues = record.text(Field::Group).is_some()
            && record.text(Field::Group) == self.head.text(Field::Group);
        if !continues {
            self.head = record.clone();
        } else if record.value(Field::PriceNow).is_none()
            && record.value(Field::Option1Value).is_none()
        {
            return None;
        }
        for field in SHARED {
            if record.value(field).is_none() {
                record.add_from(&self.head, field);
            }
        }
        if let Some(status) = record.all(Field::Status).find(|status| is_hidden(status.text)) {
            let message = "not on sale in the shop; it is left out";
            let problem = status.problem(record.place, ProblemCode::NotPublished, message);
            return Some(Row::LeftOut(problem.warning()));
        }
        name(&mut record);
        own_id(&mut record);
        stock(&mut record, self.tracks);
        Some(Row::Record(record))
    }
}

impl<I: Iterator<Item = Result<Read, FeedError>>> Iterator for Shopify<I> {
    type Item = Result<Row, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next()? {
                Ok(Ok(record)) => {
                    if let Some(row) = self.whole(record) {
                        return Some(Ok(row));
                    }
                }
                Ok(Err(problem)) => return Some(Ok(Row::Unreadable(problem))),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn is_hidden(status: &str) -> bool {
    matches!(status.to_lowercase().as_str(), "draft" | "archived" | "false" | "unlisted")
}

/// The variant's id, where it has no SKU of its own: the handle and the options.
fn name(record: &mut Record) {
    if record.value(Field::Id).is_some() {
        return;
    }
    let Some(handle) = record.text(Field::Group) else { return };
    let options = OPTIONS.iter().filter_map(|(_, value)| record.text(*value));
    let text = variant_name(handle, options);
    if let Some(column) = record.column(Field::Group) {
        record.add(Field::Id, column, &text);
    }
}

/// What a variant without a SKU is called.
pub(super) fn variant_name<'a>(handle: &'a str, options: impl Iterator<Item = &'a str>) -> String {
    let options = options.filter(|text| *text != ONLY_VARIANT);
    std::iter::once(handle).chain(options).collect::<Vec<_>>().join("/")
}

/// The product's own id instead of its handle, where both are told.
fn own_id(record: &mut Record) {
    if record.value(Field::ProductId).is_some() {
        record.remove(Field::Group);
        record.rename(Field::ProductId, Field::Group);
    }
}

/// Whether it can be bought, as policy and quantity say. `tracks`: the feed says who counts the
/// pieces, so what nobody counts is always sold, whatever its quantity.
fn stock(record: &mut Record, tracks: bool) {
    if record.value(Field::Availability).is_some() {
        record.remove(Field::Stock);
        record.rename(Field::OwnStock, Field::Stock);
        return;
    }
    if tracks && record.value(Field::StockTracker).is_none() {
        record.remove(Field::Stock);
        record.add(Field::Availability, "", "in_stock");
        return;
    }
    let sells_on = record
        .text(Field::StockPolicy)
        .is_some_and(|policy| matches!(policy.to_lowercase().as_str(), "continue" | "true"));
    let (Some(quantity), Some(column)) = (record.text(Field::Stock), record.column(Field::Stock))
    else {
        if sells_on {
            record.add(Field::Availability, "", "in_stock");
        }
        return;
    };
    let left = quantity.parse::<i64>();
    match left {
        Ok(left) if sells_on || left > 0 => {
            record.add(Field::Availability, column, "in_stock");
        }
        Ok(_) => record.add(Field::Availability, column, "out_of_stock"),
        Err(_) => {}
    }
    // What is sold on with none left, or was oversold, has no number of pieces.
    if left.is_ok_and(|left| left < 0 || sells_on) {
        record.remove(Field::Stock);
    }
}

/// Options become colour, size and material, by what the merchant calls them.
pub(super) fn read_options(record: &mut Record) {
    read_listed_options(record);
    for (name, value) in OPTIONS {
        let (Some(name), Some(text)) = (record.text(name), record.text(value)) else {
            continue;
        };
        let Some(field) = option_name(name).map(field_of) else { continue };
        if text != ONLY_VARIANT {
            record.remove(field);
            record.add_again(value, field);
        }
    }
}

/// Options as an object, where no column says the same.
fn read_listed_options(record: &mut Record) {
    let (Some(listed), Some(column)) = (record.text(Field::Options), record.column(Field::Options))
    else {
        return;
    };
    let options: HashMap<String, String> = serde_json::from_str(listed).unwrap_or_default();
    for (name, value) in options {
        let field = option_name(&name).map(field_of);
        if let Some(field) = field.filter(|field| record.value(*field).is_none()) {
            record.add(field, Arc::clone(&column), &value);
        }
    }
}

fn field_of(name: OptionName) -> Field {
    match name {
        OptionName::Colour => Field::Colour,
        OptionName::Size => Field::Size,
        OptionName::Material => Field::Material,
    }
}
