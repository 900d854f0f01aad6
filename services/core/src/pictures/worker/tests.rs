use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::*;
use crate::{
    pictures::{Attribute, Picture},
    ports::{FetchError, KeptPicture},
    product::Product,
    testing::{FakeFetch, FakeImageEmbedder, FakeVision, MemoryCatalog, Page, sample},
    vocabulary::{Category, Colour, Pattern},
};

const SITE: &str = "https://shop.example";

struct Shop {
    catalog: Arc<MemoryCatalog>,
    fetch: Arc<FakeFetch>,
    vision: Arc<FakeVision>,
    embedder: Arc<FakeImageEmbedder>,
    worker: PictureWorker,
}

impl Shop {
    fn seeing(vision: FakeVision) -> Self {
        let (catalog, fetch) = (Arc::new(MemoryCatalog::default()), Arc::new(FakeFetch::default()));
        let vision = Arc::new(vision);
        let embedder = Arc::new(FakeImageEmbedder::default());
        let worker = PictureWorker {
            pictures: catalog.clone(),
            catalog: catalog.clone(),
            fetcher: PictureFetcher::new(fetch.clone(), 3),
            embedder: Some(embedder.clone()),
            vision: vision.clone(),
            admission: Arc::new(Admission::new(1, 1)),
            written: Arc::new(Notify::new()),
        };
        Self { catalog, fetch, vision, embedder, worker }
    }

    fn new() -> Self {
        let dress = sample::garment(Category::Dress, &[Colour::Red]);
        Self::seeing(FakeVision::seeing(vec![dress]))
    }

    fn put(&self, name: &str, page: Page) {
        self.fetch.put(&format!("{SITE}/{name}"), page);
    }

    /// Takes products whose pictures have these names.
    fn take(&self, pictures: &[(&str, &str)], enrich: bool) {
        let products = pictures.iter().map(|(product, name)| Product {
            image_link: Some(format!("{SITE}/{name}")),
            pattern: None,
            ..sample::product(product)
        });
        self.catalog.take_products(&sample::merchant(), products.collect(), enrich);
    }

    async fn all(&self) -> Vec<KeptPicture> {
        self.catalog.pictures(&sample::merchant(), None, None, 100).await.unwrap()
    }

    async fn code(&self) -> Option<String> {
        let picture = self.all().await.remove(0).picture;
        picture.map(|picture| picture.map_or_else(|failure| failure.code, |_| "had".into()))
    }

    async fn product(&self, id: &str) -> Product {
        let ids = [ProductId::new(id).unwrap()];
        self.catalog.products(&sample::merchant(), &ids).await.unwrap().remove(0)
    }
}

fn picture(shade: u8) -> Page {
    let mut bytes = Cursor::new(Vec::new());
    let drawn = RgbImage::from_fn(80, 90, |x, _| Rgb([shade, x as u8, 9]));
    drawn.write_to(&mut bytes, ImageFormat::Png).unwrap();
    Page::of("image/png", bytes.into_inner())
}

