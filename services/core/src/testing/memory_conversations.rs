use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{
    memory_catalog::{MemoryCatalog, State},
    memory_mailbox::{Owed, Waiting},
};
use crate::{
    conversation::{ChatMessage, ChatStatus, Conversation, MESSAGES_KEPT, Speaker},
    ids::{ConversationId, CustomerId, MerchantId},
    ports::{After, Conversations, Hearing, Kept, Queued, StoreError},
    webhooks::Message,
};

/// A conversation with its messages.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) merchant: MerchantId,
    pub(super) kept: Kept,
    since: i64,
    until: Timestamp,
    pub(super) messages: Vec<ChatMessage>,
    /// What those who brought messages call them, by their numbers.
    pub(super) origins: BTreeMap<u64, String>,
    /// Messages that are not sent yet, by their numbers.
    pub(super) unsent: BTreeMap<u64, Owed>,
    /// Messages that are not answered yet, in the order in which they came.
    pub(super) unanswered: Vec<Waiting>,
}

impl Held {
    fn new(merchant: &MerchantId, conversation: &Conversation) -> Self {
        Self {
            merchant: merchant.clone(),
            kept: Kept { conversation: conversation.clone(), revision: 0 },
            since: conversation.created.as_millisecond(),
            until: Timestamp::MIN,
            messages: Vec::new(),
            origins: BTreeMap::new(),
            unsent: BTreeMap::new(),
            unanswered: Vec::new(),
        }
    }

    fn take(&mut self, conversation: Conversation, messages: &[ChatMessage], until: Timestamp) {
        if self.kept.conversation.status != conversation.status {
            self.since = conversation.updated.as_millisecond();
        }
        self.messages.extend_from_slice(messages);
        if conversation.address.is_some() {
            let said = messages.iter().filter(|message| message.from != Speaker::Customer);
            self.unsent.extend(said.map(|message| (message.number, Owed::now())));
        }
        let beyond = conversation.messages.saturating_sub(MESSAGES_KEPT);
        self.messages.retain(|message| message.number > beyond);
        self.origins.retain(|number, _| *number > beyond);
        self.unsent.retain(|number, _| *number > beyond);
        self.kept = Kept { conversation, revision: self.kept.revision + 1 };
        self.until = until;
    }
}

impl State {
    pub(super) fn forget_chats_of(&mut self, merchant: &MerchantId, customer: &CustomerId) {
        self.chats.retain(|held| {
            held.merchant != *merchant
                || held.kept.conversation.customer_id.as_ref() != Some(customer)
        });
    }

    pub(super) fn chat(&mut self, merchant: &MerchantId, id: ConversationId) -> Option<&mut Held> {
        let mut all = self.chats.iter_mut();
        all.find(|held| held.merchant == *merchant && held.kept.conversation.id == id)
    }

    /// Whether it is new.
    pub(super) fn begin_chat(
        &mut self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> bool {
        let is_new = self.chats.iter().all(|held| held.kept.conversation.id != conversation.id);
        if is_new {
            self.chats.push(Held::new(merchant, conversation));
        }
        is_new
    }

    fn tell_of_chat(&mut self, merchant: &MerchantId, now: &Conversation, said: &[ChatMessage]) {
        let messages = said.iter().map(|said| Message::of_chat(now, said));
        let messages: Vec<Message> = messages.chain(Message::of_handover(now)).collect();
        self.tell(merchant, &messages);
    }
}

#[async_trait]
impl Conversations for MemoryCatalog {
    async fn create_conversation(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
    ) -> Result<bool, StoreError> {
        Ok(self.state().begin_chat(merchant, conversation))
    }

    async fn conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
    ) -> Result<Option<Kept>, StoreError> {
        Ok(self.state().chat(merchant, id).map(|held| held.kept.clone()))
    }

