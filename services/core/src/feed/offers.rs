//! A feed of prices and stock alone: one variant a row, by its id, in a table or JSON lines with
//! Google's names for the columns.

use std::io::{self, BufReader};

use jiff::Timestamp;

use super::{
    FeedError, Records,
    assemble::{pieces, prices},
    begin,
    beginning::{Beginning, Written},
    below, json,
    problem::{Place, Problem, ProblemCode},
    record::{Field, Record, Value},
    table::Table,
    words,
};
use crate::{
    ids::VariantId,
    money::{Currency, Money},
    product::{OfferChange, OfferPatch},
};

/// One step through a feed of offers.
#[derive(Debug, Clone, PartialEq)]
pub enum OfferTaken {
    Change {
        place: Place,
        change: OfferChange,
    },
    /// A row that can not be taken.
    Refused(Vec<Problem>),
}

/// The changes of a feed of offers.
pub struct OfferFeed<'a> {
    rows: Records<'a>,
    currency: Option<Currency>,
    now: Timestamp,
}

impl<'a> OfferFeed<'a> {
    /// Begins to read: packed or not, in whatever encoding. `currency` is that of prices which
    /// name none.
    pub fn open(
        bytes: impl io::Read + Send + 'a,
        currency: Option<Currency>,
    ) -> Result<Self, FeedError> {
        let (head, text) = begin(bytes)?;
        let Beginning { dialect, written, above } = Beginning::of_offers(&head);
        let text = below(text, &above)?;
        let rows: Records<'a> = match written {
            Written::Lines => Box::new(json::rows(BufReader::new(text), json::google)),
            _ => Box::new(Table::new(text, &head[above.bytes..], &above, dialect)?),
        };
        let strays = above.strays.into_iter().map(|stray| Ok(Err(stray)));
        Ok(Self { rows: Box::new(strays.chain(rows)), currency, now: Timestamp::now() })
    }
}

impl Iterator for OfferFeed<'_> {
    type Item = Result<OfferTaken, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        let taken = match self.rows.next()? {
            Err(error) => return Some(Err(error)),
            Ok(Ok(record)) => read(&record, self.currency, self.now),
            Ok(Err(problem)) => OfferTaken::Refused(vec![problem]),
        };
        Some(Ok(taken))
    }
}

fn nothing(place: Place) -> Problem {
    let message = "says neither price nor stock; write price, sale_price, availability or quantity";
    Problem::of_row(place, ProblemCode::OfferEmpty, message)
}

/// What stands in the row holds, the rest stays; a price without a sale price that is on ends a
/// sale.
fn read(record: &Record, currency: Option<Currency>, now: Timestamp) -> OfferTaken {
    let mut problems = Vec::new();
    let mut tell = |value: Option<Value<'_>>, code, message: String| {
        problems.push(match value {
            Some(value) => value.problem(record.place, code, message),
            None => Problem::of_column(record.place, "id", code, message),
        });
    };
    let id = record.value(Field::Id);
    let variant = match VariantId::new(id.map_or("", |value| value.text)) {
        Ok(variant) => Some(variant),
        Err(error) => {
            tell(id, ProblemCode::IdInvalid, error.to_string());
            None
        }
    };
    let mut money = |field: Field, text: &str| {
        let value = record.value(field)?;
        let read = text.parse::<Money>();
        read.map_err(|error| tell(Some(value), ProblemCode::PriceInvalid, error.to_string())).ok()
    };
    let (price_text, sale_text) = prices(record, currency, now);
    let price = money(Field::Price, &price_text);
    let sale = sale_text.and_then(|text| money(Field::SalePrice, &text));
    let said = record.value(Field::Availability);
    let availability = said.and_then(|value| words::availability(value.text));
    if said.is_some() && availability.is_none() {
        let message = "not understood; write in_stock or out_of_stock";
        tell(said, ProblemCode::AvailabilityUnknown, message.into());
    }
    let counted = record.value(Field::Stock);
    let stock = counted.and_then(|value| pieces(value.text));
    if counted.is_some() && stock.is_none() {
        tell(counted, ProblemCode::StockInvalid, "stock is a whole number from 0".into());
    }
    let sale_price = match (price, sale) {
        (_, Some(sale)) => Some(Some(sale)),
        (Some(_), None) => Some(None),
        (None, None) => None,
    };
    let patch = OfferPatch { price, sale_price, availability, stock: stock.map(Some) };
    if problems.is_empty() && patch == OfferPatch::default() {
        problems.push(nothing(record.place));
    }
    match variant {
        Some(variant) if problems.is_empty() => {
            OfferTaken::Change { place: record.place, change: OfferChange { variant, patch } }
        }
        _ => OfferTaken::Refused(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Availability;

    fn read_all(text: &str) -> Vec<OfferTaken> {
        OfferFeed::open(text.as_bytes(), None).unwrap().map(|taken| taken.unwrap()).collect()
    }

    fn codes(taken: &OfferTaken) -> Vec<(&str, &str)> {
        match taken {
            OfferTaken::Change { .. } => Vec::new(),
            OfferTaken::Refused(problems) => problems
                .iter()
                .map(|problem| (problem.code.as_str(), problem.column.as_str()))
                .collect(),
        }
    }

    fn patch(taken: &OfferTaken) -> &OfferPatch {
        match taken {
            OfferTaken::Change { change, .. } => &change.patch,
            OfferTaken::Refused(problems) => panic!("{problems:?}"),
        }
    }

    #[test]
    fn a_table_and_lines_say_the_same() {
        let table = "id,price,sale_price,availability,quantity\n\
                     a,10.00 EUR,8.00 EUR,in stock,3\nb,,,out_of_stock,\nc,10.00 EUR,,,\n";
        let lines = r#"{"id":"a","price":"10.00 EUR","sale_price":"8.00 EUR","availability":"in_stock","quantity":3}
{"id":"b","availability":"out_of_stock"}
{"id":"c","price":"10.00 EUR"}"#;
        let table = read_all(table);
        let patches = |all: &[OfferTaken]| all.iter().map(patch).cloned().collect::<Vec<_>>();
        assert_eq!(patches(&table), patches(&read_all(lines)));
        let money = |text: &str| text.parse::<Money>().unwrap();
        let first = OfferPatch {
            price: Some(money("10.00 EUR")),
            sale_price: Some(Some(money("8.00 EUR"))),
            availability: Some(Availability::InStock),
            stock: Some(Some(3)),
        };
        assert_eq!(*patch(&table[0]), first);
        assert_eq!(patch(&table[1]).sale_price, None, "what is not said stays");
        assert_eq!(patch(&table[2]).sale_price, Some(None), "a price alone ends a sale");
    }

    #[test]
    fn a_row_that_is_wrong_is_told_by_column() {
        let table = "id,price,availability,quantity\n,10.00 EUR,,\na,ten,,\nb,,maybe,-1\nc,,,\n";
        let told = read_all(table);
        let told: Vec<_> = told.iter().map(codes).collect();
        assert_eq!(
            told,
            [
                vec![("id_invalid", "id")],
                vec![("price_invalid", "price")],
                vec![("availability_unknown", "availability"), ("stock_invalid", "quantity")],
                vec![("offer_empty", "")],
            ]
        );
    }
}
