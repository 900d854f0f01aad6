use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::{
    conversation::{ChatMessage, ChatStatus, Conversation},
    ids::{ConversationId, CustomerId, MerchantId},
};

/// What becomes of a customer's message.
#[derive(Debug, Clone, PartialEq)]
pub enum Hearing {
    /// It is kept, and the conversation is held for the answer.
    Heard(Box<Kept>),
    /// There is no such conversation.
    Unknown,
    /// The message before it is still being answered.
    Answering,
    /// It was heard before, and the conversation has gone on since.
    Known,
}

/// A conversation as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub conversation: Conversation,
    /// Grows with every change.
    pub revision: u64,
}

/// Where a page of conversations begins: after one that has been in its standing since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Milliseconds since 1970.
    pub since: i64,
    pub id: ConversationId,
}

/// A conversation in a list, and where the list goes on after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    pub conversation: Conversation,
    pub after: After,
}

/// Conversations with customers. What is noted of them is told to webhooks in the same transaction.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Keeps a new one; `false`, and nothing is kept, where it is there already.
    async fn create_conversation(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> Result<bool, StoreError>;

    /// One of the merchant's.
    async fn conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
    ) -> Result<Option<Kept>, StoreError>;

    /// Gives a customer's message its place and keeps it. Nobody else hears one in this conversation
    /// until it is [kept](Self::keep), or for as long as `hold`. `origin` is what whoever brings the
    /// message calls it: one that was heard before is not kept again, and is heard again only where
    /// nothing was said since.
    async fn hear(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        message: &ChatMessage,
        origin: Option<&str>,
        hold: Duration,
    ) -> Result<Hearing, StoreError>;

    /// Keeps one as it is now with new messages, which have their numbers, and lets the next message
    /// in; `false`, and nothing is kept, where it changed since it was read. Of a long conversation
    /// the last [`MESSAGES_KEPT`](crate::conversation::MESSAGES_KEPT) messages stay.
    async fn keep(
        &self,
        merchant: &MerchantId,
        kept: &Kept,
        messages: &[ChatMessage],
    ) -> Result<bool, StoreError>;

    /// Its messages, the newest first, from the one before number `before` on.
    async fn messages(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ChatMessage>, StoreError>;

    /// The merchant's conversations of one standing, those that have it longest first.
    async fn conversations(
        &self,
        merchant: &MerchantId,
        standing: ChatStatus,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<Queued>, StoreError>;

    /// Those of a customer, the oldest first.
    async fn conversations_of(
        &self,
        merchant: &MerchantId,
        customer: &CustomerId,
    ) -> Result<Vec<ConversationId>, StoreError>;

    /// Forgets one and its messages; answers whether it was there.
    async fn remove_conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
    ) -> Result<bool, StoreError>;

    /// Forgets what nobody said anything in for so long; answers how many, `limit` at most.
    async fn forget_conversations(&self, older: Duration, limit: usize) -> Result<u64, StoreError>;
}
