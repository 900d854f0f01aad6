use std::{collections::HashMap, sync::Arc, time::Duration};

use crate::{
    digest,
    ids::MerchantId,
    photo::Photo,
    ports::{Cache, StoreError},
};

/// How long photos are kept where nothing else is said.
pub const PHOTOS_KEPT: Duration = Duration::from_secs(60 * 60);

/// How long each merchant's photos are kept from when they were sent; not at all where it is zero.
#[derive(Debug, Clone)]
pub struct PhotoKeeping {
    pub default: Duration,
    pub merchants: HashMap<MerchantId, Duration>,
}

impl Default for PhotoKeeping {
    fn default() -> Self {
        Self { default: PHOTOS_KEPT, merchants: HashMap::new() }
    }
}

/// Photos that were sent, so that they need not be sent again. They are in a cache, as the model
/// sees them, and go when their time is over.
pub struct Photos {
    cache: Arc<dyn Cache>,
    keeping: PhotoKeeping,
}

impl Photos {
    pub fn new(cache: Arc<dyn Cache>, keeping: PhotoKeeping) -> Self {
        Self { cache, keeping }
    }

    /// Keeps a photo as long as its merchant allows. One that can not be kept costs that it has to
    /// be sent again.
    pub(super) async fn keep(&self, merchant: &MerchantId, photo: &Photo) {
        let keep = self.keeping.merchants.get(merchant).copied().unwrap_or(self.keeping.default);
        if keep.is_zero() {
            return;
        }
        let kept = photo.clone();
        let Ok(bytes) = tokio::task::spawn_blocking(move || kept.to_bytes()).await else { return };
        if let Err(error) = self.cache.put(&key(merchant, photo.id()), bytes, keep).await {
            tracing::warn!(%error, "a photo could not be kept");
        }
    }

    /// Forgets a photo, as if its time were over.
    pub(super) async fn forget(&self, merchant: &MerchantId, id: &str) -> Result<(), StoreError> {
        self.cache.remove(&key(merchant, id)).await
    }

    /// A photo of this merchant's that is still kept, in the shape that a model of this side takes.
    pub async fn find(
        &self,
        merchant: &MerchantId,
        id: &str,
        side: u32,
    ) -> Result<Option<Photo>, StoreError> {
        let bytes = self.cache.get(&key(merchant, id)).await?;
        let photo = bytes.and_then(|bytes| Photo::from_bytes(&bytes));
        Ok(photo.filter(|photo| photo.id() == id && photo.square().width() == side))
    }
}

fn key(merchant: &MerchantId, id: &str) -> String {
    format!("photo:{}", digest(&[merchant.as_str(), id]))
}
