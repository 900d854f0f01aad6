//! The ports: what the work needs from the world, one trait each. Every implementation passes the
//! contract suite of its port in [`crate::testing::contracts`].

mod assistant;
mod cache;
mod catalog;
mod channel;
mod conversations;
mod customers;
mod duties;
mod embedder;
mod events;
mod experiments;
mod feeds;
mod fetch;
mod image_embedder;
mod imports;
mod index;
mod keys;
mod locks;
mod mailbox;
mod moderation;
mod pictures;
mod rates;
mod rebuilds;
mod rules;
mod vision;
mod webhooks;

pub use assistant::{Assistant, Wording};
pub use cache::Cache;
pub use catalog::{Catalog, Change, Edit, Edited, Lag, OffersSet, Upserted};
pub use channel::{Channel, ChannelError};
pub use conversations::{After, Conversations, Hearing, Kept, Queued};
pub use customers::Customers;
pub use duties::{Duties, Duty, DutyError};
pub use embedder::{Embedder, Vector};
pub use events::Events;
pub use experiments::{ExperimentPut, Experiments};
pub use feeds::Feeds;
pub use fetch::{
    Bearer, Body, Fetch, FetchError, FetchRequest, FetchResponse, Fetched, MAX_REDIRECTS, Patience,
    bounded, redirected,
};
pub use image_embedder::ImageEmbedder;
pub use imports::{
    Batch, Checkpoint, Claimed, ImportEnd, Imports, Lease, LeaseError, Record, UnderWay, Work,
    Worked,
};
pub use index::{Entry, Hit, Index, Point, PointPicture, Prefilter, Query, Weights};
pub use keys::Keys;
pub use locks::Locks;
pub use mailbox::{DueMessage, DueReceived, Mailbox};
pub use moderation::{Moderation, Verdict};
pub use pictures::{
    KeptPicture, PictureCounts, PictureOutcome, PictureState, Pictures, SettledPicture,
    WantedPicture,
};
pub use rates::{Rates, Taken};
pub use rebuilds::Rebuilds;
pub use rules::Rules;
pub use vision::{
    AdvicePiece, AdviceStream, Bought, Brief, Candidate, DescribeStream, Stylist, Vision,
};
pub use webhooks::{DueDelivery, Post, Posted, Tell, Webhooks};

use crate::moderation::Unfit;

/// A model that could not answer, or that has refused to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("the model could not be loaded: {0}")]
    Load(String),
    #[error("the model stopped while answering; send the request again ({0})")]
    Stopped(String),
    #[error("the model's answer was cut short or not in its schema; send the request again ({0})")]
    Answer(String),
    #[error(
        "the model took longer than {0} s; send the request again, or raise `models.timeout_seconds`"
    )]
    Timeout(u64),
    #[error("{0}")]
    Refused(Unfit),
}

impl ModelError {
    /// What a customer may be told: the kind of the trouble, and nothing of the machine it is on.
    pub const fn for_customers(&self) -> &'static str {
        match self {
            Self::Load(_) => "the model is not running",
            Self::Stopped(_) => "the model stopped while answering; send the photo again",
            Self::Answer(_) => "the model's answer was cut short; send the photo again",
            Self::Timeout(_) => "the model took too long; send the photo again",
            Self::Refused(why) => why.words(),
        }
    }
}

/// A store that could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("{store} is not reachable: {detail}; `vitrine doctor` says more")]
    Unavailable { store: &'static str, detail: String },
    #[error("{store} holds something that can not be read: {detail}; `vitrine doctor` says more")]
    Corrupt { store: &'static str, detail: String },
    #[error(
        "{store} was written by a newer Vitrine (its schema is at {found}, this one knows {known}); \
         run the newer version or restore a backup"
    )]
    Newer { store: &'static str, found: i64, known: i64 },
    #[error(
        "{store} is behind this Vitrine (its schema is at {found}, this one needs {known}); run \
         `vitrine migrate`"
    )]
    Behind { store: &'static str, found: i64, known: i64 },
}

impl StoreError {
    /// What a customer may be told: the kind of the trouble, and nothing of the machine it is on.
    pub const fn for_customers(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } | Self::Newer { .. } | Self::Behind { .. } => {
                "the shop's products can not be reached; send the photo again"
            }
            Self::Corrupt { .. } => "some of the shop's products can not be read",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_told_nothing_of_the_machine() {
        let detail = || "/srv/models on db.internal:5432".to_owned();
        let mut told = vec![
            ModelError::Load(detail()).for_customers(),
            ModelError::Stopped(detail()).for_customers(),
            ModelError::Answer(detail()).for_customers(),
            ModelError::Timeout(30).for_customers(),
            StoreError::Unavailable { store: "PostgreSQL", detail: detail() }.for_customers(),
            StoreError::Corrupt { store: "Redis", detail: detail() }.for_customers(),
        ];
        told.extend(Unfit::ALL.iter().map(|why| ModelError::Refused(*why).for_customers()));
        for (at, reason) in told.iter().enumerate() {
            assert!(!told[..at].contains(reason), "{reason}");
            for inside in ["/", "internal", "PostgreSQL", "Redis", "vitrine", "models."] {
                assert!(!reason.contains(inside), "{reason}");
            }
        }
    }
}
