use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Day, Days, Family, Rate};
use crate::{
    ids::MerchantId,
    ports::{Events, StoreError},
    vocabulary::{Category, Colour},
};

/// The most kinds of garments that a list names.
const NAMED: usize = 50;

/// What customers looked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = QueriesReport)]
pub struct Queries {
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// Garments that products were sought for, and those with a match among them.
    pub garments: Rate,
    /// Garments that most often had no match, the most frequent first: what is sought and not
    /// sold.
    #[schema(max_items = 50)]
    pub unmatched: Vec<SoughtGarment>,
    /// Garments that were sought most often, the most frequent first.
    #[schema(max_items = 50)]
    pub sought: Vec<SoughtGarment>,
}

/// Garments of one kind and main colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SoughtGarment {
    pub category: Category,
    /// Null where none was told.
    pub colour: Option<Colour>,
    /// How many there were.
    pub garments: u64,
    /// How many of them had no match.
    pub unmatched: u64,
}

impl Queries {
    pub async fn of(
        events: &dyn Events,
        merchant: &MerchantId,
        days: Days,
    ) -> Result<Self, StoreError> {
        let mut kinds: BTreeMap<(Category, Option<Colour>), (u64, u64)> = BTreeMap::new();
        for (count, many) in events.counts(merchant, Family::Garments, days).await? {
            match count {
                Count::Garments(category, colour) => {
                    kinds.entry((category, colour)).or_default().0 = many;
                }
                Count::Unmatched(category, colour) => {
                    kinds.entry((category, colour)).or_default().1 = many;
                }
                _ => {}
            }
        }
        let kinds: Vec<SoughtGarment> = kinds
            .into_iter()
            .map(|((category, colour), (garments, unmatched))| SoughtGarment {
                category,
                colour,
                garments,
                unmatched,
            })
            .collect();
        let all: u64 = kinds.iter().map(|kind| kind.garments).sum();
        let without: u64 = kinds.iter().map(|kind| kind.unmatched).sum();
        Ok(Self {
            from: days.first,
            to: days.last,
            garments: Rate::of(all.saturating_sub(without), all),
            unmatched: most(&kinds, |kind| kind.unmatched),
            sought: most(&kinds, |kind| kind.garments),
        })
    }
}

/// Those with the most; of as many, in the order of the vocabulary.
fn most(kinds: &[SoughtGarment], many: fn(&SoughtGarment) -> u64) -> Vec<SoughtGarment> {
    let mut kinds: Vec<SoughtGarment> =
        kinds.iter().filter(|kind| many(kind) > 0).copied().collect();
    kinds.sort_by_key(|kind| Reverse(many(kind)));
    kinds.truncate(NAMED);
    kinds
}
