use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::memory_catalog::MemoryCatalog;
use crate::{
    conversation::Conversation,
    ids::{ConversationId, MerchantId},
    inbound::Received,
    ports::{DueMessage, DueReceived, Mailbox, StoreError},
};

/// When something is tried next, and how often it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    due: Timestamp,
    tries: u32,
}

/// A message that waits for its answer.
#[derive(Debug)]
pub(super) struct Waiting {
    received: Received,
    owed: Owed,
}

impl Owed {
    pub(super) fn now() -> Self {
        Self { due: Timestamp::now(), tries: 0 }
    }

    /// Whether it is to be tried now, `before` being what came before it.
    fn is_due<'a>(&self, now: Timestamp, mut before: impl Iterator<Item = &'a Self>) -> bool {
        self.due <= now && before.all(|earlier| earlier.tries > 0)
    }

    fn again(&mut self, next: Timestamp) {
        *self = Self { due: next, tries: self.tries + 1 };
    }
}

fn until(now: Timestamp, hold: Duration) -> Timestamp {
    let hold = SignedDuration::try_from(hold).unwrap_or(SignedDuration::MAX);
    now.saturating_add(hold).unwrap_or(Timestamp::MAX)
}

#[async_trait]
impl Mailbox for MemoryCatalog {
    async fn receive(
        &self,
        merchant: &MerchantId,
        conversation: &Conversation,
        received: &Received,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        state.begin_chat(merchant, conversation);
        let Some(held) = state.chat(merchant, conversation.id) else { return Ok(false) };
        let origin = &received.origin;
        let came = held.origins.values().any(|known| known == origin)
            || held.unanswered.iter().any(|waiting| waiting.received.origin == *origin);
        if !came {
            held.unanswered.push(Waiting { received: received.clone(), owed: Owed::now() });
        }
        Ok(!came)
    }

    async fn due_received(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueReceived>, StoreError> {
        let (mut state, now) = (self.state(), Timestamp::now());
        let mut due: Vec<(Timestamp, DueReceived)> = Vec::new();
        for held in &state.chats {
            for (at, waiting) in held.unanswered.iter().enumerate() {
                let before = held.unanswered.iter().take(at).map(|waiting| &waiting.owed);
                if waiting.owed.is_due(now, before) {
                    let received = DueReceived {
                        merchant: held.merchant.clone(),
                        conversation: held.kept.conversation.id,
                        received: waiting.received.clone(),
                        tries: waiting.owed.tries,
                    };
                    due.push((waiting.owed.due, received));
                }
            }
        }
        due.sort_by_key(|(at, _)| *at);
        due.truncate(most);
        let due: Vec<DueReceived> = due.into_iter().map(|(_, due)| due).collect();
        for due in &due {
            if let Some(waiting) = waiting(&mut state.chats, due) {
                waiting.owed.due = until(now, hold);
            }
        }
        Ok(due)
    }

    async fn settle_received(
        &self,
        due: &DueReceived,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        match (next, waiting(&mut state.chats, due)) {
            (Some(next), Some(waiting)) if waiting.owed.tries == due.tries => {
                waiting.owed.again(next);
            }
            (None, Some(_)) => {
                if let Some(held) = state.chat(&due.merchant, due.conversation) {
                    held.unanswered.retain(|one| one.received.origin != due.received.origin);
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn due_messages(
        &self,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueMessage>, StoreError> {
        let (mut state, now) = (self.state(), Timestamp::now());
        let mut due: Vec<(Timestamp, DueMessage)> = Vec::new();
        for held in &state.chats {
            for (number, owed) in &held.unsent {
                let message = held.messages.iter().find(|message| message.number == *number);
                let before = held.unsent.range(..number).map(|(_, owed)| owed);
                if let Some(message) = message.filter(|_| owed.is_due(now, before)) {
                    let message = DueMessage {
                        merchant: held.merchant.clone(),
                        conversation: held.kept.conversation.clone(),
                        message: message.clone(),
                        tries: owed.tries,
                    };
                    due.push((owed.due, message));
                }
            }
        }
        due.sort_by_key(|(at, _)| *at);
        due.truncate(most);
        let due: Vec<DueMessage> = due.into_iter().map(|(_, due)| due).collect();
        for due in &due {
            let id: ConversationId = due.conversation.id;
            let held = state.chat(&due.merchant, id);
            if let Some(owed) = held.and_then(|held| held.unsent.get_mut(&due.message.number)) {
                owed.due = until(now, hold);
            }
        }
        Ok(due)
    }

    async fn settle_message(
        &self,
        due: &DueMessage,
        next: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        let held = state.chat(&due.merchant, due.conversation.id);
        let Some(held) = held else { return Ok(()) };
        let number = due.message.number;
        match held.unsent.get_mut(&number).filter(|owed| owed.tries == due.tries) {
            Some(owed) => match next {
                Some(next) => owed.again(next),
                None => drop(held.unsent.remove(&number)),
            },
            None => {}
        }
        Ok(())
    }
}

fn waiting<'a>(
    chats: &'a mut [super::memory_conversations::Held],
    due: &DueReceived,
) -> Option<&'a mut Waiting> {
    let held = chats.iter_mut().find(|held| {
        held.merchant == due.merchant && held.kept.conversation.id == due.conversation
    });
    held?.unanswered.iter_mut().find(|one| one.received.origin == due.received.origin)
}
