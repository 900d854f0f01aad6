//! A conversation as it is told.

use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    conversation::{ChatMessage, ChatStatus, Conversation, Handover},
    ids::{ConversationId, CustomerId},
};

/// A conversation, without its messages.
#[derive(Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(crate) struct ConversationStatus {
    id: ConversationId,
    /// Whom the merchant named as the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<CustomerId>,
    /// The language to answer in (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    /// The door that it came through: `api`, `whatsapp`, or the name of an inbound webhook.
    channel: String,
    /// Who answers.
    status: ChatStatus,
    /// The agent who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// Why an agent was needed last, and what they had to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    handover: Option<Handover>,
    /// Messages so far; the number of the last one.
    messages: u64,
    /// What was said and shown so far, in plain words.
    summary: String,
    /// Milliseconds from the customer's first message to the first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_answer_ms: Option<u64>,
    /// Milliseconds from the hand-over to an agent's first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_agent_answer_ms: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: String,
}

impl From<&Conversation> for ConversationStatus {
    fn from(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id,
            customer_id: conversation.customer_id.clone(),
            locale: conversation.locale.clone(),
            channel: conversation.channel.clone(),
            status: conversation.status,
            agent: conversation.agent.clone(),
            handover: conversation.handover.clone(),
            messages: conversation.messages,
            summary: conversation.summary(),
            first_answer_ms: conversation.first_answer_ms,
            first_agent_answer_ms: conversation.first_agent_answer_ms,
            created_at: conversation.created.to_string(),
            updated_at: conversation.updated.to_string(),
        }
    }
}

/// A conversation and a page of its messages.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    pub conversation: ConversationStatus,
    /// The newest first.
    pub messages: Vec<ChatMessage>,
    /// The cursor of the page of older messages; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
