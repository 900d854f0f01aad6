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

/// One value of a row, with the name that the feed gives its column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) field: Field,
    pub(super) column: String,
    pub(super) text: String,
}

impl Value {
    /// An error with this value.
    pub(super) fn problem(
        &self,
        place: Place,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Problem {
        Problem::of_value(place, &self.column, &self.text, code, message)
    }
}

/// A row in the terms of [`Field`]; values that are empty are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Record {
    pub(super) place: Place,
    pub(super) values: Vec<Value>,
}

impl Record {
    pub(super) fn at(place: Place) -> Self {
        Self { place, values: Vec::new() }
    }

    pub(super) fn add(&mut self, field: Field, column: impl Into<String>, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.values.push(Value { field, column: column.into(), text: text.to_owned() });
        }
    }

    pub(super) fn value(&self, field: Field) -> Option<&Value> {
        self.values.iter().find(|value| value.field == field)
    }

    pub(super) fn text(&self, field: Field) -> Option<&str> {
        self.value(field).map(|value| value.text.as_str())
    }

    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.field == field)
    }
}