#[tokio::test]
async fn pictures_are_fetched_and_one_that_fails_holds_up_no_other() {
    let shop = Shop::new();
    shop.put("good.png", picture(1));
    shop.put("page.png", Page::of("text/html", "<html>not here</html>"));
    shop.put("gone.png", Page::status(404));
    let pictures = [("a", "good.png"), ("b", "page.png"), ("c", "good.png"), ("d", "gone.png")];
    shop.take(&pictures, false);
    assert_eq!(shop.worker.next(None).await.unwrap(), Some(sample::merchant()));
    let all = shop.all().await;
    let code = |at: usize| all[at].picture.clone().unwrap().unwrap_err().code;
    assert!(matches!(all[0].picture, Some(Ok(_))));
    assert_eq!(all[0].picture, all[2].picture);
    assert_eq!(code(1), "not_a_picture");
    assert_eq!(code(3), "status_4xx");
    assert_eq!(shop.vision.asked(), 0, "nobody asked to have them looked at");
    assert_eq!(shop.worker.next(None).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_feed_leaves_unsaid_is_filled_in_and_its_own_words_stay() {
    let shop = Shop::new();
    shop.put("one.png", picture(1));
    shop.put("two.png", picture(2));
    shop.take(&[("a", "one.png"), ("b", "one.png"), ("c", "two.png")], true);
    let whole = Product {
        pattern: Some(Pattern::Floral),
        image_link: Some(format!("{SITE}/three.png")),
        ..sample::product("d")
    };
    shop.put("three.png", picture(3));
    shop.catalog.take_products(&sample::merchant(), vec![whole.clone()], true);
    shop.worker.next(None).await.unwrap();
    for id in ["a", "b", "c"] {
        let product = shop.product(id).await;
        assert_eq!(product.from_picture, [Attribute::Pattern], "{id}");
        assert_eq!(product.pattern, Some(Pattern::Plain));
        assert_ne!(product.variants[0].colours, [Colour::Red], "the colour was said");
    }
    assert_eq!(shop.product("d").await, whole);
    assert_eq!(shop.vision.asked(), 2, "a picture is looked at once, and only to fill a gap");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_given_up_in_the_end() {
    let shop = Shop::new();
    shop.take(&[("a", "slow.png")], false);
    let host = "shop.example".to_owned();
    let slow = FetchError::TimedOut { host, what: "to answer", after: Duration::from_secs(5) };
    shop.fetch.fail(&format!("{SITE}/slow.png"), slow);
    for tried in 1..=TRIES {
        assert!(shop.worker.next(None).await.unwrap().is_some(), "try {tried}");
        let expected = (tried == TRIES).then_some("timed_out");
        assert_eq!(shop.code().await.as_deref(), expected, "after try {tried}");
        shop.catalog.make_pictures_due();
    }
}

#[tokio::test]
async fn a_picture_that_ends_its_process_is_given_up() {
    let shop = Shop::new();
    shop.put("bomb.png", picture(1));
    shop.take(&[("a", "bomb.png")], false);
    for _ in 0..TRIES {
        let wanted = shop.catalog.claim_pictures(None, 1, Duration::ZERO).await.unwrap();
        assert_eq!(wanted.len(), 1);
    }
    shop.worker.next(None).await.unwrap();
    assert_eq!(shop.code().await.as_deref(), Some("picture_crashed"));
}

#[tokio::test]
async fn a_model_that_fails_leaves_the_picture_for_later() {
    let stopped = ModelError::Stopped("for a test".into());
    let shop = Shop::seeing(FakeVision::failing(stopped));
    shop.put("one.png", picture(1));
    shop.take(&[("a", "one.png")], true);
    for tried in 1..=TRIES {
        shop.worker.next(None).await.unwrap();
        let expected = (tried == TRIES).then_some("had");
        assert_eq!(shop.code().await.as_deref(), expected, "after try {tried}");
        shop.catalog.make_pictures_due();
    }
    assert!(shop.product("a").await.from_picture.is_empty());
}

#[tokio::test(start_paused = true)]
async fn customers_come_first() {
    let shop = Shop::new();
    shop.put("one.png", picture(1));
    shop.put("two.png", picture(2));
    shop.take(&[("a", "one.png"), ("b", "two.png")], true);
    let customer = shop.worker.admission.enter(&sample::merchant()).await.unwrap();
    shop.worker.next(None).await.unwrap();
    assert_eq!((shop.vision.asked(), shop.code().await), (0, None), "the model is left alone");
    drop(customer);
    shop.catalog.make_pictures_due();
    shop.worker.next(None).await.unwrap();
    assert_eq!((shop.vision.asked(), shop.code().await.as_deref()), (2, Some("had")));
}

#[tokio::test]
async fn each_file_is_embedded_once_whatever_products_and_addresses_name_it() {
    let shop = Shop::new();
    for name in ["one.png", "copy.png"] {
        shop.put(name, picture(1));
    }
    shop.put("two.png", picture(2));
    shop.take(&[("a", "one.png"), ("b", "one.png"), ("c", "copy.png"), ("d", "two.png")], false);
    shop.worker.next(None).await.unwrap();
    assert_eq!(shop.embedder.embedded(), 2);
    let all = shop.all().await;
    let pictures: Vec<Picture> = all.into_iter().map(|one| one.picture.unwrap().unwrap()).collect();
    let model = shop.embedder.model();
    assert!(pictures.iter().all(|picture| picture.embedded_by.as_deref() == Some(model)));
    let hashes: Vec<String> = pictures.iter().map(|picture| picture.hash.clone()).collect();
    assert_eq!(shop.catalog.vectors(model, &hashes).await.unwrap().len(), 2);

    shop.take(&[("e", "two.png")], false);
    shop.worker.next(None).await.unwrap();
    assert_eq!(shop.embedder.embedded(), 2, "a file that is known is not embedded again");
}

#[tokio::test]
async fn a_picture_that_can_not_be_embedded_is_there_all_the_same() {
    struct Blind;
    #[async_trait::async_trait]
    impl ImageEmbedder for Blind {
        fn model(&self) -> &str {
            "blind"
        }
        fn dimensions(&self) -> usize {
            4
        }
        fn grades(&self) -> Option<crate::likeness::Grades> {
            None
        }
        async fn embed(&self, _: Vec<RgbImage>) -> Result<Vec<crate::ports::Vector>, ModelError> {
            Err(ModelError::Timeout(1))
        }
    }
    let mut shop = Shop::new();
    shop.worker.embedder = Some(Arc::new(Blind));
    shop.put("one.png", picture(1));
    shop.take(&[("a", "one.png")], false);
    for tries in 1..TRIES {
        shop.worker.next(None).await.unwrap();
        assert_eq!(shop.code().await, None, "it is tried again after {tries}");
        assert_eq!(shop.worker.next(None).await.unwrap(), None, "but not at once");
        shop.catalog.make_pictures_due();
    }
    shop.worker.next(None).await.unwrap();
    assert_eq!(shop.code().await.as_deref(), Some("had"));
    let picture = shop.all().await.remove(0).picture.unwrap().unwrap();
    assert_eq!(picture.embedded_by, None);
}

#[tokio::test]
async fn a_picture_that_the_model_can_not_take_keeps_no_other_from_its_vector() {
    /// Takes no picture that is wider than high.
    struct Narrow(FakeImageEmbedder);
    #[async_trait::async_trait]
    impl ImageEmbedder for Narrow {
        fn model(&self) -> &str {
            self.0.model()
        }
        fn dimensions(&self) -> usize {
            self.0.dimensions()
        }
        fn grades(&self) -> Option<crate::likeness::Grades> {
            None
        }
        async fn embed(
            &self,
            pictures: Vec<RgbImage>,
        ) -> Result<Vec<crate::ports::Vector>, ModelError> {
            if pictures.iter().any(|picture| picture.width() > picture.height()) {
                return Err(ModelError::Answer("no numbers".into()));
            }
            self.0.embed(pictures).await
        }
    }
    let mut shop = Shop::new();
    shop.worker.embedder = Some(Arc::new(Narrow(FakeImageEmbedder::default())));
    let mut wide = Cursor::new(Vec::new());
    RgbImage::new(90, 80).write_to(&mut wide, ImageFormat::Png).unwrap();
    shop.put("wide.png", Page::of("image/png", wide.into_inner()));
    shop.put("good.png", picture(1));
    shop.take(&[("a", "wide.png"), ("b", "good.png")], false);
    shop.worker.next(None).await.unwrap();
    let all = shop.all().await;
    assert_eq!(all[0].picture, None, "it waits for another try");
    let embedded = all[1].picture.clone().unwrap().unwrap().embedded_by;
    assert_eq!(embedded.as_deref(), Some("fake-image-embedder"));
}
