//! What several processes have in common, or what stands in for it in one.

use std::sync::Arc;

use vitrine_api::Shared;
use vitrine_core::ports::{Cache, Locks, StoreError};
use vitrine_stores::{LayeredCache, LocalCache, LocalLocks, LocalRates, RedisStore};

use crate::settings::Settings;

/// Memory for answers that are kept for who asks again, in bytes, where there is no Redis: apart from
/// what is remembered of photos, which may be forgotten at any time.
const ANSWERS: u64 = 16 * 1024 * 1024;

/// Opened, as the ports that it stands behind.
pub(crate) struct Sharing {
    pub cache: Arc<dyn Cache>,
    /// For photos that were sent, apart so that they push no answers out.
    pub photos: Arc<dyn Cache>,
    pub locks: Arc<dyn Locks>,
    pub api: Shared,
}

impl Sharing {
    /// In Redis where `data.redis` names one, else in this process. A Redis that is away is asked
    /// again later: nothing depends on it.
    pub(crate) fn open(settings: &Settings) -> Result<Self, StoreError> {
        let memory = |mib: u64| LocalCache::new(mib.saturating_mul(1024 * 1024));
        let (own, photos) = (memory(settings.data.cache_mib), memory(settings.photos.cache_mib));
        let Some(redis) = settings.redis() else {
            let locks: Arc<dyn Locks> = Arc::new(LocalLocks::default());
            let api = Shared {
                rates: Arc::new(LocalRates::default()),
                locks: Arc::clone(&locks),
                answers: Arc::new(LocalCache::new(ANSWERS)),
            };
            return Ok(Self { cache: Arc::new(own), photos: Arc::new(photos), locks, api });
        };
        let redis = RedisStore::open(&redis)?;
        let store = Arc::new(redis.clone());
        let api = Shared { rates: store.clone(), locks: store.clone(), answers: store.clone() };
        let layered = |own| Arc::new(LayeredCache::new(redis.clone(), own));
        Ok(Self { cache: layered(own), photos: layered(photos), locks: store, api })
    }
}
