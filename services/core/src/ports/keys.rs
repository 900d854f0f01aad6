use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::{KeyId, MerchantId},
    keys::{Key, KeyHash},
};

/// Keys for servers, kept next to the catalog. Of what proves a key, only the hash is ever seen here.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Keeps a new key; false, and nothing is kept, where its merchant has
    /// [`MAX_KEYS`](crate::keys::MAX_KEYS) already.
    async fn create_key(&self, key: &Key, hash: &KeyHash) -> Result<bool, StoreError>;

    /// The key of this hash, an expired one too.
    async fn key(&self, hash: &KeyHash) -> Result<Option<Key>, StoreError>;

    /// All of a merchant's keys, oldest first.
    async fn keys(&self, merchant: &MerchantId) -> Result<Vec<Key>, StoreError>;

    /// Removes a key of this merchant; false where there is none.
    async fn revoke_key(&self, merchant: &MerchantId, id: KeyId) -> Result<bool, StoreError>;

    /// Notes that a key is used now, unless that was noted within the last minute.
    async fn key_used(&self, merchant: &MerchantId, id: KeyId) -> Result<(), StoreError>;
}
