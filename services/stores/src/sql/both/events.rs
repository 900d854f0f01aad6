//! What was answered and what came of it.

mod answers;
mod rows;
mod sql;
mod visits;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;
use vitrine_core::{
    answers::{AnswerId, AnswerRecord},
    events::{Event, Kinds, Taken},
    ids::{MerchantId, ProductId},
    ports::{Events, StoreError},
    reports::{Count, Counts, Day, Days, Family},
    webhooks::Message,
};

use super::{Connection, Store, catalog, failed, json, parsed, webhooks, whole};
use crate::sql::Hold;
use answers::Answered;
use visits::Visits;

pub(super) use rows::{EventRow, event_of};

#[async_trait]
impl Events for Store {
    async fn take_events(
        &self,
        merchant: &MerchantId,
        events: Vec<Event>,
    ) -> Result<Taken, StoreError> {
        let told = events.len();
        if told == 0 {
            return Ok(Taken::default());
        }
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        let new = rows::unknown(&mut transaction, merchant, events).await?;
        let new = rows::without_who_does_not_agree(&mut transaction, merchant, new).await?;
        rows::put(&mut transaction, merchant, &new).await?;
        let mut counts = Counts::default();
        new.iter().for_each(|event| counts.add_event(event));
        count_outcomes(&mut transaction, merchant, &new, &mut counts).await?;
        add(&mut transaction, merchant, &counts).await?;
        transaction.commit().await.map_err(failed)?;
        let taken = new.len();
        Ok(Taken { new: taken as u64, repeated: (told - taken) as u64 })
    }

