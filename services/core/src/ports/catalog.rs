use std::collections::HashMap;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Duty, DutyError, StoreError, Vector};
use crate::{
    duplicates::DuplicateGroup,
    ids::{MerchantId, ProductId, VariantId},
    lack::Lacks,
    product::{BadSale, OfferChange, Product},
    product_filter::ProductFilter,
};

/// What an upsert did, in products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upserted {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
}

/// What setting offers did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OffersSet {
    /// Changes that were made.
    pub set: u64,
    /// Where, in the order given, a change names a variant that is not there.
    pub unknown: Vec<usize>,
    /// Where a change would leave a sale price that does not fit.
    pub refused: Vec<(usize, BadSale)>,
}

/// Makes what a product becomes; `None` leaves it as it is.
pub type Edit = Box<dyn FnOnce(&Product) -> Option<Product> + Send>;

/// What came of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Edited {
    Unknown,
    /// The product as it is now.
    Done(Product),
    Refused,
}

/// One entry of the outbox: a product whose points in the index are behind the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Grows with every change; a product that changes again gets a new, higher one.
    pub sequence: i64,
    pub merchant: MerchantId,
    pub product: ProductId,
}

/// How far the index is behind the catalog, over all merchants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// Products that wait to be indexed. Counted up to 10,000; of more it is estimated, and then
    /// never too few: a product that changed again may count twice.
    pub products: u64,
    /// When the first change of those was made that the index was not told of.
    pub oldest: Option<Timestamp>,
}

/// Products, offers and what the index still has to learn of them: the one place of truth.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Creates or replaces products with their variants and offers, and writes the outbox, in one
    /// transaction. A product that is the same already is left alone.
    async fn upsert(
        &self,
        merchant: &MerchantId,
        products: Vec<Product>,
    ) -> Result<Upserted, StoreError>;

    /// Changes one product, with no other write to it in between.
    async fn edit(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        edit: Edit,
    ) -> Result<Edited, StoreError>;

    /// Sets prices and stock, each change after the one before it. The outbox is written only for
    /// products whose availability or price band is no longer what the index was told.
    async fn set_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError>;

    /// What [`set_offers`](Self::set_offers) would do now.
    async fn try_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError>;

    /// Removes products; answers how many were there.
    async fn remove(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<u64, StoreError>;

    /// These products as they are now, in the order asked for; those unknown are left out.
    async fn products(
        &self,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<Product>, StoreError>;

    /// Which products these variants are of; those unknown are left out.
    async fn owners(
        &self,
        merchant: &MerchantId,
        variants: &[VariantId],
    ) -> Result<Vec<(VariantId, ProductId)>, StoreError>;

    /// The merchant's product ids that come after `after`, in byte order; all are walked through by
    /// asking on from the last one.
    async fn ids(
        &self,
        merchant: &MerchantId,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// As [`ids`](Self::ids), those of the products that the filter lets pass. It reads no product.
    async fn matching_ids(
        &self,
        merchant: &MerchantId,
        filter: &ProductFilter,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError>;

    /// How many of the merchant's products lack what, by all that they lack.
    async fn count_by_lacks(&self, merchant: &MerchantId) -> Result<Vec<(Lacks, u64)>, StoreError>;

    /// How many GTINs more than one product has.
    async fn count_shared_gtins(&self, merchant: &MerchantId) -> Result<u64, StoreError>;

    /// The GTINs after `after` that more than one product has, in byte order.
    async fn shared_gtins(
        &self,
        merchant: &MerchantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DuplicateGroup>, StoreError>;

    /// Notes that these products were shown as matches; those that are not there are passed over.
    /// It is forgotten with the product.
    async fn note_matched(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError>;

    /// How many of the merchant's products were shown as matches.
    async fn count_matched(&self, merchant: &MerchantId) -> Result<u64, StoreError>;

    /// The merchants who have products and come after `after`, in byte order; all are walked
    /// through by asking on from the last one.
    async fn merchants(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
    ) -> Result<Vec<MerchantId>, StoreError>;

    /// How many products the merchant has.
    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError>;

    /// The oldest changes that the index has not been told of, one entry a product at most.
    async fn changes(&self, limit: usize) -> Result<Vec<Change>, StoreError>;

    /// Strikes out changes that the index now holds, if the duty is still held. A change that came
    /// later stays.
    async fn done(&self, duty: &Duty, changes: &[Change]) -> Result<(), DutyError>;

    /// Puts products into the outbox as if they had changed just now, known or not: the index may
    /// hold them otherwise than the catalog does.
    async fn enter_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError>;

    /// How far the index is behind. Reads a bounded number of rows.
    async fn lag(&self) -> Result<Lag, StoreError>;

    /// How many of the merchant's products the index is behind on.
    async fn pending(&self, merchant: &MerchantId) -> Result<u64, StoreError>;

    /// Vectors kept for these texts, by text, as far as `model` has embedded them before.
    async fn vectors(
        &self,
        model: &str,
        texts: &[String],
    ) -> Result<HashMap<String, Vector>, StoreError>;

    /// Keeps vectors for texts.
    async fn keep_vectors(
        &self,
        model: &str,
        vectors: &HashMap<String, Vector>,
    ) -> Result<(), StoreError>;

    /// Puts every product of every merchant into the outbox, for an index that starts empty;
    /// answers how many.
    async fn reindex_all(&self) -> Result<u64, StoreError>;

    /// Answers if the store can be read from and written to.
    async fn check(&self) -> Result<(), StoreError>;
}
