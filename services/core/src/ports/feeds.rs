use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::{ImportId, MerchantId},
    imports::{FeedOutcome, KeptFeed},
};

/// Feeds that are fetched again and again, kept next to the catalog.
#[async_trait]
pub trait Feeds: Send + Sync {
    /// Keeps a feed, or changes the one of this name; answers whether it is new.
    async fn put_feed(&self, merchant: &MerchantId, feed: &KeptFeed) -> Result<bool, StoreError>;

    /// The merchant's feed of this name.
    async fn feed(&self, merchant: &MerchantId, name: &str)
    -> Result<Option<KeptFeed>, StoreError>;

    /// The merchant's feeds, by name.
    async fn feeds(&self, merchant: &MerchantId) -> Result<Vec<KeptFeed>, StoreError>;

    /// Forgets a feed; answers whether it was there.
    async fn remove_feed(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError>;

    /// One feed that is due and of which no import is under way. It is not given to anybody else
    /// for as long as `reserve`.
    async fn due_feed(
        &self,
        reserve: Duration,
    ) -> Result<Option<(MerchantId, KeptFeed)>, StoreError>;

    /// Notes that an import of it was created, and when the next one is due.
    async fn feed_started(
        &self,
        merchant: &MerchantId,
        name: &str,
        import: ImportId,
    ) -> Result<(), StoreError>;

    /// Notes how an import of it ended; a feed that fails is due again after a pause that doubles.
    async fn feed_ended(
        &self,
        merchant: &MerchantId,
        name: &str,
        outcome: FeedOutcome,
    ) -> Result<(), StoreError>;
}
