//! What is owed to customers who are reached by an address.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use vitrine_core::{
    conversation::Conversation,
    ids::MerchantId,
    inbound::Received,
    ports::{DueMessage, DueReceived, Mailbox, StoreError},
};

use super::{Store, catalog, conversations, corrupt, failed, json, later, now, parsed};
use crate::sql::Hold;

#[async_trait]
impl Mailbox for Store {
    async fn receive(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
        received: &Received,
    ) -> Result<bool, StoreError> {
        let (id, origin) = (conversation.id, received.origin.as_str());
        let mut transaction = self.write(Hold::Rows).await?;
        let is_new = conversations::begin(&mut transaction, merchant, conversation).await?;
        if !is_new && conversations::known(&mut transaction, id, origin).await?.is_some() {
            return Ok(false);
        }
        let kept = sqlx::query(sql::RECEIVE)
            .bind(id.to_string())
            .bind(origin)
            .bind(json(received)?)
            .bind(now())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(kept.rows_affected() > 0)
    }

    async fn due_received(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueReceived>, StoreError> {
        if !self.any_due(sql::ANY_RECEIVED, most).await? {
            return Ok(Vec::new());
        }
        let until = later(hold);
        let mut transaction = self.write(Hold::Rows).await?;
        let rows: Vec<(String, String, i64)> = sqlx::query_as(sql::DUE_RECEIVED)
            .bind(now())
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut due = Vec::with_capacity(rows.len());
        for (conversation, origin, at) in rows {
            let held = sqlx::query(sql::HOLD_RECEIVED)
                .bind(&conversation)
                .bind(&origin)
                .bind(at)
                .bind(until)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if held.rows_affected() == 0 {
                continue;
            }
            let (merchant, received, tries): (String, String, i64) = sqlx::query_as(sql::RECEIVED)
                .bind(&conversation)
                .bind(&origin)
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
            due.push(DueReceived {
                merchant: catalog::id(merchant)?,
                conversation: conversation
                    .parse()
                    .map_err(|error| corrupt(format!("a conversation: {error}")))?,
                received: parsed(&received)?,
                tries: u32::try_from(tries).unwrap_or(u32::MAX),
            });
        }
        transaction.commit().await.map_err(failed)?;
        Ok(due)
    }

    async fn settle_received(
        &self,
        due: &DueReceived,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (conversation, origin) = (due.conversation.to_string(), &due.received.origin);
        let query = match next {
            None => sqlx::query(sql::ANSWERED).bind(conversation).bind(origin),
            Some(next) => sqlx::query(sql::AGAIN_RECEIVED)
                .bind(conversation)
                .bind(origin)
                .bind(i64::from(due.tries))
                .bind(next.as_millisecond()),
        };
        let mut transaction = self.write(Hold::Rows).await?;
        query.execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn due_messages(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueMessage>, StoreError> {
        if !self.any_due(sql::ANY_MESSAGE, most).await? {
            return Ok(Vec::new());
        }
        let until = later(hold);
        let mut transaction = self.write(Hold::Rows).await?;
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql::DUE_MESSAGES)
            .bind(now())
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut due = Vec::with_capacity(rows.len());
        for (conversation, number, at) in rows {
            let held = sqlx::query(sql::HOLD_MESSAGE)
                .bind(&conversation)
                .bind(number)
                .bind(at)
                .bind(until)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if held.rows_affected() == 0 {
                continue;
            }
            let (merchant, conversation, message, tries): (String, String, String, i64) =
                sqlx::query_as(sql::MESSAGE)
                    .bind(&conversation)
                    .bind(number)
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(failed)?;
            due.push(DueMessage {
                merchant: catalog::id(merchant)?,
                conversation: parsed(&conversation)?,
                message: parsed(&message)?,
                tries: u32::try_from(tries).unwrap_or(u32::MAX),
            });
        }
        transaction.commit().await.map_err(failed)?;
        Ok(due)
    }

    async fn settle_message(
        &self,
        due: &DueMessage,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        sqlx::query(sql::SETTLE_MESSAGE)
            .bind(due.conversation.id.to_string())
            .bind(i64::try_from(due.message.number).unwrap_or(i64::MAX))
            .bind(i64::from(due.tries))
            .bind(next.map(Timestamp::as_millisecond))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

impl Store {
    /// Whether there is anything to hold, asked where nobody has to wait for it.
    async fn any_due(&self, statement: &'static str, most: usize) -> Result<bool, StoreError> {
        if most == 0 {
            return Ok(false);
        }
        let any = sqlx::query_scalar(statement).bind(now());
        any.fetch_one(&self.readers).await.map_err(failed)
    }
}
