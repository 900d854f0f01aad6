//! Customers who write elsewhere, in WhatsApp or in a chat system. Their conversations have ids that
//! are derived from what the other side calls them. What comes in by a [`Channel`](crate::ports::Channel)
//! waits in the [`Mailbox`](crate::ports::Mailbox) until it is answered, and what is said waits there
//! until it is sent: nothing is lost, wherever a process ends.

mod signature;
mod worker;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, MerchantId};

pub use signature::is_signed;
pub use worker::ChannelWorker;

/// A customer's message as a channel brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// What the channel calls it, however often it brings it.
    pub origin: String,
    pub text: String,
    /// What the channel calls its photo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub photo: Option<String>,
    /// Whether it is neither words nor a photo; then `text` names its kind.
    pub unreadable: bool,
    pub at: Timestamp,
}

/// The conversation with a customer of another side: the same each time, and not to be guessed without
/// the secret that is shared with that side. A UUID of version 8 (RFC 9562).
pub fn conversation_id(
    secret: &[u8],
    merchant: &MerchantId,
    channel: &str,
    customer: &str,
) -> ConversationId {
    let key = blake3::derive_key("vitrine 2026-11 conversation of a channel", secret);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    for part in [merchant.as_str(), channel, customer] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    ConversationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn a_conversation_is_the_same_each_time_and_another_for_all_else() {
        let other = MerchantId::new("other").unwrap();
        let id = |secret: &[u8], merchant: &MerchantId, channel: &str, customer: &str| {
            conversation_id(secret, merchant, channel, customer)
        };
        let demo = sample::merchant();
        let one = id(b"secret", &demo, "whatsapp", "4915");
        assert_eq!(one, id(b"secret", &demo, "whatsapp", "4915"));
        assert_eq!(one.0.get_version_num(), 8);
        for another in [
            id(b"Secret", &demo, "whatsapp", "4915"),
            id(b"secret", &other, "whatsapp", "4915"),
            id(b"secret", &demo, "whatsapp4", "915"),
            id(b"secret", &demo, "whatsapp", "4916"),
        ] {
            assert_ne!(one, another);
        }
    }
}
