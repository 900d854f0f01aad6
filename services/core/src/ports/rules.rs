use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::MerchantId,
    rules::{Rule, Synonyms},
};

/// What merchants want of searches, kept next to the catalog. Each rule, and each group of
/// synonyms, has a name that is its own within the merchant.
#[async_trait]
pub trait Rules: Send + Sync {
    /// Keeps a rule, or changes the one of this name; answers whether it is new.
    async fn put_rule(
        &self,
        merchant: &MerchantId,
        name: &str,
        rule: &Rule,
    ) -> Result<bool, StoreError>;

    /// The merchant's rules by their names, in byte order.
    async fn rules(&self, merchant: &MerchantId) -> Result<Vec<(String, Rule)>, StoreError>;

    /// Forgets a rule; answers whether it was there.
    async fn remove_rule(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError>;

    /// Keeps synonyms, or changes those of this name; answers whether they are new.
    async fn put_synonyms(
        &self,
        merchant: &MerchantId,
        name: &str,
        synonyms: &Synonyms,
    ) -> Result<bool, StoreError>;

    /// The merchant's synonyms by their names, in byte order.
    async fn synonyms(&self, merchant: &MerchantId) -> Result<Vec<(String, Synonyms)>, StoreError>;

    /// Forgets synonyms; answers whether they were there.
    async fn remove_synonyms(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError>;
}
