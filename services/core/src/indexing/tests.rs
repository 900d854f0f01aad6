mod pictured;
mod takeover;

use super::*;
use crate::{
    ports::Entry,
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
    let indexer = Indexer::new(catalog.clone(), index.clone(), Arc::new(FakeEmbedder::default()));
    let merchant = sample::merchant();
    catalog.upsert(&merchant, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    indexer.drain(|_| {}).await.unwrap();
    catalog.remove(&merchant, &[ProductId::new("a").unwrap()]).await.unwrap();
    indexer.drain(|_| {}).await.unwrap();
    assert_eq!(index.count(&merchant).await.unwrap(), 1);
}

struct Shop {
    catalog: Arc<MemoryCatalog>,
    index: Arc<MemoryIndex>,
    embedder: Arc<FakeEmbedder>,
    indexer: Arc<Indexer>,
    merchants: [MerchantId; 2],
}

/// Two merchants with `products` each, all indexed.
async fn two_merchants(products: usize) -> Shop {
    let catalog = Arc::new(MemoryCatalog::default());
    let index = Arc::new(MemoryIndex::default());
    let embedder = Arc::new(FakeEmbedder::default());
    let indexer = Arc::new(Indexer::new(catalog.clone(), index.clone(), embedder.clone()));
    let merchants = ["one", "two"].map(|name| MerchantId::new(name).unwrap());
    for merchant in &merchants {
        let products = (0..products).map(|n| sample::product(&format!("p{n}"))).collect();
        catalog.upsert(merchant, products).await.unwrap();
    }
    indexer.drain(|_| {}).await.unwrap();
    Shop { catalog, index, embedder, indexer, merchants }
}

fn id(name: &str) -> ProductId {
    ProductId::new(name).unwrap()
}

async fn all_entries(index: &MemoryIndex) -> Vec<Entry> {
    index.entries(None, usize::MAX).await.unwrap()
}

async fn state(indexer: &Indexer) -> RebuildState {
    indexer.rebuild_state().await.unwrap().expect("one was asked for").state
}

#[tokio::test]
async fn a_rebuild_brings_back_all_that_the_index_lost() {
    let shop = two_merchants(700).await;
    let before = all_entries(&shop.index).await;
    assert_eq!(before.len(), 1_400);
    let [one, two] = &shop.merchants;
    let lost: Vec<ProductId> = (0..700).map(|n| id(&format!("p{n}"))).collect();
    shop.index.replace(one, &lost, Vec::new()).await.unwrap();
    shop.index.replace(two, &lost[..300], Vec::new()).await.unwrap();

    let embedded = shop.embedder.embedded();
    assert_eq!(shop.indexer.rebuild_state().await.unwrap(), None);
    assert_eq!(shop.indexer.rebuild().await.unwrap(), 1_400);
    assert_eq!(state(&shop.indexer).await, RebuildState::Done { products: 1_400 });
    assert_eq!(all_entries(&shop.index).await, before);
    assert_eq!(shop.embedder.embedded(), embedded, "nothing was embedded again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_builds_anew_when_asked_and_loses_no_change_that_comes_meanwhile() {
    let shop = two_merchants(600).await;
    let indexer = Arc::clone(&shop.indexer);
    let asked = indexer.request_rebuild().await.unwrap();
    assert_eq!(asked.state, RebuildState::Waiting);
    assert_eq!(indexer.request_rebuild().await.unwrap(), asked, "asking twice is asking once");
    let worker = tokio::spawn(async move { indexer.run().await });
    let merchant = &shop.merchants[0];
    let mut changes = 0;
    while !matches!(state(&shop.indexer).await, RebuildState::Done { .. }) {
        let mut product = sample::product(&format!("p{}", changes % 600));
        product.title = format!("Changed {changes}");
        shop.catalog.upsert(merchant, vec![product]).await.unwrap();
        shop.catalog.remove(merchant, &[id(&format!("p{}", (changes + 300) % 600))]).await.unwrap();
        changes += 1;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    shop.indexer.drain(|_| {}).await.unwrap();
    let repaired = shop.indexer.repair(|_, _| {}).await.unwrap();
    assert_eq!((repaired.written, repaired.removed), (0, 0), "after {changes} changes");
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_index_as_it_was_and_says_why() {
    let shop = two_merchants(3).await;
    let before = all_entries(&shop.index).await;
    let indexer = Indexer::new(shop.catalog.clone(), shop.index.clone(), Arc::new(BrokenEmbedder));
    assert!(indexer.rebuild().await.is_err());
    let state = state(&indexer).await;
    let RebuildState::Failed { reason } = &state else { panic!("{state:?}") };
    assert!(reason.contains("broken"), "{reason}");
    assert_eq!(all_entries(&shop.index).await, before);
    assert!(shop.index.finish_rebuild().await.is_err(), "what was begun is given up");
    let again = indexer.request_rebuild().await.unwrap();
    assert_eq!(again.state, RebuildState::Waiting, "it can be asked for again");
}

struct BrokenEmbedder;

#[async_trait::async_trait]
impl Embedder for BrokenEmbedder {
    fn model(&self) -> &str {
        "broken"
    }

    fn dimensions(&self) -> usize {
        64
    }

    fn min_similarity(&self) -> f32 {
        0.2
    }

    async fn embed(&self, _: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        Err(ModelError::Stopped("broken".into()))
    }
}

#[tokio::test]
async fn a_repair_puts_right_what_differs_and_nothing_else() {
    let shop = two_merchants(600).await;
    let before = all_entries(&shop.index).await;
    let [one, two] = &shop.merchants;
    let embedded = shop.embedder.embedded();
    let none = shop.indexer.repair(|_, _| {}).await.unwrap();
    assert_eq!(none, Repaired { products: 1_200, written: 0, removed: 0 });

    let stranger = |product: &str| {
        let own = sample::product(product);
        let version = own.colour_versions().remove(0);
        point(&version, "A text of old.", vec![0.1; 64], None)
    };
    let second = Point { version: "second".into(), ..stranger("p3") };
    shop.index.replace(one, &[id("p1")], Vec::new()).await.unwrap();
    shop.index.replace(one, &[id("p2")], vec![stranger("p2")]).await.unwrap();
    shop.index.replace(two, &[id("p3")], vec![stranger("p3"), second]).await.unwrap();
    shop.index.replace(two, &[id("gone")], vec![stranger("gone")]).await.unwrap();
    let nobody = MerchantId::new("nobody").unwrap();
    shop.index.replace(&nobody, &[id("p1")], vec![stranger("p1")]).await.unwrap();

    let mut told = Vec::new();
    let repaired = shop.indexer.repair(|done, total| told.push((done, total))).await.unwrap();
    assert_eq!(repaired, Repaired { products: 1_200, written: 3, removed: 2 });
    assert_eq!(told.last(), Some(&(1_200, 1_200)));
    assert!(told.len() > 1 && told.is_sorted());
    assert_eq!(all_entries(&shop.index).await, before);
    assert_eq!(shop.embedder.embedded(), embedded, "known texts are not embedded again");
}
