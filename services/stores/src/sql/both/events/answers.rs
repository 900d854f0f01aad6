//! What is known of single answers: when, to whom, and which kinds of events came of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use vitrine_core::{
    answers::{AnswerId, AnswerRecord},
    events::Kinds,
    experiments::Served,
    ids::MerchantId,
    ports::StoreError,
    visitor::Visitor,
};

use super::{
    super::{parsed, time},
    Connection, failed, json,
    rows::answer_id,
    sql,
};

/// An answer.
pub(super) struct Answered {
    pub(super) at: Timestamp,
    pub(super) visitor: Option<Visitor>,
    pub(super) served: Vec<Served>,
    events: Kinds,
    /// Whether it is to be kept anew.
    pub(super) changed: bool,
}

impl Answered {
    pub(super) fn new(answer: &AnswerRecord, events: Kinds) -> Self {
        let (visitor, served) = (answer.visitor.clone(), answer.served.clone());
        Self { at: answer.at, visitor, served, events, changed: true }
    }

    /// Adds kinds of events; answers those that are new to it.
    pub(super) fn take(&mut self, kinds: Kinds) -> Kinds {
        let new = kinds.without(self.events);
        self.events.add(new);
        self.changed |= !new.is_empty();
        new
    }
}

/// As its columns.
#[derive(Serialize)]
struct AnswerRow {
    id: String,
    kind: &'static str,
    at: i64,
    visitor: Option<Visitor>,
    served: String,
    events: i64,
}

pub(super) async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
    ids: &BTreeSet<AnswerId>,
) -> Result<BTreeMap<AnswerId, Answered>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
    let rows: Vec<(String, String, i64, Option<String>, String, i64)> =
        sqlx::query_as(sql::ANSWERS)
            .bind(merchant.as_str())
            .bind(json(&ids)?)
            .fetch_all(connection)
            .await
            .map_err(failed)?;
    rows.into_iter()
        .map(|(id, kind, at, visitor, served, events)| {
            let answered = Answered {
                at: time(at)?,
                visitor: visitor.map(Visitor::kept),
                served: parsed(&served)?,
                events: Kinds::of_bits(events),
                changed: false,
            };
            Ok((answer_id(&kind, &id)?, answered))
        })
        .collect()
}

pub(super) async fn put<'a>(
    connection: &mut Connection,
    merchant: &MerchantId,
    answers: impl Iterator<Item = (&'a AnswerId, &'a Answered)>,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (id, answered) in answers {
        rows.push(AnswerRow {
            id: id.uuid().to_string(),
            kind: id.kind().id(),
            at: answered.at.as_millisecond(),
            visitor: answered.visitor.clone(),
            served: json(&answered.served)?,
            events: answered.events.bits(),
        });
    }
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(sql::PUT_ANSWERS).bind(merchant.as_str()).bind(json(&rows)?);
    query.execute(connection).await.map(drop).map_err(failed)
}
