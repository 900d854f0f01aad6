//! Draining the catalog's outbox into the index.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::Notify;

use crate::{
    ids::{MerchantId, ProductId},
    matching::version_key,
    money::price_band,
    ports::{Catalog, Change, Embedder, Index, ModelError, Point, StoreError, Vector},
    product::{ColourVersion, Product, Variant},
};

/// Products indexed together.
const BATCH: usize = 512;
/// How long the worker rests after an error before it tries again.
const PAUSE_AFTER_ERROR: std::time::Duration = std::time::Duration::from_secs(2);
/// How often the worker looks at the outbox when nobody wakes it.
const PERIOD: std::time::Duration = std::time::Duration::from_secs(5);

/// Brings the index up to the catalog. A change is struck out only after the index holds it for
/// good, so a crash at any point repeats work and loses none.
pub struct Indexer {
    catalog: Arc<dyn Catalog>,
    index: Arc<dyn Index>,
    embedder: Arc<dyn Embedder>,
    wake: Arc<Notify>,
}

/// What could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexingError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl Indexer {
    pub fn new(
        catalog: Arc<dyn Catalog>,
        index: Arc<dyn Index>,
        embedder: Arc<dyn Embedder>,
    ) -> Self {
        Self { catalog, index, embedder, wake: Arc::new(Notify::new()) }
    }

    /// Wakes [`run`](Self::run) when notified.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// Indexes whatever comes into the outbox, for as long as it is polled.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.drain(|_| {}).await {
                tracing::warn!(%error, "indexing paused; the outbox keeps what is left");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
            let _ = tokio::time::timeout(PERIOD, self.wake.notified()).await;
        }
    }

    /// Indexes until the outbox is empty; tells how many products were done after each batch.
    pub async fn drain(&self, mut progress: impl FnMut(u64)) -> Result<u64, IndexingError> {
        let mut done = 0;
        loop {
            let changes = self.catalog.changes(BATCH).await?;
            if changes.is_empty() {
                return Ok(done);
            }
            self.index_changes(&changes).await?;
            self.catalog.done(&changes).await?;
            done += changes.len() as u64;
            progress(done);
        }
    }

    async fn index_changes(&self, changes: &[Change]) -> Result<(), IndexingError> {
        let mut by_merchant: HashMap<&MerchantId, Vec<ProductId>> = HashMap::new();
        for change in changes {
            by_merchant.entry(&change.merchant).or_default().push(change.product.clone());
        }
        for (merchant, ids) in by_merchant {
            let products = self.catalog.products(merchant, &ids).await?;
            let points = self.points(&products).await?;
            self.index.replace(merchant, &ids, points).await?;
        }
        Ok(())
    }

    async fn points(&self, products: &[Product]) -> Result<Vec<Point>, IndexingError> {
        let versions: Vec<ColourVersion<'_>> =
            products.iter().flat_map(Product::colour_versions).collect();
        let texts: Vec<String> = versions.iter().map(ColourVersion::search_text).collect();
        let vectors = self.vectors(&texts).await?;
        let points = versions.iter().zip(&texts).filter_map(|(version, text)| {
            let words = vectors.get(text)?.clone();
            Some(point(version, text, words))
        });
        Ok(points.collect())
    }

    /// Embeds only the texts that this model has not embedded before.
    async fn vectors(&self, texts: &[String]) -> Result<HashMap<String, Vector>, IndexingError> {
        let model = self.embedder.model();
        let mut vectors = self.catalog.vectors(model, texts).await?;
        let mut unknown: Vec<String> =
            texts.iter().filter(|text| !vectors.contains_key(*text)).cloned().collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let embedded = self.embedder.embed(unknown.clone()).await?;
            let new: HashMap<String, Vector> = unknown.into_iter().zip(embedded).collect();
            self.catalog.keep_vectors(model, &new).await?;
            vectors.extend(new);
        }
        Ok(vectors)
    }
}

fn point(version: &ColourVersion<'_>, text: &str, words: Vector) -> Point {
    let product = version.product;
    let variants: Vec<&Variant> = version.variants().collect();
    let mut sizes: Vec<String> =
        variants.iter().filter_map(|variant| variant.size.clone()).collect();
    let mut price_bands: Vec<u32> =
        variants.iter().map(|variant| price_band(variant.offer.current_price())).collect();
    price_bands.sort_unstable();
    price_bands.dedup();
    sizes.sort_unstable();
    sizes.dedup();
    Point {
        product: product.id.clone(),
        version: version_key(version),
        words,
        terms: text.to_owned(),
        category: product.category,
        colours: version.colours.to_vec(),
        gender: product.gender,
        sizes,
        available: variants.iter().any(|variant| variant.offer.can_be_bought_now()),
        price_bands,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        product::{OfferChange, OfferPatch},
        testing::{FakeEmbedder, MemoryCatalog, MemoryIndex, sample},
    };

    #[tokio::test]
    async fn a_text_is_embedded_once_and_an_offer_change_embeds_nothing() {
        let catalog = Arc::new(MemoryCatalog::default());
        let index = Arc::new(MemoryIndex::default());
        let embedder = Arc::new(FakeEmbedder::default());
        let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
        let merchant = sample::merchant();

        catalog.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
        assert_eq!(indexer.drain(|_| {}).await.unwrap(), 1);
        assert_eq!((embedder.embedded(), index.count(&merchant).await.unwrap()), (1, 1));

        let change = OfferChange {
            variant: sample::product("a").variants[0].id.clone(),
            patch: OfferPatch { stock: Some(Some(0)), ..OfferPatch::default() },
        };
        catalog.set_offers(&merchant, vec![change]).await.unwrap();
        assert_eq!(indexer.drain(|_| {}).await.unwrap(), 1);
        assert_eq!(embedder.embedded(), 1);
    }

    #[tokio::test]
    async fn a_removed_product_leaves_the_index() {
        let catalog = Arc::new(MemoryCatalog::default());
        let index = Arc::new(MemoryIndex::default());
        let indexer =
            Indexer::new(catalog.clone(), index.clone(), Arc::new(FakeEmbedder::default()));
        let merchant = sample::merchant();
        catalog.upsert(&merchant, vec![sample::product("a"), sample::product("b")]).await.unwrap();
        indexer.drain(|_| {}).await.unwrap();
        catalog.remove(&merchant, &[ProductId::new("a").unwrap()]).await.unwrap();
        indexer.drain(|_| {}).await.unwrap();
        assert_eq!(index.count(&merchant).await.unwrap(), 1);
    }
}
