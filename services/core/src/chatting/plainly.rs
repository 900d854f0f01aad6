use super::{ChatError, Chatting, Said};
use crate::{
    conversation::{ChatMessage, ChatStatus, Speaker},
    ids::{ConversationId, MerchantId},
};

impl Chatting {
    /// Keeps a customer's message and answers it with these words as they are, unless a person
    /// answers: for one that holds nothing to understand.
    pub async fn answer_plainly(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        said: &Said,
        words: &str,
    ) -> Result<(), ChatError> {
        let mut kept = self.hear(merchant, id, said).await?;
        let conversation = &mut kept.conversation;
        let mut messages = Vec::new();
        if !conversation.is_a_persons() {
            conversation.status = ChatStatus::Assistant;
            let mut message = ChatMessage::new(Speaker::Assistant, words);
            conversation.take(&mut message);
            messages.push(message);
        }
        match self.conversations.keep(merchant, &kept, &messages).await? {
            true => Ok(()),
            false => Err(ChatError::Changed),
        }
    }
}
