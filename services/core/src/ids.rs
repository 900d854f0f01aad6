//! Names of things. Each is its own type, so that no two can be confused.

use serde::{Deserialize, Serialize};

/// A name that a merchant chose and that is empty, too long or holds control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id must have 1 to 100 characters and no control characters; got {got:?}")]
pub struct BadId {
    got: String,
}

/// Declares a checked text identifier.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, min_length = 1, max_length = 100)]
        pub struct $name(String);

        impl $name {
            /// Takes 1 to 100 characters without control characters, trimmed.
            pub fn new(text: impl AsRef<str>) -> Result<Self, BadId> {
                let text = text.as_ref().trim();
                let fits = (1..=100).contains(&text.chars().count());
                if fits && !text.chars().any(char::is_control) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId { got: text.chars().take(40).collect() })
                }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::new(text)
            }
        }
    };
}

text_id! {
    /// A merchant: the tenant that everything belongs to.
    MerchantId
}
text_id! {
    /// A product, as its merchant names it. Unique within the merchant.
    ProductId
}
text_id! {
    /// One size and colour of a product, as its merchant names it. Unique within the merchant.
    VariantId
}
text_id! {
    /// A customer, as the merchant names them. Unique within the merchant.
    CustomerId
}
text_id! {
    /// Who looks, as the merchant's app names a device or a session.
    VisitorId
}
text_id! {
    /// Something that happened, as the client that tells of it names it. Unique within the merchant.
    EventId
}
text_id! {
    /// An order, as the merchant names it.
    OrderId
}
text_id! {
    /// An experiment, as the merchant names it. Unique within the merchant.
    ExperimentName
}
text_id! {
    /// A variant of an experiment.
    ArmName
}

text_id! {
    /// What a merchant calls a key for a server.
    KeyName
}

/// Declares an identifier that this service gives: a UUID version 7, sortable by time.
macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new one.
            pub fn now() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

own_id! {
    /// One answered photo.
    LookId
}
own_id! {
    /// One answered search, the same on all of its pages.
    SearchId
}
own_id! {
    /// One conversation with a customer.
    ConversationId
}
own_id! {
    /// One run of a feed.
    ImportId
}
own_id! {
    /// A key for a server.
    KeyId
}
own_id! {
    /// Where a merchant's server is told what happened.
    WebhookId
}
own_id! {
    /// Something that happened, as it is told; the same however often it is told.
    MessageId
}
impl MessageId {
    /// As the header `webhook-id` has it.
    pub fn header(self) -> String {
        format!("msg_{}", self.0.simple())
    }
}

own_id! {
    /// One message on its way to one webhook.
    DeliveryId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_trimmed_and_bounded() {
        assert_eq!(ProductId::new("  a b ").unwrap().as_str(), "a b");
        for bad in ["", "   ", "a\nb", &"x".repeat(101)] {
            assert!(ProductId::new(bad).is_err(), "{bad:?}");
        }
    }
}
