//! In what order products are listed, and where a page begins.

use serde::{Deserialize, Serialize};

use super::{SearchRequest, candidates::Candidate};
use crate::{
    ids::{ProductId, SearchId},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What products are put in order by; those that are equal by it, by their ids.
    Sort {
        Relevance = "relevance", "relevance";
        PriceAsc = "price_asc", "the lowest price first";
        PriceDesc = "price_desc", "the highest price first";
        Name = "name", "name";
    }
}

/// A place in the order; no two products have the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    key: Key,
    id: ProductId,
}

/// What decides first. Prices of several currencies are not compared: each comes by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    /// By a rule: before all others.
    Pinned(usize),
    Worth(i64),
    Price(String, i64),
    Name(String),
}

impl Candidate {
    pub(super) fn place(&self, sort: Sort) -> Place {
        let price = self.found.price;
        let key = match sort {
            Sort::Relevance => self.pinned.map_or_else(|| worth(self.worth), Key::Pinned),
            Sort::PriceAsc => Key::Price(price.currency.to_string(), price.amount),
            Sort::PriceDesc => Key::Price(price.currency.to_string(), -price.amount),
            Sort::Name => Key::Name(self.found.title.to_lowercase()),
        };
        Place { key, id: self.found.product_id.clone() }
    }
}

/// Whole millionths: what differs by less was computed in another order.
fn worth(worth: f32) -> Key {
    Key::Worth(-(f64::from(worth) * 1e6).round() as i64)
}

pub(super) fn sort(candidates: &mut [Candidate], sort: Sort) {
    candidates.sort_by_cached_key(|candidate| candidate.place(sort));
}

/// Where a page begins. It is good for the search that it came from alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    search: SearchId,
    /// A hash of what was asked.
    asked: String,
    /// The last product that was looked at before, where the catalog is walked through.
    from: Option<ProductId>,
    after: Option<Place>,
}

impl Cursor {
    pub(super) fn new(
        request: &SearchRequest,
        search: SearchId,
        from: Option<ProductId>,
        after: Option<Place>,
    ) -> Self {
        Self { search, asked: asked(request), from, after }
    }

    pub(super) fn fits(&self, request: &SearchRequest) -> bool {
        self.asked == asked(request)
    }

    pub(super) fn search(&self) -> SearchId {
        self.search
    }

    pub(super) fn from(&self) -> Option<&ProductId> {
        self.from.as_ref()
    }

    pub(super) fn after(&self) -> Option<&Place> {
        self.after.as_ref()
    }
}

/// All that decides what is listed and in what order: a cursor of another question would repeat
/// products or leave some out.
fn asked(request: &SearchRequest) -> String {
    let photo = request.photo.as_ref().map(|photo| photo.id());
    let SearchRequest { text, filters, sort, deduplicate, .. } = request;
    let said = serde_json::json!([text, photo, filters, sort, deduplicate]);
    blake3::hash(said.to_string().as_bytes()).to_hex()[..16].to_owned()
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| std::fmt::Error)?;
        out.write_str(&text)
    }
}

impl std::str::FromStr for Cursor {
    type Err = serde_json::Error;
    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}
