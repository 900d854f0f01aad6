//! Comparing the index with the catalog, and putting right what differs.

use std::collections::{BTreeMap, HashMap};

use super::{
    BATCH, Indexer, IndexingError,
    duty::OnDuty,
    point::point,
    walk::{Walk, products_in_all},
};
use crate::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Point, PointPicture, StoreError, Vector},
    product::Product,
};

/// Entries of the index read together.
const PAGE: usize = 2_000;

/// What a repair found, in products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Compared.
    pub products: u64,
    /// Missing from the index, or there otherwise than in the catalog, and written again.
    pub written: u64,
    /// In the index but not in the catalog, and removed.
    pub removed: u64,
}

/// A product of a merchant, in 16 bytes: what the index holds is remembered for all products.
type Key = [u8; 16];

/// What is held of products: for each, the sum of hashes of its versions with their fingerprints.
type Held = HashMap<Key, u64>;

fn key(merchant: &MerchantId, product: &ProductId) -> Key {
    let mut key = [0; 16];
    key.copy_from_slice(&hash(merchant.as_str(), product.as_str())[..16]);
    key
}

fn sum(held: u64, version: &str, fingerprint: &str) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&hash(fingerprint, version)[..8]);
    held.wrapping_add(u64::from_le_bytes(eight))
}

/// The first holds no control characters, so the separator can not be part of it.
fn hash(first: &str, second: &str) -> [u8; 32] {
    blake3::hash(format!("{first}\0{second}").as_bytes()).into()
}

impl Indexer {
    /// Compares all that the index holds with the catalog, writes what is missing or differs and
    /// removes what is not in the catalog; tells how many products of how many were compared.
    /// Embeds nothing but texts of products that it writes. Waits while another process writes to
    /// the index.
    pub async fn repair(
        &self,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Repaired, IndexingError> {
        let _alone = self.alone.lock().await;
        self.pay().await?;
        let on = self.wait_for_duty().await?;
        let repaired = self.repair_on(&on, &mut progress).await;
        self.leave(on).await;
        repaired
    }

    async fn repair_on(
        &self,
        on: &OnDuty,
        progress: &mut impl FnMut(u64, u64),
    ) -> Result<Repaired, IndexingError> {
        self.drain_on(on, |_| {}).await?;
        let catalog = &*self.store;
        let (mut walk, total) = (Walk::default(), products_in_all(catalog).await?);
        let mut held = self.held().await?;
        let mut repaired = Repaired::default();
        while let Some((merchant, ids)) = walk.next(catalog, BATCH).await? {
            let products = catalog.products(&merchant, &ids).await?;
            let mut pictures = self.pictures(&merchant, &products).await?;
            let mut expected = |product: &Product| expected(product, pictures.remove(&product.id));
            let differ: Vec<ProductId> = products
                .iter()
                .filter(|product| held.remove(&key(&merchant, &product.id)) != expected(product))
                .map(|product| product.id.clone())
                .collect();
            if !differ.is_empty() {
                self.mend(on, &merchant, &differ).await?;
            }
            repaired.products += ids.len() as u64;
            repaired.written += differ.len() as u64;
            progress(repaired.products, total);
        }
        if !held.is_empty() {
            repaired.removed = self.remove_strangers(on, held).await?;
        }
        Ok(repaired)
    }

    async fn mend(
        &self,
        on: &OnDuty,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<(), IndexingError> {
        self.index_as_they_are(on, merchant, ids).await?;
        on.confirm().await?;
        self.owed.clear();
        Ok(())
    }

    async fn held(&self) -> Result<Held, StoreError> {
        let (mut held, mut last) = (Held::new(), None);
        loop {
            let entries = self.index.entries(last.as_ref(), PAGE).await?;
            for entry in &entries {
                let sums = held.entry(key(&entry.merchant, &entry.product)).or_default();
                *sums = sum(*sums, &entry.version, &entry.fingerprint);
            }
            let Some(entry) = entries.into_iter().next_back() else { return Ok(held) };
            last = Some(entry);
        }
    }

    /// Removes what is left of `held` after the walk. Each is looked up in the catalog again: it
    /// may have come back meanwhile.
    async fn remove_strangers(&self, on: &OnDuty, mut held: Held) -> Result<u64, IndexingError> {
        let (mut removed, mut last) = (0, None);
        loop {
            let entries = self.index.entries(last.as_ref(), PAGE).await?;
            let mut strangers: BTreeMap<MerchantId, Vec<ProductId>> = BTreeMap::new();
            for Entry { merchant, product, .. } in &entries {
                if held.remove(&key(merchant, product)).is_some() {
                    strangers.entry(merchant.clone()).or_default().push(product.clone());
                }
            }
            for (merchant, ids) in strangers {
                let back = self.store.products(&merchant, &ids).await?;
                self.mend(on, &merchant, &ids).await?;
                removed += (ids.len() - back.len()) as u64;
            }
            let Some(entry) = entries.into_iter().next_back() else { return Ok(removed) };
            last = Some(entry);
        }
    }
}

/// What the index should hold of a product; the fingerprint needs no vector of words.
fn expected(product: &Product, picture: Option<PointPicture>) -> Option<u64> {
    let points = product.colour_versions().into_iter().map(|version| {
        let text = version.search_text();
        point(&version, &text, Vector::new(), picture.clone())
    });
    points.fold(None, |held: Option<u64>, point: Point| {
        Some(sum(held.unwrap_or_default(), &point.version, &point.fingerprint()))
    })
}
