//! A conversation with a customer: what was said, what is known of it, and who answers.

mod checking;
mod draft;
mod handover;
mod memory;
mod understood;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::{ConversationId, CustomerId, LookId, ProductId},
    vocabulary::vocabulary,
};

pub use checking::{Unfounded, check};
pub use draft::{Draft, Live};
pub(crate) use handover::UNSURE;
pub use handover::{Handover, HandoverReason, ReplySuggestion, called_for};
pub use memory::{Memory, SHOWN, Shown, Turn};
pub use understood::{Condition, Heard, Intent, Understood, conditions};

/// Messages of a conversation that are kept; of those before them the summary alone tells.
pub const MESSAGES_KEPT: u64 = 200;
/// The most characters of a message.
pub const MAX_TEXT: usize = 1_000;
/// The most photos of a message.
pub const MAX_PHOTOS: usize = 3;
/// The most characters of an agent's name.
pub const MAX_AGENT: usize = 60;

vocabulary! {
    /// Who answers in a conversation.
    ChatStatus {
        Assistant = "assistant", "the assistant";
        Waiting = "waiting", "nobody yet, since an agent is waited for";
        Agent = "agent", "an agent";
        Closed = "closed", "nobody any more";
    }
}

vocabulary! {
    /// Who said something.
    Speaker {
        Customer = "customer", "the customer";
        Assistant = "assistant", "the assistant";
        Agent = "agent", "an agent";
    }
}

/// A conversation as it is kept, without its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    /// Whom the merchant named as the customer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub customer_id: Option<CustomerId>,
    /// The language to answer in (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub locale: Option<String>,
    /// The door that it came through: `api`, `whatsapp`, or the name of an inbound webhook.
    pub channel: String,
    /// Where the channel reaches the customer, such as a phone number; absent where they ask for their
    /// answers themselves. Shown to nobody.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Who answers.
    pub status: ChatStatus,
    /// The agent who answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent: Option<String>,
    /// Why an agent is needed, and what they must know.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub handover: Option<Handover>,
    /// Messages so far; the number of the last one.
    pub messages: u64,
    /// Milliseconds from the customer's first message to the first answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_answer_ms: Option<u64>,
    /// Milliseconds from the hand-over to the first answer of an agent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_agent_answer_ms: Option<u64>,
    pub created: Timestamp,
    pub updated: Timestamp,
    /// Times in a row that the customer was not understood.
    #[serde(default)]
    pub unsure: u32,
    #[serde(default)]
    pub memory: Memory,
}

impl Conversation {
    pub fn new(channel: impl Into<String>) -> Self {
        let now = now();
        Self {
            id: ConversationId::now(),
            customer_id: None,
            locale: None,
            channel: channel.into(),
            address: None,
            status: ChatStatus::Assistant,
            agent: None,
            handover: None,
            messages: 0,
            first_answer_ms: None,
            first_agent_answer_ms: None,
            created: now,
            updated: now,
            unsure: 0,
            memory: Memory::default(),
        }
    }

    /// Gives a message its place as the newest one, and notes the time to a first answer.
    pub fn take(&mut self, message: &mut ChatMessage) {
        self.messages += 1;
        message.number = self.messages;
        self.updated = message.at;
        self.memory.hear(message);
        let since = |start: Timestamp| {
            u64::try_from(message.at.duration_since(start).as_millis()).unwrap_or_default()
        };
        if message.from != Speaker::Customer {
            let began = self.memory.first_heard.unwrap_or(self.created);
            self.first_answer_ms.get_or_insert(since(began));
        }
        if message.from == Speaker::Agent {
            let asked = self.handover.as_ref().map_or(self.created, |handover| handover.at);
            self.first_agent_answer_ms.get_or_insert(since(asked));
        }
    }

    /// Whether a person answers, or is waited for: the assistant is silent then.
    pub fn is_a_persons(&self) -> bool {
        matches!(self.status, ChatStatus::Waiting | ChatStatus::Agent)
    }

    /// Waits for an agent from now on.
    pub fn hand_over(&mut self, reason: HandoverReason) {
        self.status = ChatStatus::Waiting;
        self.agent = None;
        self.first_agent_answer_ms = None;
        let summary = self.memory.summary();
        self.handover = Some(Handover { reason, at: now(), summary });
    }

    /// What was said before the messages that are kept, and all else that is known, in plain words.
    pub fn summary(&self) -> String {
        self.memory.summary()
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// Its place in the conversation, from 1.
    pub number: u64,
    pub from: Speaker,
    /// The agent who wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent: Option<String>,
    pub text: String,
    /// Its photos.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub photo_ids: Vec<String>,
    /// What it was taken to want.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub intent: Option<Intent>,
    /// The answered photo that it tells of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub look_id: Option<LookId>,
    /// The products that it shows, in the order of its text.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub product_ids: Vec<ProductId>,
    /// What the service suggested, where an agent sent it or made this of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub suggestion: Option<String>,
    /// Where the time went until it was answered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timings: Option<ChatTimings>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl ChatMessage {
    /// Said now; its number comes when a conversation takes it.
    pub fn new(from: Speaker, text: impl Into<String>) -> Self {
        Self {
            number: 0,
            from,
            agent: None,
            text: text.into(),
            photo_ids: Vec::new(),
            intent: None,
            look_id: None,
            product_ids: Vec::new(),
            suggestion: None,
            timings: None,
            at: now(),
        }
    }
}

/// Where the time of a reply went, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatTimings {
    /// Waiting for a turn at the models.
    pub queue: u64,
    /// Understanding the message.
    pub understand: u64,
    /// Seeing the garments of photos.
    pub describe: u64,
    /// Turning garments and words into vectors.
    pub embed: u64,
    /// Finding products, with their live offers.
    pub find: u64,
    /// Putting the reply into words.
    pub word: u64,
    /// From the message to the reply.
    pub total: u64,
    /// The service's own share: the total without the queue and the models.
    pub own: u64,
}

/// To the millisecond, as stores keep it.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests;
