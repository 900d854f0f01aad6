//! Webhooks, and what is on its way to them.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::{
    ids::{DeliveryId, MerchantId, WebhookId},
    ports::{DueDelivery, StoreError, Webhooks},
    webhooks::{
        Attempt, Delivery, DeliveryState, MAX_WEBHOOKS, Message, Settled, Standing, Webhook,
    },
};

use super::{Connection, Store, catalog, corrupt, failed, json, later, now, parsed, time, whole};
use crate::sql::Hold;

/// Sorted after every delivery.
const LAST: &str = "g";

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    merchant: String,
    webhook: String,
    message: String,
    topic: String,
    body: String,
    state: String,
    attempts: i64,
    next: i64,
    last: Option<String>,
    created: i64,
    /// The webhook itself.
    told: String,
}

impl Row {
    fn due(self) -> Result<DueDelivery, StoreError> {
        let unreadable = |what: &dyn std::fmt::Display| corrupt(format!("a delivery: {what}"));
        let delivery = Delivery {
            id: self.id.parse().map_err(|error| unreadable(&error))?,
            webhook: self.webhook.parse().map_err(|error| unreadable(&error))?,
            message: self.message.parse().map_err(|error| unreadable(&error))?,
            topic: self.topic.parse().map_err(|error| unreadable(&error))?,
            body: self.body,
            state: self.state.parse().map_err(|error| unreadable(&error))?,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next: time(self.next)?,
            last: self.last.as_deref().map(parsed).transpose()?,
            created: time(self.created)?,
        };
        let (merchant, webhook) = (catalog::id(self.merchant)?, parsed(&self.told)?);
        Ok(DueDelivery { merchant, webhook, delivery })
    }
}

