//! Pictures in the index.

use super::*;
use crate::{
    pictures::Picture,
    ports::{PictureOutcome, Pictures, Prefilter, Query, SettledPicture, Weights},
};

const MODEL: &str = "pictures-1";

struct Shop {
    catalog: Arc<MemoryCatalog>,
    index: Arc<MemoryIndex>,
}

impl Shop {
    async fn with_a_picture() -> Self {
        let shop = Self { catalog: Arc::default(), index: Arc::default() };
        let image_link = Some(address());
        let product = Product { image_link, ..sample::product("a") };
        shop.catalog.upsert(&sample::merchant(), vec![product]).await.unwrap();
        shop
    }

    fn indexer(&self, model: &str) -> Indexer {
        let embedder = Arc::new(FakeEmbedder::default());
        Indexer::new(self.catalog.clone(), self.index.clone(), embedder).with_pictures(model)
    }

    /// The picture is fetched and embedded by `model`.
    async fn embedded_by(&self, model: &str, vector: Vector) {
        let picture = Picture { embedded_by: Some(model.into()), ..sample::picture(1) };
        let vectors = HashMap::from([(picture.hash.clone(), vector)]);
        self.catalog.keep_vectors(model, &vectors).await.unwrap();
        let outcome = PictureOutcome::Had { picture, seen: None };
        let product = ProductId::new("a").unwrap();
        let settled = vec![SettledPicture { product, address: address(), outcome }];
        self.catalog.settle_pictures(&sample::merchant(), settled).await.unwrap();
    }

    /// The cosine of the product's indexed picture and this vector.
    async fn cosine(&self, vector: Vector) -> Option<f32> {
        let query = Query {
            words: vec![1.0; 64],
            terms: String::new(),
            picture: Some(vector),
            weights: Weights::default(),
            likeness: vec![1.0; 64],
            prefilter: Prefilter::default(),
            limit: 1,
        };
        self.index.search(&sample::merchant(), &query).await.unwrap()[0].picture
    }
}

fn address() -> String {
    "https://shop.example/a.jpg".into()
}

#[tokio::test]
async fn a_picture_is_indexed_when_it_is_there() {
    let shop = Shop::with_a_picture().await;
    let indexer = shop.indexer(MODEL);
    assert_eq!(indexer.drain(|_| {}).await.unwrap(), 1);
    assert_eq!(shop.cosine(vec![1.0, 0.0]).await, None);
    shop.embedded_by(MODEL, vec![1.0, 0.0]).await;
    assert_eq!(indexer.drain(|_| {}).await.unwrap(), 1);
    assert_eq!(shop.cosine(vec![1.0, 0.0]).await, Some(1.0));
}

#[tokio::test]
async fn a_picture_that_another_model_embedded_is_fetched_again() {
    let shop = Shop::with_a_picture().await;
    shop.embedded_by("pictures-0", vec![1.0, 0.0, 0.0]).await;
    let indexer = shop.indexer(MODEL);
    indexer.drain(|_| {}).await.unwrap();
    assert_eq!(shop.cosine(vec![1.0, 0.0]).await, None, "vectors of two models are never mixed");
    let lease = Duration::from_secs(60);
    let wanted = shop.catalog.claim_pictures(None, 10, lease).await.unwrap();
    assert_eq!(wanted.len(), 1);
    shop.embedded_by(MODEL, vec![0.0, 1.0]).await;
    indexer.drain(|_| {}).await.unwrap();
    assert_eq!(shop.cosine(vec![0.0, 1.0]).await, Some(1.0));
    assert!(shop.catalog.claim_pictures(None, 10, lease).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_repair_puts_a_picture_right() {
    let shop = Shop::with_a_picture().await;
    let indexer = shop.indexer(MODEL);
    indexer.drain(|_| {}).await.unwrap();
    shop.embedded_by(MODEL, vec![1.0, 0.0]).await;
    let changes = shop.catalog.changes(10).await.unwrap();
    crate::testing::strike_out(&*shop.catalog, &changes).await;
    assert_eq!(indexer.repair(|_, _| {}).await.unwrap().written, 1);
    assert_eq!(shop.cosine(vec![1.0, 0.0]).await, Some(1.0));
    assert_eq!(indexer.repair(|_, _| {}).await.unwrap().written, 0);
}
