use std::time::Duration;

use async_trait::async_trait;

use super::{FetchError, StoreError};
use crate::{
    address::WebAddress,
    ids::{DeliveryId, MerchantId, WebhookId},
    webhooks::{Attempt, Delivery, DeliveryState, Message, Settled, Webhook},
};

/// A delivery that is to be tried now.
#[derive(Debug, Clone, PartialEq)]
pub struct DueDelivery {
    pub merchant: MerchantId,
    pub webhook: Webhook,
    pub delivery: Delivery,
}

/// Webhooks and what is on its way to them, kept next to what they are told of.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Keeps a new one; `false` where the merchant has
    /// [`MAX_WEBHOOKS`](crate::webhooks::MAX_WEBHOOKS) already.
    async fn create_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError>;

    /// One of the merchant's.
    async fn webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<Option<Webhook>, StoreError>;

    /// The merchant's, the oldest first.
    async fn webhooks(&self, merchant: &MerchantId) -> Result<Vec<Webhook>, StoreError>;

    /// Keeps one as it is now; answers whether it was there.
    async fn change_webhook(
        &self,
        merchant: &MerchantId,
        webhook: &Webhook,
    ) -> Result<bool, StoreError>;

    /// Forgets one and what was on its way to it; answers whether it was there.
    async fn remove_webhook(
        &self,
        merchant: &MerchantId,
        id: WebhookId,
    ) -> Result<bool, StoreError>;

    /// Puts messages on their way to all that hear of them. One that is told again is passed over.
    async fn tell(&self, merchant: &MerchantId, messages: &[Message]) -> Result<(), StoreError>;

    /// Deliveries whose time has come, those that wait longest first, `most` at most. None is given
    /// to anybody else for as long as `hold`, and no webhook has more than `at_once` held.
    async fn due_deliveries(
        &self,
        at_once: usize,
        most: usize,
        hold: Duration,
    ) -> Result<Vec<DueDelivery>, StoreError>;

    /// Notes a try and what comes of it. A delivery that was settled or put on its way again
    /// meanwhile is passed over.
    async fn settle(
        &self,
        due: &DueDelivery,
        attempt: &Attempt,
        settled: Settled,
    ) -> Result<(), StoreError>;

    /// What was and is on its way to one, the newest first, from the one before `before` on.
    async fn deliveries(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Puts one delivery on its way once more, whatever became of it, or all dead ones; answers how
    /// many.
    async fn replay(
        &self,
        merchant: &MerchantId,
        webhook: WebhookId,
        delivery: Option<DeliveryId>,
    ) -> Result<u64, StoreError>;

    /// Forgets what was delivered or died longer ago; answers how many, `limit` at most.
    async fn forget_deliveries(&self, older: Duration, limit: usize) -> Result<u64, StoreError>;
}

/// A request that tells something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub address: WebAddress,
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// What was answered to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    pub status: u16,
    /// How long the server asked to be left alone.
    pub retry_after: Option<Duration>,
}

/// Tells servers at addresses that strangers gave. Speaks only to hosts that the operator lets it
/// speak to, follows no redirect, reads nothing of the answer but its head, and bounds the time.
#[async_trait]
pub trait Tell: Send + Sync {
    /// Any status is an answer; an error is that there was none.
    async fn post(&self, post: &Post) -> Result<Posted, FetchError>;
}
