use std::{ops::Range, sync::Arc};

use super::problem::{Place, Problem, ProblemCode};

/// What a column of a feed means, whatever its dialect calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    /// The variant.
    Id,
    /// The product that the variant belongs to.
    Group,
    /// The product's id, where [`Field::Group`] is only a handle for it.
    ProductId,
    Title,
    GroupTitle,
    Description,
    /// A description with tags.
    Html,
    Brand,
    Link,
    Image,
    /// A category of a taxonomy: a path or a number.
    Taxonomy,
    /// A category in the merchant's own words.
    ProductType,
    /// A category of this service.
    Category,
    Sleeve,
    Length,
    Gender,
    AgeGroup,
    Colour,
    /// Colours of this service's palette.
    Palette,
    Size,
    Material,
    Pattern,
    /// The regular price.
    Price,
    /// The lower price that holds now.
    SalePrice,
    /// From when to when [`Field::SalePrice`] holds.
    SaleDates,
    /// What is paid now, where [`Field::ComparePrice`] is the regular price.
    PriceNow,
    ComparePrice,
    Availability,
    Stock,
    /// The pieces in stock as this service counts them, whatever [`Field::Stock`] says.
    OwnStock,
    /// Who counts the pieces; nobody, where it is empty.
    StockTracker,
    /// Whether it can be ordered with none in stock: `continue` or `deny`.
    StockPolicy,
    Gtin,
    Tags,
    /// All tags, as a list in JSON.
    TagList,
    /// Whether the product is sold at all: `active`, `draft`, `archived`, `true`, `false`.
    Status,
    Option1Name,
    Option1Value,
    Option2Name,
    Option2Value,
    Option3Name,
    Option3Value,
    /// Names and values of options, as an object in JSON.
    Options,
}

impl Field {
    /// Whether rows of one product differ in it; the other fields are those of the product.
    pub(super) fn is_of_variant(self) -> bool {
        use Field::*;
        matches!(
            self,
            Id | Colour
                | Palette
                | Size
                | Gtin
                | Price
                | SalePrice
                | SaleDates
                | PriceNow
                | ComparePrice
                | Availability
                | Stock
                | OwnStock
                | StockTracker
                | StockPolicy
                | Option1Value
                | Option2Value
                | Option3Value
                | Options
        )
    }
}

/// One value of a row, with the name that the feed gives its column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value<'a> {
    pub(super) field: Field,
    pub(super) column: &'a str,
    pub(super) text: &'a str,
}

impl Value<'_> {
    /// An error with this value.
    pub(super) fn problem(
        &self,
        place: Place,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Problem {
        Problem::of_value(place, self.column, self.text, code, message)
    }
}

/// A row in the terms of [`Field`]; values that are empty are left out. All texts stand in one, so
/// that a row is read into two pieces of memory, not into two a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) place: Place,
    texts: String,
    values: Vec<Slot>,
}

/// Where the text of a value stands.
#[derive(Debug, Clone)]
struct Slot {
    field: Field,
    column: Arc<str>,
    text: Range<usize>,
}

impl Record {
    pub(super) fn at(place: Place) -> Self {
        Self::with_room(place, 0, 0)
    }

    /// With room for so many values that are so many bytes in all.
    pub(super) fn with_room(place: Place, values: usize, bytes: usize) -> Self {
        let (texts, values) = (String::with_capacity(bytes), Vec::with_capacity(values));
        Self { place, texts, values }
    }

    pub(super) fn add(&mut self, field: Field, column: impl Into<Arc<str>>, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            let begin = self.texts.len();
            self.texts.push_str(text);
            let text = begin..self.texts.len();
            self.values.push(Slot { field, column: column.into(), text });
        }
    }

    /// Adds what another row has of this field.
    pub(super) fn add_from(&mut self, other: &Self, field: Field) {
        for slot in other.values.iter().filter(|slot| slot.field == field) {
            self.add(field, Arc::clone(&slot.column), &other.texts[slot.text.clone()]);
        }
    }

    /// Adds the value of this field as one of another field too.
    pub(super) fn add_again(&mut self, from: Field, to: Field) {
        let slot = self.values.iter().find(|slot| slot.field == from);
        self.values.extend(slot.cloned().map(|slot| Slot { field: to, ..slot }));
    }

    /// The name that the feed gives the column of this field.
    pub(super) fn column(&self, field: Field) -> Option<Arc<str>> {
        let slot = self.values.iter().find(|slot| slot.field == field);
        slot.map(|slot| Arc::clone(&slot.column))
    }

    pub(super) fn remove(&mut self, field: Field) {
        self.values.retain(|slot| slot.field != field);
    }

    pub(super) fn rename(&mut self, from: Field, to: Field) {
        let slots = self.values.iter_mut().filter(|slot| slot.field == from);
        slots.for_each(|slot| slot.field = to);
    }

    /// All but what is the variant's alone.
    pub(super) fn of_product(&self) -> impl Iterator<Item = Value<'_>> {
        let slots = self.values.iter().filter(|slot| !slot.field.is_of_variant());
        slots.map(|slot| self.shown(slot))
    }

    pub(super) fn value(&self, field: Field) -> Option<Value<'_>> {
        self.values.iter().find(|slot| slot.field == field).map(|slot| self.shown(slot))
    }

    pub(super) fn text(&self, field: Field) -> Option<&str> {
        self.value(field).map(|value| value.text)
    }

    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = Value<'_>> {
        self.values.iter().filter(move |slot| slot.field == field).map(|slot| self.shown(slot))
    }

    fn shown<'a>(&'a self, slot: &'a Slot) -> Value<'a> {
        let Slot { field, column, text } = slot;
        Value { field: *field, column, text: &self.texts[text.clone()] }
    }
}
