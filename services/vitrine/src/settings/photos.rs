//! How long photos are kept.

use std::{collections::HashMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_core::{
    ids::{BadId, MerchantId},
    shopping::PhotoKeeping,
};

use super::Settings;

/// Photos that were sent, kept so that they need not be sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Photos {
    /// Minutes that a photo which was sent is kept, so that it can be asked for again by its id and
    /// looks can be refined with advice. It is kept as the model sees it, in memory. 0 keeps none.
    pub keep_minutes: u64,
    /// The same minutes for single merchants, by their names.
    #[schemars(example = serde_json::json!({"my shop": 5}))]
    pub merchants: HashMap<String, u64>,
    /// Memory for kept photos, in MiB.
    pub cache_mib: u64,
}

impl Default for Photos {
    fn default() -> Self {
        Self { keep_minutes: 60, merchants: HashMap::new(), cache_mib: 64 }
    }
}

impl Settings {
    /// How long photos are kept.
    pub fn photo_keeping(&self) -> Result<PhotoKeeping, BadId> {
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let merchants = self.photos.merchants.iter().map(|(merchant, kept)| {
            MerchantId::new(merchant).map(|merchant| (merchant, minutes(*kept)))
        });
        Ok(PhotoKeeping {
            default: minutes(self.photos.keep_minutes),
            merchants: merchants.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::with_file, *};

    #[test]
    fn a_merchant_has_its_own_time_for_photos() {
        let settings = with_file("[photos.merchants]\n\"my shop\" = 5", &[]).unwrap();
        let keeping = settings.photo_keeping().unwrap();
        assert_eq!(keeping.default, Duration::from_secs(3_600));
        let shop = MerchantId::new("my shop").unwrap();
        assert_eq!(keeping.merchants[&shop], Duration::from_secs(300));
        let wrong = with_file("[photos.merchant]\nshop = 5", &[]).unwrap_err().to_string();
        assert!(wrong.contains("`photos.merchant.shop` is not a setting"), "{wrong}");
    }
}
