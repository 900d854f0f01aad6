use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;
use crate::{
    conversation::{ChatMessage, Conversation},
    ids::{ConversationId, MerchantId},
    inbound::Received,
};

/// A customer's message that is to be answered now.
#[derive(Debug, Clone, PartialEq)]
pub struct DueReceived {
    pub merchant: MerchantId,
    pub conversation: ConversationId,
    pub received: Received,
    /// Times that it was tried and did not succeed.
    pub tries: u32,
}

/// A message that is to be sent to its customer now.
#[derive(Debug, Clone, PartialEq)]
pub struct DueMessage {
    pub merchant: MerchantId,
    pub conversation: Conversation,
    pub message: ChatMessage,
    /// Times that it was tried and did not succeed.
    pub tries: u32,
}

/// What is owed to customers who are reached by an address: answers to what they wrote, and what was
/// said to them. A message that an assistant or an agent says in a conversation with an address is due
/// from the transaction on that keeps it
/// ([`Conversations::keep`](super::Conversations::keep)).
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Keeps a customer's message until it is answered, and begins its conversation where that is not
    /// there; `false`, and nothing is kept, where the message came before.
    async fn receive(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
        received: &Received,
    ) -> Result<bool, StoreError>;

    /// Received messages whose time has come, those that wait longest first, `most` at most. None is
    /// given to anybody else for as long as `hold`, and none of a conversation before those that came
    /// before it were tried.
    async fn due_received(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueReceived>, StoreError>;

    /// Notes that a received message was tried: it is done with, or is tried again at a time.
    async fn settle_received(
        &self,
        due: &DueReceived,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// The same as [`due_received`](Self::due_received), of messages to be sent.
    async fn due_messages(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueMessage>, StoreError>;

    /// Notes that a message was sent, or is sent again at a time. One that was settled meanwhile is
    /// passed over.
    async fn settle_message(
        &self,
        due: &DueMessage,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError>;
}
