use serde::Serialize;
use utoipa::ToSchema;

use super::Act;
use crate::{
    conversation::{
        ChatMessage, ChatStatus, ChatTimings, Conversation, Handover, HandoverReason, Intent,
        Memory, Speaker,
    },
    garment::Garment,
    ids::ConversationId,
    look::{Degradation, Match},
};

/// The answer to a message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Reply {
    pub conversation_id: ConversationId,
    /// Who answers from now on.
    pub status: ChatStatus,
    /// What the customer is told; absent while a person answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<ChatMessage>,
    /// The garments of the photos of this message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub garments: Vec<Garment>,
    /// The products that the message shows, in its order; the customer can call them by their places.
    pub products: Vec<Match>,
    /// Why a person answers from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// What is missing or worse than usual in this answer, and why. Empty when all is well.
    pub degraded: Vec<Degradation>,
    /// What the conversation is to remember.
    #[serde(skip)]
    memory: Memory,
    #[serde(skip)]
    unsure: u32,
}

impl Reply {
    /// Where a person answers, and this message waits for them.
    pub(super) fn of_nobody(conversation: &Conversation) -> Self {
        Self {
            conversation_id: conversation.id,
            status: conversation.status,
            message: None,
            garments: Vec::new(),
            products: Vec::new(),
            handover: conversation.handover.clone(),
            degraded: Vec::new(),
            memory: Memory::default(),
            unsure: 0,
        }
    }

    pub(super) fn begin(act: Act<'_>, intent: Intent, text: String, timings: ChatTimings) -> Self {
        let message = ChatMessage {
            intent: Some(intent),
            look_id: act.look,
            product_ids: act.products.iter().map(|found| found.product_id.clone()).collect(),
            timings: Some(timings),
            ..ChatMessage::new(Speaker::Assistant, text)
        };
        let has_photos = !act.said.photos.is_empty();
        Self {
            conversation_id: ConversationId::now(),
            status: ChatStatus::Assistant,
            message: Some(message),
            garments: if has_photos { act.memory.garments.clone() } else { Vec::new() },
            products: act.products,
            handover: None,
            degraded: act.degraded,
            memory: act.memory,
            unsure: act.unsure,
        }
    }

    /// Has the conversation take the reply and remember what belongs to it.
    pub(super) fn into_conversation(
        mut self,
        conversation: &mut Conversation,
        reason: Option<HandoverReason>,
    ) -> Self {
        conversation.memory = std::mem::take(&mut self.memory);
        conversation.unsure = self.unsure;
        if let Some(reason) = reason {
            conversation.unsure = 0;
            conversation.hand_over(reason);
            self.handover = conversation.handover.clone();
        }
        if let Some(message) = &mut self.message {
            conversation.take(message);
        }
        self.conversation_id = conversation.id;
        self.status = conversation.status;
        self
    }
}
