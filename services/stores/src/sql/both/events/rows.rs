//! Events and counts as they are kept.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use vitrine_core::{
    answers::{AnswerId, AnswerKind},
    events::{Event, EventKind, Kinds},
    ids::{CustomerId, MerchantId},
    money::Money,
    ports::StoreError,
    reports::{Count, Day},
    visitor::Visitor,
};

use super::{
    super::{catalog, corrupt, time},
    Connection, failed, json, sql,
};

/// An event as its columns.
#[derive(Serialize, sqlx::FromRow)]
pub(in crate::sql) struct EventRow {
    key: String,
    kind: String,
    at: i64,
    answer_kind: Option<String>,
    answer: Option<String>,
    id: Option<String>,
    product: Option<String>,
    position: Option<i64>,
    customer: Option<String>,
    visitor: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    order_id: Option<String>,
}

impl EventRow {
    fn of(event: &Event) -> Self {
        Self {
            key: event.key(),
            kind: event.kind.id().to_owned(),
            at: event.at.as_millisecond(),
            answer_kind: event.answer.map(|answer| answer.kind().id().to_owned()),
            answer: event.answer.map(|answer| answer.uuid().to_string()),
            id: Some(event.id.to_string()),
            product: event.product.as_ref().map(ToString::to_string),
            position: event.position.map(i64::from),
            customer: event.customer.as_ref().map(ToString::to_string),
            visitor: event.visitor.as_ref().map(|visitor| visitor.as_str().to_owned()),
            amount: event.value.map(|value| value.amount),
            currency: event.value.map(|value| value.currency.to_string()),
            order_id: event.order.as_ref().map(ToString::to_string),
        }
    }
}

/// What was kept, of an event of which nothing was taken away.
pub(in crate::sql) fn event_of(row: EventRow) -> Result<Event, StoreError> {
    let odd = |what: &str| corrupt(format!("an event's {what} can not be read"));
    let answer = match (row.answer_kind, row.answer) {
        (Some(kind), Some(id)) => Some(answer_id(&kind, &id)?),
        _ => None,
    };
    let value = match (row.amount, row.currency) {
        (Some(amount), Some(currency)) => {
            let currency = currency.parse().map_err(|_| odd("currency"))?;
            Some(Money { amount, currency })
        }
        _ => None,
    };
    Ok(Event {
        id: catalog::id(row.id.unwrap_or_default())?,
        kind: kind(&row.kind)?,
        at: time(row.at)?,
        answer,
        product: row.product.map(catalog::id).transpose()?,
        position: row.position.map(u32::try_from).transpose().map_err(|_| odd("position"))?,
        customer: row.customer.map(catalog::id).transpose()?,
        visitor: row.visitor.map(Visitor::kept),
        value,
        order: row.order_id.map(catalog::id).transpose()?,
    })
}

pub(super) fn kind(id: &str) -> Result<EventKind, StoreError> {
    EventKind::of_id(id).ok_or_else(|| corrupt(format!("`{id}` is no kind of events")))
}

pub(super) fn answer_id(kind: &str, id: &str) -> Result<AnswerId, StoreError> {
    let kind = AnswerKind::of_id(kind);
    let id = id.parse().ok();
    let known = kind.zip(id).map(|(kind, id)| AnswerId::new(kind, id));
    known.ok_or_else(|| corrupt("an answer's id can not be read"))
}

/// Those that were not told before, each once.
pub(super) async fn unknown(
    connection: &mut Connection,
    merchant: &MerchantId,
    events: Vec<Event>,
) -> Result<Vec<Event>, StoreError> {
    let keys: Vec<String> = events.iter().map(Event::key).collect();
    let known: Vec<String> = sqlx::query_scalar(sql::KNOWN)
        .bind(merchant.as_str())
        .bind(json(&keys)?)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let mut known: HashSet<String> = known.into_iter().collect();
    let keyed = events.into_iter().zip(keys);
    Ok(keyed.filter_map(|(event, key)| known.insert(key).then_some(event)).collect())
}

/// The same events, parted from customers who did not agree when they happened.
pub(super) async fn without_who_does_not_agree(
    connection: &mut Connection,
    merchant: &MerchantId,
    mut events: Vec<Event>,
) -> Result<Vec<Event>, StoreError> {
    let named: BTreeSet<&CustomerId> =
        events.iter().filter_map(|event| event.customer.as_ref()).collect();
    if named.is_empty() {
        return Ok(events);
    }
    let agreed: Vec<(String, i64)> = sqlx::query_as(sql::AGREED)
        .bind(merchant.as_str())
        .bind(json(&named)?)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let agreed: BTreeMap<String, i64> = agreed.into_iter().collect();
    for event in &mut events {
        let at = event.at.as_millisecond();
        let since = |id: &CustomerId| agreed.get(id.as_str()).is_some_and(|since| *since <= at);
        event.customer = event.customer.take().filter(since);
    }
    Ok(events)
}

pub(super) async fn put(
    connection: &mut Connection,
    merchant: &MerchantId,
    events: &[Event],
) -> Result<(), StoreError> {
    let rows: Vec<EventRow> = events.iter().map(EventRow::of).collect();
    let query = sqlx::query(sql::PUT_EVENTS).bind(merchant.as_str()).bind(json(&rows)?);
    query.execute(connection).await.map(drop).map_err(failed)
}

/// The kinds of events that answers had.
pub(super) async fn of_answers(
    connection: &mut Connection,
    merchant: &MerchantId,
    answers: &BTreeSet<AnswerId>,
) -> Result<BTreeMap<AnswerId, Kinds>, StoreError> {
    let ids: Vec<String> = answers.iter().map(|id| id.uuid().to_string()).collect();
    let rows: Vec<(String, String, String)> = sqlx::query_as(sql::OF_ANSWERS)
        .bind(merchant.as_str())
        .bind(json(&ids)?)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let mut had: BTreeMap<AnswerId, Kinds> = BTreeMap::new();
    for (of, id, event) in rows {
        had.entry(answer_id(&of, &id)?).or_default().add(Kinds::of(kind(&event)?));
    }
    Ok(had)
}

/// When visitors last had an event of each kind.
pub(super) async fn of_visitors(
    connection: &mut Connection,
    merchant: &MerchantId,
    visitors: &BTreeSet<Visitor>,
) -> Result<Vec<(Visitor, EventKind, Timestamp)>, StoreError> {
    if visitors.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, i64)> = sqlx::query_as(sql::OF_VISITORS)
        .bind(merchant.as_str())
        .bind(json(visitors)?)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    rows.into_iter()
        .map(|(visitor, event, last)| Ok((Visitor::kept(visitor), kind(&event)?, time(last)?)))
        .collect()
}

/// Something to be added to what was counted.
#[derive(Serialize)]
pub(super) struct CountRow {
    family: &'static str,
    day: i64,
    what: String,
    many: i64,
}

impl CountRow {
    pub(super) fn of((day, count, many): (Day, &Count, u64)) -> Result<Self, StoreError> {
        Ok(Self {
            family: count.family().id(),
            day: day.0,
            what: json(count)?,
            many: i64::try_from(many).unwrap_or(i64::MAX),
        })
    }
}