    async fn hear(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        message: &ChatMessage,
        origin: Option<&str>,
        hold: Duration,
    ) -> Result<Hearing, StoreError> {
        let mut state = self.state();
        let Some(held) = state.chat(merchant, id) else { return Ok(Hearing::Unknown) };
        if held.until > Timestamp::now() {
            return Ok(Hearing::Answering);
        }
        let hold = SignedDuration::try_from(hold).unwrap_or(SignedDuration::MAX);
        let until = Timestamp::now().saturating_add(hold).unwrap_or(Timestamp::MAX);
        let mut known = held.origins.iter().filter(|(_, known)| Some(known.as_str()) == origin);
        if let Some((number, _)) = known.next() {
            if *number < held.kept.conversation.messages {
                return Ok(Hearing::Known);
            }
            held.until = until;
            return Ok(Hearing::Heard(Box::new(held.kept.clone())));
        }
        let mut message = message.clone();
        let mut conversation = held.kept.conversation.clone();
        conversation.take(&mut message);
        held.origins.extend(origin.map(|origin| (message.number, origin.to_owned())));
        held.take(conversation.clone(), std::slice::from_ref(&message), until);
        let kept = held.kept.clone();
        state.tell_of_chat(merchant, &conversation, &[message]);
        Ok(Hearing::Heard(Box::new(kept)))
    }

    async fn keep(
        &self,
        merchant: &MerchantId,
        kept: &Kept,
        messages: &[ChatMessage],
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let Some(held) = state.chat(merchant, kept.conversation.id) else { return Ok(false) };
        if held.kept.revision != kept.revision {
            return Ok(false);
        }
        held.take(kept.conversation.clone(), messages, Timestamp::MIN);
        state.tell_of_chat(merchant, &kept.conversation, messages);
        Ok(true)
    }

    async fn messages(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let mut state = self.state();
        let Some(held) = state.chat(merchant, id) else { return Ok(Vec::new()) };
        let newest = held.messages.iter().rev();
        let page = newest.filter(|message| before.is_none_or(|before| message.number < before));
        Ok(page.take(limit).cloned().collect())
    }

    async fn conversations(
        &self,
        merchant: &MerchantId,
        standing: ChatStatus,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<Queued>, StoreError> {
        let state = self.state();
        let of =
            |held: &&Held| held.merchant == *merchant && held.kept.conversation.status == standing;
        let mut queued: Vec<Queued> = state
            .chats
            .iter()
            .filter(of)
            .map(|held| {
                let conversation = held.kept.conversation.clone();
                let after = After { since: held.since, id: conversation.id };
                Queued { conversation, after }
            })
            .collect();
        let place = |after: &After| (after.since, after.id);
        queued.sort_by_key(|queued| place(&queued.after));
        queued.retain(|queued| after.is_none_or(|after| place(&queued.after) > place(&after)));
        queued.truncate(limit);
        Ok(queued)
    }

    async fn conversations_of(
        &self,
        merchant: &MerchantId,
        customer: &CustomerId,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let state = self.state();
        let of = |held: &&Held| {
            held.merchant == *merchant
                && held.kept.conversation.customer_id.as_ref() == Some(customer)
        };
        Ok(state.chats.iter().filter(of).map(|held| held.kept.conversation.id).collect())
    }

    async fn remove_conversation(
        &self,
        merchant: &MerchantId,
        id: ConversationId,
    ) -> Result<bool, StoreError> {
        let chats = &mut self.state().chats;
        let before = chats.len();
        chats.retain(|held| held.merchant != *merchant || held.kept.conversation.id != id);
        Ok(chats.len() < before)
    }

    async fn forget_conversations(&self, older: Duration, limit: usize) -> Result<u64, StoreError> {
        let older = SignedDuration::try_from(older).unwrap_or(SignedDuration::MAX);
        let before = Timestamp::now().saturating_sub(older).unwrap_or(Timestamp::MIN);
        let chats = &mut self.state().chats;
        let mut forgotten = 0;
        chats.retain(|held| {
            let goes = held.kept.conversation.updated <= before && forgotten < limit;
            forgotten += usize::from(goes);
            !goes
        });
        Ok(forgotten as u64)
    }
}
