//! What customers did with an answer, as the merchant's app tells it.

mod retention;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    answers::AnswerId,
    ids::{CustomerId, EventId, OrderId, ProductId},
    money::Money,
    visitor::{Visitor, short_digest},
};

pub use retention::Retention;

/// How far a client's clock may be ahead of ours.
pub const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// How old an event may be when it is told. Raw events are kept for longer, so that one which comes
/// again is known again.
pub const TOLD_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a customer did.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Saw an answer, or a product on its own page.
    View,
    /// Opened a product.
    Click,
    AddToCart,
    /// Bought. An event for each product, or one for the whole order.
    Purchase,
    /// Liked an answer, or a product in it.
    ThumbsUp,
    ThumbsDown,
}

impl EventKind {
    pub const ALL: [Self; 6] = [
        Self::View,
        Self::Click,
        Self::AddToCart,
        Self::Purchase,
        Self::ThumbsUp,
        Self::ThumbsDown,
    ];

    /// As it is written.
    pub const fn id(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Click => "click",
            Self::AddToCart => "add_to_cart",
            Self::Purchase => "purchase",
            Self::ThumbsUp => "thumbs_up",
            Self::ThumbsDown => "thumbs_down",
        }
    }

    /// What [`id`](Self::id) wrote.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    pub const fn of(kind: EventKind) -> Self {
        Self(1 << kind as u8)
    }

    /// As a number, a bit a kind.
    pub fn bits(self) -> i64 {
        i64::from(self.0)
    }

    /// What [`bits`](Self::bits) wrote.
    pub fn of_bits(bits: i64) -> Self {
        Self(u8::try_from(bits).unwrap_or_default())
    }

    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Those that are not in `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.into_iter().filter(move |kind| self.0 & Self::of(*kind).0 != 0)
    }
}

/// One thing that a customer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub kind: EventKind,
    pub at: Timestamp,
    /// The answer that it came of.
    pub answer: Option<AnswerId>,
    pub product: Option<ProductId>,
    /// Where the product stood in the answer, from 0.
    pub position: Option<u32>,
    /// Only of customers who agreed.
    pub customer: Option<CustomerId>,
    pub visitor: Option<Visitor>,
    /// What was paid; of purchases alone.
    pub value: Option<Money>,
    pub order: Option<OrderId>,
}

/// Why an event is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    #[error(
        "its time is ahead of ours by more than 10 minutes; set the clock, and send the time with its offset from UTC"
    )]
    TimeFuture,
    #[error("it happened more than 30 days ago; send events within 30 days")]
    TimeOld,
    #[error("it names both a look and a search; send `look_id` or `search_id`")]
    AnswerAmbiguous,
    #[error(
        "it does not say what it is about; send `look_id` or `search_id`, or for a view `product_id`"
    )]
    AnswerMissing,
    #[error("it names no product; send `product_id`")]
    ProductMissing,
    #[error("a purchase needs `value` and `order_id`; send what was paid and the shop's order")]
    PurchaseIncomplete,
    #[error("`value` and `order_id` are of purchases alone; leave them out")]
    ValueUnexpected,
    #[error("its value is no price: {0}")]
    ValueInvalid(String),
}

impl EventError {
    /// For programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimeFuture => "time_future",
            Self::TimeOld => "time_old",
            Self::AnswerAmbiguous => "answer_ambiguous",
            Self::AnswerMissing => "answer_missing",
            Self::ProductMissing => "product_missing",
            Self::PurchaseIncomplete => "purchase_incomplete",
            Self::ValueUnexpected => "value_unexpected",
            Self::ValueInvalid(_) => "value_invalid",
        }
    }
}

impl Event {
    /// Whether it can be taken at this time.
    pub fn check(&self, now: Timestamp) -> Result<(), EventError> {
        let age = now.duration_since(self.at);
        if age < -AHEAD {
            return Err(EventError::TimeFuture);
        }
        if age > TOLD_WITHIN {
            return Err(EventError::TimeOld);
        }
        match self.kind {
            EventKind::View if self.answer.is_none() && self.product.is_none() => {
                return Err(EventError::AnswerMissing);
            }
            EventKind::ThumbsUp | EventKind::ThumbsDown if self.answer.is_none() => {
                return Err(EventError::AnswerMissing);
            }
            EventKind::Click | EventKind::AddToCart if self.product.is_none() => {
                return Err(EventError::ProductMissing);
            }
            _ => {}
        }
        match (self.kind == EventKind::Purchase, self.value, &self.order) {
            (true, Some(value), Some(_)) => {
                // In writing, its range is checked.
                let written = value.to_string().parse::<Money>();
                written.map(drop).map_err(|error| EventError::ValueInvalid(error.to_string()))
            }
            (true, ..) => Err(EventError::PurchaseIncomplete),
            (false, None, None) => Ok(()),
            (false, ..) => Err(EventError::ValueUnexpected),
        }
    }

    /// What it is known again by: 32 hexadecimal digits, which stay when all else of an event is
    /// taken away.
    pub fn key(&self) -> String {
        short_digest(&[self.id.as_str()])
    }
}

/// What became of events that were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub new: u64,
    /// Known already, and counted no second time.
    pub repeated: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::told;

    fn refused(change: impl Fn(&mut Event)) -> Result<(), EventError> {
        let mut event = told::purchase("e");
        change(&mut event);
        event.check(told::now())
    }

    #[test]
    fn an_event_is_refused_for_what_it_lacks_and_for_its_time() {
        let at = |by: SignedDuration| told::now() + by;
        assert_eq!(refused(|_| {}), Ok(()));
        assert_eq!(refused(|event| event.at = at(AHEAD)), Ok(()));
        let beyond = AHEAD + SignedDuration::from_millis(1);
        assert_eq!(refused(|event| event.at = at(beyond)), Err(EventError::TimeFuture));
        assert_eq!(refused(|event| event.at = at(-TOLD_WITHIN)), Ok(()));
        let before = -TOLD_WITHIN - SignedDuration::from_millis(1);
        assert_eq!(refused(|event| event.at = at(before)), Err(EventError::TimeOld));
        assert_eq!(refused(|event| event.order = None), Err(EventError::PurchaseIncomplete));
        assert_eq!(refused(|event| event.value = None), Err(EventError::PurchaseIncomplete));
        assert_eq!(
            refused(|event| event.kind = EventKind::Click),
            Err(EventError::ValueUnexpected)
        );
        let negative = refused(|event| {
            event.value = event.value.map(|value| Money { amount: -1, ..value });
        });
        assert!(matches!(negative, Err(EventError::ValueInvalid(_))), "{negative:?}");
        let bare = |event: &mut Event, kind| {
            (event.kind, event.value, event.order) = (kind, None, None);
            (event.answer, event.product) = (None, None);
        };
        assert_eq!(refused(|event| bare(event, EventKind::View)), Err(EventError::AnswerMissing));
        assert_eq!(
            refused(|event| bare(event, EventKind::ThumbsUp)),
            Err(EventError::AnswerMissing)
        );
        assert_eq!(
            refused(|event| bare(event, EventKind::AddToCart)),
            Err(EventError::ProductMissing)
        );
    }

    #[test]
    fn a_set_of_kinds_holds_each_once() {
        let mut kinds = Kinds::default();
        for kind in [EventKind::Click, EventKind::Purchase, EventKind::Click] {
            kinds.add(Kinds::of(kind));
        }
        assert_eq!(kinds.iter().collect::<Vec<_>>(), [EventKind::Click, EventKind::Purchase]);
        assert_eq!(Kinds::of_bits(kinds.bits()), kinds);
        let left = kinds.without(Kinds::of(EventKind::Click));
        assert_eq!(left, Kinds::of(EventKind::Purchase));
    }
}
