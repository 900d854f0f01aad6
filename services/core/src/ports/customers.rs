use async_trait::async_trait;

use super::StoreError;
use crate::{
    events::Event,
    ids::{CustomerId, MerchantId, ProductId},
    profile::Profile,
};

/// What is known of customers, kept next to the catalog.
#[async_trait]
pub trait Customers: Send + Sync {
    /// Keeps a customer, or changes the one of this id; answers whether it is new. Events are parted
    /// from one who does not agree. One who agreed before agrees since then.
    async fn put_customer(
        &self,
        merchant: &MerchantId,
        customer: &Profile,
    ) -> Result<bool, StoreError>;

    /// The merchant's customer of this id.
    async fn customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Option<Profile>, StoreError>;

    /// The events that are kept with the customer's id, in the order that they happened in.
    async fn customer_events(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<Vec<Event>, StoreError>;

    /// The products that the customer bought, each once, the latest first; of events that are kept
    /// with their id.
    async fn purchases(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// Removes the customer, and of their events all but that they happened: kind, time and answer,
    /// and a hash by which one that comes again is known again. What they counted for stays counted.
    async fn forget_customer(
        &self,
        merchant: &MerchantId,
        id: &CustomerId,
    ) -> Result<(), StoreError>;
}
