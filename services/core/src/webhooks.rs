//! Telling a merchant's own servers what happened, as Standard Webhooks has it
//! (<https://www.standardwebhooks.com>). What is to be told is kept next to what it tells of, in the
//! same transaction ([`Webhooks`](crate::ports::Webhooks)); the [`WebhookWorker`] sends it, again
//! and again until it is taken, and so at least once.

mod delivery;
mod message;
mod secret;
mod sender;
mod worker;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{address::WebAddress, ids::WebhookId, vocabulary::vocabulary};

pub use delivery::{Attempt, Delivery, DeliveryState, PAUSES, Settled};
pub use message::Message;
pub(crate) use secret::mac;
pub use secret::{WebhookSecret, signature};
pub use sender::{SenderSecret, Signed, Unsigned};
pub use worker::WebhookWorker;

/// A merchant's webhooks at most.
pub const MAX_WEBHOOKS: usize = 20;
/// Hours for which a secret goes on signing beside the one that took its place.
const RETIRING_HOURS: i64 = 24;

vocabulary! {
    /// What webhooks are told of.
    Topic {
        ImportCompleted = "import.completed", "an import that came to its end";
        ImportFailed = "import.failed", "an import that stopped";
        LookCompleted = "look.completed", "an answered photo";
        MissingMatch = "stock.missing_match", "a garment that nothing in the catalog matches";
        ConversationMessage = "conversation.message", "a message of a conversation, whoever wrote it";
        ConversationHandover = "conversation.handover", "a conversation that waits for an agent";
    }
}

/// Where something is told, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: WebAddress,
    /// Each once, in the order of [`Topic::ALL`].
    pub topics: Vec<Topic>,
    pub standing: Standing,
    pub secret: WebhookSecret,
    /// The secret before this one, and until when it signs too.
    pub retired: Option<(WebhookSecret, Timestamp)>,
    pub created: Timestamp,
}

/// Whether a webhook is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Enabled,
    /// By its merchant.
    Disabled,
    /// Its server answered 410: nobody listens there any more.
    Gone,
}

impl Webhook {
    pub fn new(url: WebAddress, topics: Vec<Topic>, secret: WebhookSecret) -> Self {
        let mut webhook = Self {
            id: WebhookId::now(),
            url,
            topics: Vec::new(),
            standing: Standing::Enabled,
            secret,
            retired: None,
            created: Timestamp::now(),
        };
        webhook.set_topics(&topics);
        webhook
    }

    pub fn set_topics(&mut self, topics: &[Topic]) {
        self.topics = Topic::ALL.iter().copied().filter(|topic| topics.contains(topic)).collect();
    }

    /// As one number, a bit a word.
    pub fn topic_bits(&self) -> i64 {
        self.topics.iter().fold(0, |bits, topic| bits | topic.bit())
    }

    /// Whether it is told of this.
    pub fn hears(&self, topic: Topic) -> bool {
        self.standing == Standing::Enabled && self.topics.contains(&topic)
    }

    /// Signs with a new secret from now on, and with the old one too for a day.
    pub fn rotate(&mut self, secret: WebhookSecret) {
        let old = std::mem::replace(&mut self.secret, secret);
        let until = Timestamp::now().checked_add(RETIRING_HOURS.hours());
        self.retired = Some((old, until.unwrap_or(Timestamp::MAX)));
    }

    /// The secrets that sign at this time, the newest first.
    fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        let retired = self.retired.as_ref().filter(|(_, until)| now < *until);
        std::iter::once(&self.secret).chain(retired.map(|(secret, _)| secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_secret_signs_for_a_day_more() {
        let url = WebAddress::parse("https://shop.example/hook").unwrap();
        let topics = vec![Topic::LookCompleted, Topic::ImportFailed, Topic::LookCompleted];
        let [first, second] = [1, 2].map(|seed| WebhookSecret::new([seed; 32]));
        let mut webhook = Webhook::new(url, topics, first.clone());
        assert_eq!(webhook.topics, [Topic::ImportFailed, Topic::LookCompleted]);
        let now = Timestamp::now();
        assert_eq!(webhook.secrets(now).collect::<Vec<_>>(), [&first]);
        webhook.rotate(second.clone());
        assert_eq!(webhook.secrets(now).collect::<Vec<_>>(), [&second, &first]);
        assert_eq!(webhook.secrets(now + 25.hours()).collect::<Vec<_>>(), [&second]);
    }
}
