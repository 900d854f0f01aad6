use std::time::Duration;

use async_trait::async_trait;

use super::FetchError;
use crate::{ids::MerchantId, photo::Photo};

/// Where customers write who are reached by an address of theirs, such as a phone number.
#[async_trait]
pub trait Channel: Send + Sync {
    /// The photo of a message, by what the channel calls it, in the shape that a model of this side
    /// takes.
    async fn photo(
        &self,
        merchant: &MerchantId,
        id: &str,
        side: u32,
    ) -> Result<Photo, ChannelError>;

    /// Sends words to a customer of the merchant's. They may arrive twice where this fails.
    async fn send(
        &self,
        merchant: &MerchantId,
        address: &str,
        text: &str,
    ) -> Result<(), ChannelError>;
}

/// Why a channel did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    #[error("the merchant has no such channel any more; set it up again under `inbound`")]
    Missing,
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "{host} answered {status}; a 401 wants another access token, a 4xx else may mean that the \
         customer wrote too long ago to be answered"
    )]
    Refused { host: String, status: u16, retry_after: Option<Duration> },
    #[error("the photo can not be read: {0}")]
    Photo(String),
}

impl ChannelError {
    /// Whether the same may well succeed later, perhaps after the operator saw to it.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(FetchError::Status { status: 401 | 403, .. }) => true,
            Self::Fetch(error) => error.is_transient(),
            Self::Missing | Self::Refused { .. } => true,
            Self::Photo(_) => false,
        }
    }

    /// How long the channel asked to be left alone.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Fetch(error) => error.retry_after(),
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Missing | Self::Photo(_) => None,
        }
    }
}