/// Puts messages on their way to all that hear of them, with what else is being written. They are
/// made only where the merchant has a webhook.
pub(super) async fn tell<M: IntoIterator<Item = Message>>(
    connection: &mut Connection,
    merchant: &MerchantId,
    messages: impl FnOnce() -> M,
) -> Result<(), StoreError> {
    let hearing: Vec<(String, i64)> = sqlx::query_as(sql::HEARING)
        .bind(merchant.as_str())
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if hearing.is_empty() {
        return Ok(());
    }
    let messages: Vec<Message> = messages().into_iter().collect();
    for message in &messages {
        let bit = message.topic.bit();
        for (webhook, _) in hearing.iter().filter(|(_, topics)| topics & bit != 0) {
            sqlx::query(sql::TELL)
                .bind(DeliveryId::now().to_string())
                .bind(merchant.as_str())
                .bind(webhook)
                .bind(message.id.to_string())
                .bind(message.topic.id())
                .bind(message.body())
                .bind(now())
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
    }
    Ok(())
}

#[async_trait]
impl Webhooks for Store {
    async fn create_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let kept: i64 = sqlx::query_scalar(sql::COUNT)
            .bind(merchant.as_str())
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if whole(kept) >= MAX_WEBHOOKS as u64 {
            return Ok(false);
        }
        put(&mut transaction, sql::CREATE, merchant, webhook).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError> {
        let mut transaction = self.read().await?;
        read(&mut transaction, merchant, id).await
    }

    async fn webhooks(&self, merchant: &MerchantId) -> Result<Vec<Webhook>, StoreError> {
        let webhooks: Vec<String> = sqlx::query_scalar(sql::WEBHOOKS)
            .bind(merchant.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        webhooks.iter().map(|webhook| parsed(webhook)).collect()
    }

    async fn change_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let changed = put(&mut transaction, sql::CHANGE, merchant, webhook).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(changed > 0)
    }

    async fn remove_webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let removed = sqlx::query(sql::REMOVE)
            .bind(merchant.as_str())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(removed.rows_affected() > 0)
    }

    async fn tell(&self, merchant: &MerchantId, messages: &[Message]) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        tell(&mut transaction, merchant, || messages.to_vec()).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn due_deliveries(
        &self,
        at_once: usize,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let any: bool = sqlx::query_scalar(sql::ANY_DUE)
            .bind(now())
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if !any || most == 0 {
            return Ok(Vec::new());
        }
        let (now, until) = (now(), later(hold));
        let mut transaction = self.write(Hold::Rows).await?;
        let ids: Vec<String> = sqlx::query_scalar(sql::DUE)
            .bind(now)
            .bind(i64::try_from(at_once).unwrap_or(i64::MAX))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut due = Vec::with_capacity(ids.len());
        for id in ids {
            let held = sqlx::query(sql::HOLD)
                .bind(&id)
                .bind(now)
                .bind(until)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if held.rows_affected() == 0 {
                continue;
            }
            let row: Option<Row> = sqlx::query_as(sql::DELIVERY)
                .bind(&id)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
            due.extend(row.map(Row::due).transpose()?);
        }
        transaction.commit().await.map_err(failed)?;
        Ok(due)
    }

    async fn settle(
        &self,
        due: &DueDelivery,
        attempt: &Attempt,
        settled: Settled,
    ) -> Result<(), StoreError> {
        let before = due.delivery.next;
        let (state, next) = match settled {
            Settled::Delivered => (DeliveryState::Delivered, before),
            Settled::Again(next) => (DeliveryState::Waiting, next),
            Settled::Dead | Settled::Gone => (DeliveryState::Dead, before),
        };
        let mut transaction = self.write(Hold::Rows).await?;
        let noted = sqlx::query(sql::SETTLE)
            .bind(due.delivery.id.to_string())
            .bind(i64::from(due.delivery.attempts))
            .bind(before.as_millisecond())
            .bind(state.id())
            .bind(next.as_millisecond())
            .bind(json(attempt)?)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if noted.rows_affected() > 0 && settled == Settled::Gone {
            let id = due.webhook.id;
            if let Some(webhook) = read(&mut transaction, &due.merchant, id).await? {
                let gone = Webhook { standing: Standing::Gone, ..webhook };
                put(&mut transaction, sql::CHANGE, &due.merchant, &gone).await?;
            }
            let buried = sqlx::query(sql::BURY).bind(id.to_string());
            buried.execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn deliveries(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(sql::DELIVERIES)
            .bind(merchant.as_str())
            .bind(webhook.to_string())
            .bind(state.map_or("", DeliveryState::id))
            .bind(before.map_or_else(|| LAST.to_owned(), |before| before.to_string()))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(|row| Ok(row.due()?.delivery)).collect()
    }

    async fn replay(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        delivery: Option<DeliveryId>,
    ) -> Result<u64, StoreError> {
        let statement = if delivery.is_some() { sql::REPLAY } else { sql::REPLAY_DEAD };
        let mut query = sqlx::query(statement).bind(merchant.as_str()).bind(webhook.to_string());
        if let Some(delivery) = delivery {
            query = query.bind(delivery.to_string());
        }
        let mut transaction = self.write(Hold::Rows).await?;
        let replayed = query.bind(now()).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(replayed.rows_affected())
    }

    async fn forget_deliveries(&self, older: Duration, limit: usize) -> Result<u64, StoreError> {
        let before = now().saturating_sub(i64::try_from(older.as_millis()).unwrap_or(i64::MAX));
        let mut transaction = self.write(Hold::Rows).await?;
        let forgotten = sqlx::query(sql::FORGET)
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(forgotten.rows_affected())
    }
}

async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
    id: WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    let webhook: Option<String> = sqlx::query_scalar(sql::WEBHOOK)
        .bind(merchant.as_str())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    webhook.as_deref().map(parsed).transpose()
}

/// Writes a webhook by one of the two statements that do; answers how many rows it wrote.
async fn put(
    connection: &mut Connection,
    statement: &'static str,
    merchant: &MerchantId,
    webhook: &Webhook,
) -> Result<u64, StoreError> {
    let written = sqlx::query(statement)
        .bind(webhook.id.to_string())
        .bind(merchant.as_str())
        .bind(json(webhook)?)
        .bind(webhook.topic_bits())
        .bind(i64::from(webhook.standing == Standing::Enabled))
        .execute(connection)
        .await
        .map_err(failed)?;
    Ok(written.rows_affected())
}
