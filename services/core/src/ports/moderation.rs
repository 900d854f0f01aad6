use async_trait::async_trait;

use super::ModelError;
use crate::{admission::Permit, moderation::Unfit, photo::Photo};

/// What a photo is to a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fit,
    Unfit(Unfit),
}

/// Judges whether a photo is one for a shop.
#[async_trait]
pub trait Moderation: Send + Sync {
    /// Names who judges and all that the verdict depends on besides the photo (prompt, settings);
    /// part of every cache key.
    fn name(&self) -> &str;

    /// Judges a photo. The permit proves that the request was admitted; dropping the future frees
    /// the model.
    async fn judge(&self, photo: &Photo, permit: &Permit) -> Result<Verdict, ModelError>;
}
