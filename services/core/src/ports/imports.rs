use std::time::Duration;

use async_trait::async_trait;

use super::{OffersSet, StoreError, Upserted};
use crate::{
    feed::{Place, Problem},
    ids::{ImportId, MerchantId, ProductId},
    imports::{Failure, Import, Progress},
    product::{OfferChange, Product},
};

/// The right to run an import, until it ends or another worker takes it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub import: ImportId,
    pub merchant: MerchantId,
    /// Counts the times that the import was claimed; only the last one may write.
    pub attempt: i64,
}

/// An import that a worker is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub import: Import,
    pub lease: Lease,
    /// How many claims before this one ended without a batch written.
    pub fruitless: u32,
}

/// Products of a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub products: Vec<Product>,
    /// Where in the feed each of them is.
    pub places: Vec<Place>,
    /// Whether gaps are to be filled in from the products' pictures; where not, what was filled in
    /// by an earlier import is no longer shown.
    pub enrich: bool,
}

impl From<Vec<Product>> for Batch {
    /// Products that are not known to be anywhere in a feed.
    fn from(products: Vec<Product>) -> Self {
        let places = vec![Place::default(); products.len()];
        Self { products, places, enrich: false }
    }
}

/// One write of an import.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    Products(Batch),
    Offers(Vec<OfferChange>),
    Removal(Vec<ProductId>),
    /// Only the progress is to be kept.
    Nothing,
}

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub enum Worked {
    Products(Upserted),
    Offers(OffersSet),
    /// How many products were there.
    Removal(u64),
    Nothing,
}

/// What is kept together with a write.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    pub progress: Progress,
    /// Problems that were not kept before.
    pub problems: Vec<Problem>,
}

/// Makes what is to be kept of what a write did.
pub type Record = Box<dyn FnOnce(&Worked) -> Checkpoint + Send>;

/// How an import ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportEnd {
    Done,
    /// There was nothing to do: the feed is as it was.
    NotModified,
    Failed(Failure),
    Cancelled,
}

/// Why the holder of a lease must stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeaseError {
    /// Another worker has it, or it ended.
    #[error("the import is run by another worker now")]
    Lost,
    #[error("the import is to be cancelled")]
    Cancelled,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many imports have not ended, of all merchants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnderWay {
    pub waiting: u64,
    pub running: u64,
}

/// Imports, kept next to the catalog that they write to.
#[async_trait]
pub trait Imports: Send + Sync {
    /// Keeps a new import.
    async fn create(&self, import: &Import) -> Result<(), StoreError>;

    /// Keeps the part of its body with this number, from 0; parts may be of any length.
    async fn put_part(
        &self,
        import: ImportId,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError>;

    /// The part of this number; `None` after the last one.
    async fn part(&self, import: ImportId, number: u32) -> Result<Option<Vec<u8>>, StoreError>;

    /// Says that the body is whole and how long it is: a receiving import waits from then on. One
    /// that was cancelled meanwhile stays so.
    async fn body_complete(&self, import: ImportId, bytes: u64) -> Result<(), StoreError>;

    /// Drops all parts of its body, to begin anew.
    async fn drop_parts(&self, import: ImportId) -> Result<(), StoreError>;

    /// One of the merchant's imports.
    async fn import(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError>;

    /// The merchant's imports, the newest first, from the one before `before` on.
    async fn imports(
        &self,
        merchant: &MerchantId,
        before: Option<ImportId>,
        limit: usize,
    ) -> Result<Vec<Import>, StoreError>;

    /// How many wait to be run and how many are run now.
    async fn under_way(&self) -> Result<UnderWay, StoreError>;

    /// Its kept problems after the first `skip`, in the order told.
    async fn problems(
        &self,
        merchant: &MerchantId,
        import: ImportId,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<Problem>, StoreError>;

    /// Asks for its end: at once where nobody runs it, else between two batches. Answers what it
    /// is then; one that has ended is left as it is.
    async fn cancel(
        &self,
        merchant: &MerchantId,
        import: ImportId,
    ) -> Result<Option<Import>, StoreError>;

    /// Takes the oldest import that waits, or whose worker has not been heard of for as long as
    /// its lease. A merchant's imports run one after the other, in the order that they were
    /// created in. No import is given to two.
    async fn claim(&self, lease: Duration) -> Result<Option<Claimed>, StoreError>;

    /// Holds the lease for this long from now on.
    async fn hold(&self, lease: &Lease, time: Duration) -> Result<(), LeaseError>;

    /// Does the work and keeps what `record` makes of the outcome, in one transaction, if the
    /// lease still holds.
    async fn work(&self, lease: &Lease, work: Work, record: Record)
    -> Result<Progress, LeaseError>;

    /// Ends it and drops its body. What it had read but not written can be kept with it.
    async fn end(
        &self,
        lease: &Lease,
        end: ImportEnd,
        checkpoint: Option<Checkpoint>,
    ) -> Result<(), LeaseError>;

    /// Gives it back, to be claimed again at once.
    async fn release(&self, lease: &Lease) -> Result<(), LeaseError>;

    /// Forgets imports that ended longer ago than `ended`, and gives up those whose body has not
    /// grown for as long as `receiving`. Answers how many.
    async fn forget(&self, ended: Duration, receiving: Duration) -> Result<u64, StoreError>;
}
