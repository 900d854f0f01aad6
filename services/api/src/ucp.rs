//! The catalog in the shapes of the Universal Commerce Protocol, version 2026-04-08
//! (<https://ucp.dev>): how shopping agents of any make search, look up and choose.

mod choice;
mod get_product;
mod ids;
mod lookup_catalog;
mod search_catalog;
mod shapes;

use serde::de::DeserializeOwned;
use serde_json::Value;
use vitrine_core::{filter::Filters, money::Money};

pub(crate) use get_product::get_product;
pub(crate) use lookup_catalog::lookup_catalog;
pub(crate) use search_catalog::search_catalog;
pub(crate) use shapes::{Detail, Found, UcpGetProduct, UcpLookup, UcpSearch};

use crate::{
    body::described_by,
    problem::{Problem, shown},
    problems::Code,
};
use shapes::{Context, Message, SearchFilters};

/// The version that is spoken.
pub(crate) const VERSION: &str = "2026-04-08";
pub(crate) const SEARCH: &str = "dev.ucp.shopping.catalog.search";
pub(crate) const LOOKUP: &str = "dev.ucp.shopping.catalog.lookup";

/// A request whose objects are objects: a list of their values would be taken for one too.
pub(crate) fn read<T: DeserializeOwned>(body: Value) -> Result<T, Problem> {
    let selected = body["selected"].as_array().into_iter().flatten();
    let objects = ["/context", "/filters", "/filters/price", "/pagination"];
    let objects = objects.iter().filter_map(|place| body.pointer(place));
    if let Some(other) = objects.chain(selected).chain([&body]).find(|value| value.is_array()) {
        let detail = format!("This must be an object: {}", shown(&other.to_string()));
        return Err(Problem::new(Code::UcpInvalid, detail));
    }
    described_by(body, Code::UcpInvalid)
}

/// Filters in our own words.
struct Asked {
    filters: Filters,
    /// What of them could not be understood.
    messages: Vec<Message>,
    /// Only categories are asked for that there are none of.
    excludes_all: bool,
}

fn asked(filters: &SearchFilters, context: &Context) -> Result<Asked, Problem> {
    let mut messages = Vec::new();
    let mut categories = Vec::new();
    for value in &filters.categories {
        match value.parse() {
            Ok(category) => categories.push(category),
            Err(_) => messages.push(Message::info("unknown_category", value.clone())),
        }
    }
    let excludes_all = categories.is_empty() && !filters.categories.is_empty();
    let mut wanted = Filters { categories, ..Filters::default() };
    if let Some(price) = filters.price {
        let [min, max] = [price.min, price.max].map(|amount| amount.map(i64::try_from).transpose());
        let too_much =
            |_| Problem::of_field(Code::UcpInvalid, "filters.price", "This is more than there is");
        let (min, max) = (min.map_err(too_much)?, max.map_err(too_much)?);
        let currency = context.currency.as_deref().map(str::parse).transpose();
        let currency = currency.map_err(|_| {
            let detail = "This is not an ISO 4217 currency code";
            Problem::of_field(Code::UcpInvalid, "context.currency", detail)
        })?;
        match currency {
            Some(currency) => {
                let money = |amount: i64| Money { amount, currency };
                wanted.min_price = min.map(money);
                wanted.max_price = max.map(money);
            }
            None => messages.push(Message::info(
                "price_filter_ignored",
                "A price filter needs context.currency, the currency that it is in",
            )),
        }
    }
    Ok(Asked { filters: wanted, messages, excludes_all })
}