    async fn note_answers(
        &self,
        merchant: &MerchantId,
        answers: &[AnswerRecord],
    ) -> Result<(), StoreError> {
        if answers.is_empty() {
            return Ok(());
        }
        let mut transaction = self.write(Hold::Events(merchant)).await?;
        let ids: BTreeSet<AnswerId> = answers.iter().map(|answer| answer.id).collect();
        let mut known: BTreeSet<AnswerId> =
            answers::read(&mut transaction, merchant, &ids).await?.into_keys().collect();
        let new: Vec<&AnswerRecord> =
            answers.iter().filter(|answer| known.insert(answer.id)).collect();
        let had = rows::of_answers(&mut transaction, merchant, &ids).await?;
        let had = |id: &AnswerId| had.get(id).copied().unwrap_or_default();

        let mut counts = Counts::default();
        let visitors = new.iter().filter(|answer| !answer.served.is_empty());
        let visitors = visitors.filter_map(|answer| answer.visitor.clone()).collect();
        let mut visits = Visits::read(&mut transaction, merchant, &visitors).await?;
        for answer in &new {
            counts.add_answer(answer);
            count_kinds(&mut counts, answer.id, Day::of(answer.at), had(&answer.id));
            if let Some(visitor) = &answer.visitor {
                visits.answered(visitor, answer.at, &answer.served);
                visits.add_of_answer(visitor, &answer.served, had(&answer.id));
            }
        }
        let earlier = rows::of_visitors(&mut transaction, merchant, &visits.new()).await?;
        for (visitor, kind, last) in &earlier {
            visits.add_to_new(visitor, *last, Kinds::of(*kind));
        }
        let rows: Vec<(AnswerId, Answered)> =
            new.iter().map(|answer| (answer.id, Answered::new(answer, had(&answer.id)))).collect();
        answers::put(&mut transaction, merchant, rows.iter().map(|(id, row)| (id, row))).await?;
        visits.put(&mut transaction, merchant, &mut counts).await?;
        add(&mut transaction, merchant, &counts).await?;
        let told = || new.iter().flat_map(|one| Message::of_answer(one)).collect::<Vec<_>>();
        webhooks::tell(&mut transaction, merchant, told).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn counts(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Count, u64)>, StoreError> {
        let counts: Vec<(String, i64)> = sqlx::query_as(sql::COUNTS)
            .bind(merchant.as_str())
            .bind(family.id())
            .bind(days.first.0)
            .bind(days.last.0)
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        counts.into_iter().map(|(what, many)| Ok((parsed(&what)?, whole(many)))).collect()
    }

    async fn counts_by_day(
        &self,
        merchant: &MerchantId,
        family: Family,
        days: Days,
    ) -> Result<Vec<(Day, Count, u64)>, StoreError> {
        let counts: Vec<(i64, String, i64)> = sqlx::query_as(sql::COUNTS_BY_DAY)
            .bind(merchant.as_str())
            .bind(family.id())
            .bind(days.first.0)
            .bind(days.last.0)
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        counts
            .into_iter()
            .map(|(day, what, many)| Ok((Day(day), parsed(&what)?, whole(many))))
            .collect()
    }

    async fn bought_with(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        least: u64,
        limit: usize,
    ) -> Result<Vec<(ProductId, u64)>, StoreError> {
        let bought: Vec<(String, i64)> = sqlx::query_as(sql::BOUGHT_WITH)
            .bind(merchant.as_str())
            .bind(product.as_str())
            .bind(i64::try_from(least).unwrap_or(i64::MAX))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        bought.into_iter().map(|(id, orders)| Ok((catalog::id(id)?, whole(orders)))).collect()
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut removed = 0;
        // Each in a transaction of its own: none holds rows while it waits for those of another.
        for statement in [sql::EXPIRE_EVENTS, sql::EXPIRE_ANSWERS, sql::EXPIRE_VISITS] {
            let mut transaction = self.write(Hold::Rows).await?;
            let done = sqlx::query(statement)
                .bind(before.as_millisecond())
                .bind(i64::try_from(limit).unwrap_or(i64::MAX))
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            removed += done.rows_affected();
        }
        Ok(removed)
    }
}

/// Counts what new events mean for the answers that they name, and for their visitors.
async fn count_outcomes(
    connection: &mut Connection,
    merchant: &MerchantId,
    events: &[Event],
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let mut had: BTreeMap<AnswerId, Kinds> = BTreeMap::new();
    for event in events {
        if let Some(answer) = event.answer {
            had.entry(answer).or_default().add(Kinds::of(event.kind));
        }
    }
    let mut known = answers::read(connection, merchant, &had.keys().copied().collect()).await?;
    known.retain(|id, _| had.contains_key(id));
    let of_answers = known.values().filter(|row| !row.served.is_empty());
    let of_answers = of_answers.filter_map(|row| row.visitor.clone());
    let visitors = events.iter().filter_map(|event| event.visitor.clone()).chain(of_answers);
    let mut visits = Visits::read(connection, merchant, &visitors.collect()).await?;
    for event in events {
        if let Some(visitor) = &event.visitor {
            visits.add_since(visitor, event.at, Kinds::of(event.kind));
        }
    }
    for (id, row) in &mut known {
        let kinds = had.get(id).copied().unwrap_or_default();
        if let Some(visitor) = &row.visitor {
            visits.add_of_answer(visitor, &row.served, kinds);
        }
        count_kinds(counts, *id, Day::of(row.at), row.take(kinds));
    }
    answers::put(connection, merchant, known.iter().filter(|(_, row)| row.changed)).await?;
    visits.put(connection, merchant, counts).await
}

fn count_kinds(counts: &mut Counts, id: AnswerId, day: Day, kinds: Kinds) {
    for kind in kinds.iter() {
        counts.add(day, Count::AnswersWith(id.kind(), kind), 1);
    }
}

async fn add(
    connection: &mut Connection,
    merchant: &MerchantId,
    counts: &Counts,
) -> Result<(), StoreError> {
    let rows: Vec<rows::CountRow> =
        counts.iter().map(rows::CountRow::of).collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let query = sqlx::query(sql::ADD_COUNTS).bind(merchant.as_str()).bind(json(&rows)?);
    query.execute(connection).await.map(drop).map_err(failed)
}
