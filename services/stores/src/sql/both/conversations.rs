//! Conversations with customers and their messages.

mod sql;

use std::time::Duration;

use async_trait::async_trait;
use vitrine_core::{
    conversation::{ChatMessage, ChatStatus, Conversation, MESSAGES_KEPT, Speaker},
    ids::{ConversationId, CustomerId, MerchantId},
    ports::{After, Conversations, Hearing, Kept, Queued, StoreError},
    webhooks::Message,
};

use super::{Connection, Store, corrupt, failed, json, later, now, parsed, webhooks, whole};
use crate::sql::Hold;

#[async_trait]
impl Conversations for Store {
    async fn create_conversation(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let is_new = begin(&mut transaction, merchant, conversation).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(is_new)
    }

    async fn conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
    ) -> Result<Option<Kept>, StoreError> {
        let mut transaction = self.read().await?;
        read(&mut transaction, merchant, id).await
    }

    async fn hear(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        message: &ChatMessage,
        origin: Option<&str>,
        hold: Duration,
    ) -> Result<Hearing, StoreError> {
        let mut transaction = self.write(Hold::Rows).await?;
        let until = later(hold);
        let held = sqlx::query(sql::HOLD)
            .bind(merchant.as_str())
            .bind(id.to_string())
            .bind(now())
            .bind(until)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let Some(mut kept) = read(&mut transaction, merchant, id).await? else {
            return Ok(Hearing::Unknown);
        };
        if held.rows_affected() == 0 {
            return Ok(Hearing::Answering);
        }
        if let Some(origin) = origin
            && let Some(number) = known(&mut transaction, id, origin).await?
        {
            if number < kept.conversation.messages {
                return Ok(Hearing::Known);
            }
            transaction.commit().await.map_err(failed)?;
            return Ok(Hearing::Heard(Box::new(kept)));
        }
        let mut message = message.clone();
        kept.conversation.take(&mut message);
        let messages = [(message, origin)];
        write(&mut transaction, merchant, &kept, &messages, until).await?;
        transaction.commit().await.map_err(failed)?;
        kept.revision += 1;
        Ok(Hearing::Heard(Box::new(kept)))
    }

    async fn keep(
        &self,
        merchant: &MerchantId,
        kept: &Kept,
        messages: &[ChatMessage],
    ) -> Result<bool, StoreError> {
        let messages: Vec<_> = messages.iter().map(|message| (message.clone(), None)).collect();
        let mut transaction = self.write(Hold::Rows).await?;
        if !write(&mut transaction, merchant, kept, &messages, 0).await? {
            return Ok(false);
        }
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    async fn messages(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let messages: Vec<String> = sqlx::query_scalar(sql::MESSAGES)
            .bind(merchant.as_str())
            .bind(id.to_string())
            .bind(before)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        messages.iter().map(|message| parsed(message)).collect()
    }

    async fn conversations(
        &self,
        merchant: &MerchantId,
        standing: ChatStatus,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<Queued>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::QUEUE)
            .bind(merchant.as_str())
            .bind(standing.id())
            .bind(after.map_or(i64::MIN, |after| after.since))
            .bind(after.map(|after| after.id.to_string()).unwrap_or_default())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        let queued = rows.into_iter().map(|(conversation, since)| {
            let conversation: Conversation = parsed(&conversation)?;
            let after = After { since, id: conversation.id };
            Ok(Queued { conversation, after })
        });
        queued.collect()
    }

    async fn conversations_of(
        &self,
        merchant: &MerchantId,
        customer: &CustomerId,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(sql::OF)
            .bind(merchant.as_str())
            .bind(customer.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        let unreadable =
            |error: &dyn std::fmt::Display| corrupt(format!("a conversation: {error}"));
        ids.iter().map(|id| id.parse().map_err(|error| unreadable(&error))).collect()
    }

    async fn remove_conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
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

    async fn forget_conversations(&self, older: Duration, limit: usize) -> Result<u64, StoreError> {
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

/// Forgets those of a customer, with what else is being forgotten of them.
pub(super) async fn forget_of(
    connection: &mut Connection,
    merchant: &MerchantId,
    customer: &CustomerId,
) -> Result<(), StoreError> {
    let query = sqlx::query(sql::REMOVE_OF).bind(merchant.as_str()).bind(customer.as_str());
    query.execute(connection).await.map(drop).map_err(failed)
}

/// Keeps a new conversation; answers whether it is new.
pub(super) async fn begin(
    connection: &mut Connection,
    merchant: &MerchantId,
    conversation: &Conversation,
) -> Result<bool, StoreError> {
    let created = sqlx::query(sql::CREATE)
        .bind(conversation.id.to_string())
        .bind(merchant.as_str())
        .bind(conversation.customer_id.as_ref().map(CustomerId::as_str))
        .bind(conversation.status.id())
        .bind(conversation.created.as_millisecond())
        .bind(conversation.updated.as_millisecond())
        .bind(json(conversation)?)
        .execute(connection)
        .await
        .map_err(failed)?;
    Ok(created.rows_affected() > 0)
}

/// The number of the message that whoever brought it calls so.
pub(super) async fn known(
    connection: &mut Connection,
    id: ConversationId,
    origin: &str,
) -> Result<Option<u64>, StoreError> {
    let number: Option<i64> = sqlx::query_scalar(sql::KNOWN)
        .bind(id.to_string())
        .bind(origin)
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    Ok(number.map(whole))
}

async fn read(
    connection: &mut Connection,
    merchant: &MerchantId,
    id: ConversationId,
) -> Result<Option<Kept>, StoreError> {
    let row: Option<(String, i64)> = sqlx::query_as(sql::READ)
        .bind(merchant.as_str())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(failed)?;
    let Some((conversation, revision)) = row else { return Ok(None) };
    Ok(Some(Kept { conversation: parsed(&conversation)?, revision: whole(revision) }))
}

/// Writes a conversation as it is now, its new messages with what those who brought them call them, and
/// what is told of them; `false`, with nothing written, where it changed since it was read.
async fn write(
    connection: &mut Connection,
    merchant: &MerchantId,
    kept: &Kept,
    messages: &[(ChatMessage, Option<&str>)],
    held_until: i64,
) -> Result<bool, StoreError> {
    let Kept { conversation, revision } = kept;
    let id = conversation.id.to_string();
    let written = sqlx::query(sql::KEEP)
        .bind(merchant.as_str())
        .bind(&id)
        .bind(i64::try_from(*revision).unwrap_or(i64::MAX))
        .bind(conversation.customer_id.as_ref().map(CustomerId::as_str))
        .bind(conversation.status.id())
        .bind(conversation.updated.as_millisecond())
        .bind(json(conversation)?)
        .bind(held_until)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    for (message, origin) in messages {
        let is_sent = conversation.address.is_some() && message.from != Speaker::Customer;
        sqlx::query(sql::ADD)
            .bind(&id)
            .bind(i64::try_from(message.number).unwrap_or(i64::MAX))
            .bind(json(message)?)
            .bind(*origin)
            .bind(is_sent.then(now))
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    let beyond = conversation.messages.saturating_sub(MESSAGES_KEPT);
    if beyond > 0 && !messages.is_empty() {
        sqlx::query(sql::TRIM)
            .bind(&id)
            .bind(i64::try_from(beyond).unwrap_or(i64::MAX))
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    let told = || {
        let said = messages.iter().map(|(said, _)| Message::of_chat(conversation, said));
        said.chain(Message::of_handover(conversation)).collect::<Vec<_>>()
    };
    webhooks::tell(connection, merchant, told).await?;
    Ok(true)
}
