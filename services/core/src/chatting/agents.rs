//! The agents' side: taking a conversation over, answering, and what helps to answer.

use super::{ChatError, Chatting, find::offers};
use crate::{
    conversation::{
        ChatMessage, ChatStatus, Conversation, Draft, HandoverReason, Live, ReplySuggestion, Shown,
        Speaker,
    },
    ids::{ConversationId, MerchantId, ProductId},
    ports::Kept,
    search::ShownProduct,
};

/// Times that a change is tried again where somebody else changed the conversation meanwhile.
const TRIES: usize = 5;
/// Products that a suggestion offers at most.
const OFFERED: usize = 3;

/// What an agent writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentAnswer {
    /// Their name, as the customer is told it.
    pub agent: String,
    pub text: String,
    pub product_ids: Vec<ProductId>,
    /// What the service suggested, where they sent it or made this of it.
    pub suggestion: Option<String>,
}

/// What an agent changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub status: ChatStatus,
    /// Who answers from now on, where an agent does.
    pub agent: Option<String>,
}

impl Chatting {
    /// Answers for a person, who answers from now on.
    pub async fn answer_as_agent(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        answer: AgentAnswer,
    ) -> Result<ChatMessage, ChatError> {
        let AgentAnswer { agent, text, product_ids, suggestion } = answer;
        let said = ChatMessage {
            agent: Some(agent.clone()),
            product_ids,
            suggestion,
            ..ChatMessage::new(Speaker::Agent, text)
        };
        self.changed(merchant, id, |conversation| {
            let mut said = said.clone();
            conversation.status = ChatStatus::Agent;
            conversation.agent = Some(agent.clone());
            conversation.take(&mut said);
            vec![said]
        })
        .await
        .map(|(_, mut messages)| messages.pop().unwrap_or(said))
    }

    /// Has somebody else answer from now on.
    pub async fn change(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        change: Change,
    ) -> Result<Conversation, ChatError> {
        let Change { status, agent } = change;
        let changed = self.changed(merchant, id, |conversation| {
            if status == ChatStatus::Waiting && conversation.status != ChatStatus::Waiting {
                conversation.hand_over(HandoverReason::Asked);
            }
            conversation.status = status;
            conversation.agent = agent.clone();
            Vec::new()
        });
        Ok(changed.await?.0)
    }

    /// Changes a conversation, again where somebody else did meanwhile.
    async fn changed(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        change: impl Fn(&mut Conversation) -> Vec<ChatMessage> + Send + Sync,
    ) -> Result<(Conversation, Vec<ChatMessage>), ChatError> {
        for _ in 0..TRIES {
            let kept = self.conversations.conversation(merchant, id).await?;
            let Kept { mut conversation, revision } = kept.ok_or(ChatError::Unknown)?;
            let messages = change(&mut conversation);
            let now = Kept { conversation, revision };
            if self.conversations.keep(merchant, &now, &messages).await? {
                return Ok((now.conversation, messages));
            }
        }
        Err(ChatError::Changed)
    }

    /// Replies for an agent to send or to change; prices and stock in them are those of now.
    pub async fn suggestions(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> Result<Vec<ReplySuggestion>, ChatError> {
        let mut suggestions = Vec::new();
        let plain = |text: &str| ReplySuggestion { text: text.to_owned(), product_ids: Vec::new() };
        let reason = conversation.handover.as_ref().map(|handover| handover.reason);
        suggestions.push(plain(match reason {
            Some(HandoverReason::Order) => {
                "Thank you for writing. May I have your order number, please?"
            }
            Some(HandoverReason::Complaint) => {
                "I am sorry for the trouble. Please tell me what happened, and I look into it."
            }
            Some(HandoverReason::Unsure) => {
                "I have read what you wrote. May I ask what it is for, and in which size?"
            }
            Some(HandoverReason::Asked) | None => "I have read what you wrote. How can I help you?",
        }));
        let ids: Vec<ProductId> =
            conversation.memory.shown.iter().map(|shown: &Shown| shown.product.clone()).collect();
        let products = self.searching.products_now(merchant, &ids).await?;
        let now: Vec<ShownProduct> = products
            .into_iter()
            .map(ShownProduct::from)
            .filter(|product| product.available)
            .take(OFFERED)
            .collect();
        if !now.is_empty() {
            let mut draft = Draft::default();
            for (place, product) in now.iter().enumerate() {
                draft.offer(place, &Live::from(product));
            }
            let places: Vec<usize> = (0..now.len()).collect();
            let text = format!("I can offer you {}.", offers(&places));
            if let Ok(text) = draft.fill(&text) {
                let product_ids = now.into_iter().map(|product| product.product_id).collect();
                suggestions.push(ReplySuggestion { text, product_ids });
            }
        }
        if !conversation.memory.garments.is_empty() {
            let seen: Vec<String> =
                conversation.memory.garments.iter().map(|g| g.category.to_string()).collect();
            let text = format!(
                "I see your photo with the {}. Which of them are you looking for?",
                seen.join(", ")
            );
            suggestions.push(plain(&text));
        }
        Ok(suggestions)
    }
}
