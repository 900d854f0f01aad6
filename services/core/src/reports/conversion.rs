use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Day, Days, Family, Rate, Totals, overview::totals};
use crate::{
    events::EventKind,
    ids::MerchantId,
    money::{Currency, Money},
    ports::{Events, StoreError},
};

/// How far answers led.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ConversionReport)]
pub struct Conversion {
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    pub looks: Steps,
    pub searches: Steps,
    /// All events that happened on these days, whether they name an answer or not.
    pub events: EventTotals,
    /// What purchases of these days came to, for each currency.
    pub paid: Vec<Paid>,
}

/// Shares of answers, each of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = ConversionSteps)]
pub struct Steps {
    pub answers: u64,
    pub matched: Rate,
    pub clicked: Rate,
    pub added_to_cart: Rate,
    pub purchased: Rate,
    /// Of the answers that were judged, those with a thumb up.
    pub liked: Rate,
}

/// How many events there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventTotals {
    pub view: u64,
    pub click: u64,
    pub add_to_cart: u64,
    pub purchase: u64,
    pub thumbs_up: u64,
    pub thumbs_down: u64,
}

/// What was paid in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Paid {
    pub all: Money,
    /// In purchases that name a look or a search.
    pub after_answers: Money,
}

impl From<Totals> for Steps {
    fn from(totals: Totals) -> Self {
        let of = |hits| Rate::of(hits, totals.answers);
        Self {
            answers: totals.answers,
            matched: of(totals.matched),
            clicked: of(totals.clicked),
            added_to_cart: of(totals.added_to_cart),
            purchased: of(totals.purchased),
            liked: Rate::of(totals.liked, totals.liked + totals.disliked),
        }
    }
}

impl Conversion {
    pub async fn of(
        events: &dyn Events,
        merchant: &MerchantId,
        days: Days,
    ) -> Result<Self, StoreError> {
        let [looks, searches] = totals(events, merchant, days).await?;
        let mut happened = EventTotals::default();
        let mut paid: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (count, many) in events.counts(merchant, Family::Events, days).await? {
            match count {
                Count::Events(EventKind::View) => happened.view = many,
                Count::Events(EventKind::Click) => happened.click = many,
                Count::Events(EventKind::AddToCart) => happened.add_to_cart = many,
                Count::Events(EventKind::Purchase) => happened.purchase = many,
                Count::Events(EventKind::ThumbsUp) => happened.thumbs_up = many,
                Count::Events(EventKind::ThumbsDown) => happened.thumbs_down = many,
                Count::Paid(currency) => paid.entry(currency).or_default().0 = many,
                Count::PaidAfterAnswer(currency) => paid.entry(currency).or_default().1 = many,
                _ => {}
            }
        }
        let money = |amount: u64, currency| Money {
            amount: i64::try_from(amount).unwrap_or(i64::MAX),
            currency,
        };
        let paid = paid.into_iter().filter_map(|(code, (all, after))| {
            let currency: Currency = code.parse().ok()?;
            Some(Paid { all: money(all, currency), after_answers: money(after, currency) })
        });
        Ok(Self {
            from: days.first,
            to: days.last,
            looks: looks.into(),
            searches: searches.into(),
            events: happened,
            paid: paid.collect(),
        })
    }
}
