use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::{MerchantId, ProductId},
    imports::Failure,
    pictures::{Picture, Seen},
    vocabulary::vocabulary,
};

/// A product's picture that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPicture {
    pub merchant: MerchantId,
    pub product: ProductId,
    /// As the merchant gives it.
    pub address: String,
    /// Whether gaps of the product are to be filled in from it, and nobody looked yet.
    pub enrich: bool,
    /// How often it was tried before.
    pub tries: u32,
}

/// What became of a product's picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledPicture {
    pub product: ProductId,
    /// The address that was fetched: where the product names another by now, this is of no use.
    pub address: String,
    pub outcome: PictureOutcome,
}

/// How fetching it ended.
#[derive(Debug, Clone, PartialEq)]
pub enum PictureOutcome {
    /// It is there; `seen` where it was looked at.
    Had { picture: Picture, seen: Option<Seen> },
    /// It can not be had. The import that named it tells of it; one that names it again has it
    /// tried again, but not before `again` is over.
    Failed { failure: Failure, again: Duration },
    /// It may be there after this time. So many tries are counted.
    Later { after: Duration, tries: u32 },
}

vocabulary! {
    /// What became of a product's picture.
    PictureState {
        Waiting = "waiting", "still to be fetched";
        Had = "had", "fetched";
        Failed = "failed", "not to be had";
    }
}

/// How many of a merchant's products have a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PictureCounts {
    /// Still to be fetched.
    pub waiting: u64,
    pub had: u64,
    /// Not to be had.
    pub failed: u64,
}

/// A picture that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPicture {
    pub product: ProductId,
    pub address: String,
    /// What came of it, once that is known.
    pub picture: Option<Result<Picture, Failure>>,
}

impl KeptPicture {
    pub const fn state(&self) -> PictureState {
        match self.picture {
            None => PictureState::Waiting,
            Some(Ok(_)) => PictureState::Had,
            Some(Err(_)) => PictureState::Failed,
        }
    }
}

/// The pictures that products name, kept next to the catalog: whatever writes a product notes its
/// picture in the same transaction.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// Pictures that are due, of one merchant: the first one after `after` who has any, or else
    /// the first of all, so that no merchant waits for all pictures of another. They are given to
    /// nobody else for as long as `lease`, and come again where nothing is said of them until
    /// then.
    async fn claim_pictures(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<WantedPicture>, StoreError>;

    /// Keeps what became of pictures. The outbox is told of products that are filled in, and of those
    /// whose pictures were embedded.
    async fn settle_pictures(
        &self,
        merchant: &MerchantId,
        settled: Vec<SettledPicture>,
    ) -> Result<(), StoreError>;

    /// Has pictures that are there fetched once more, as where another model is to embed them. What
    /// was seen in them stays.
    async fn fetch_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError>;

    /// The pictures in this state, or in any, of products that come after `after`, in byte order
    /// of their ids.
    async fn pictures(
        &self,
        merchant: &MerchantId,
        state: Option<PictureState>,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<KeptPicture>, StoreError>;

    /// What is known of the pictures of these products, in no order; those without one are left out.
    async fn pictures_of(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<Vec<KeptPicture>, StoreError>;

    /// How many there are.
    async fn count_pictures(&self, merchant: &MerchantId) -> Result<PictureCounts, StoreError>;
}
