//! An event as it is sent and told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    answers::AnswerId,
    events::{Event, EventError, EventKind},
    ids::{CustomerId, EventId, LookId, MerchantId, OrderId, ProductId, SearchId, VisitorId},
    money::Money,
    visitor::Visitor,
};

/// Something that a customer did.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event)]
pub(crate) struct EventLine {
    /// Chosen by who sends it, and the same each time that it is sent: a UUID is best.
    pub id: EventId,
    pub kind: EventKind,
    /// When it happened, with an offset from UTC (RFC 3339).
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T12:00:00Z")]
    pub time: Timestamp,
    /// The look that it came of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    look_id: Option<LookId>,
    /// The search that it came of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    search_id: Option<SearchId>,
    /// What a click, or what was put in the cart or bought, is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    product_id: Option<ProductId>,
    /// Where the product stood in the answer, from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    position: Option<u32>,
    /// Kept where the customer agreed to that before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    customer_id: Option<CustomerId>,
    /// The device or session, as with the photo. Kept as a hash, and not told again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    visitor_id: Option<VisitorId>,
    /// What was paid; a purchase has it, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    value: Option<Money>,
    /// The shop's order; a purchase has it, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    order_id: Option<OrderId>,
}

impl EventLine {
    /// The event, if it can be taken now.
    pub(crate) fn event(self, merchant: &MerchantId, now: Timestamp) -> Result<Event, EventError> {
        let answer = match (self.look_id, self.search_id) {
            (Some(_), Some(_)) => return Err(EventError::AnswerAmbiguous),
            (Some(look), None) => Some(AnswerId::Look(look)),
            (None, Some(search)) => Some(AnswerId::Search(search)),
            (None, None) => None,
        };
        let event = Event {
            id: self.id,
            kind: self.kind,
            at: self.time,
            answer,
            product: self.product_id,
            position: self.position,
            customer: self.customer_id,
            visitor: self.visitor_id.map(|visitor| Visitor::new(merchant, &visitor)),
            value: self.value,
            order: self.order_id,
        };
        event.check(now)?;
        Ok(event)
    }
}

impl From<Event> for EventLine {
    fn from(event: Event) -> Self {
        let (look_id, search_id) = match event.answer {
            Some(AnswerId::Look(look)) => (Some(look), None),
            Some(AnswerId::Search(search)) => (None, Some(search)),
            None => (None, None),
        };
        Self {
            id: event.id,
            kind: event.kind,
            time: event.at,
            look_id,
            search_id,
            product_id: event.product,
            position: event.position,
            customer_id: event.customer,
            visitor_id: None,
            value: event.value,
            order_id: event.order,
        }
    }
}
