//! The catalog in the shapes of the Universal Commerce Protocol, version 2026-04-08
//! (<https://ucp.dev>): how shopping agents of any make search, look up and choose.

mod choice;
mod shapes;

use vitrine_core::{filter::Filters, money::Money};

pub(crate) use choice::{choose, open};
pub(crate) use shapes::{
    Chosen, Detail, Envelope, Found, Input, Message, Pagination, UcpGetProduct, UcpLookup,
    UcpProduct, UcpSearch, in_order_of,
};

use crate::{problem::Problem, problems::Code};
use shapes::{Context, SearchFilters};

/// The version that is spoken.
pub(crate) const VERSION: &str = "2026-04-08";
pub(crate) const SEARCH: &str = "dev.ucp.shopping.catalog.search";
pub(crate) const LOOKUP: &str = "dev.ucp.shopping.catalog.lookup";

/// Filters in our own words.
pub(crate) struct Asked {
    pub(crate) filters: Filters,
    /// What of them could not be understood.
    pub(crate) messages: Vec<Message>,
    /// Only categories are asked for that there are none of.
    pub(crate) excludes_all: bool,
}

pub(crate) fn asked(filters: &SearchFilters, context: &Context) -> Result<Asked, Problem> {
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
