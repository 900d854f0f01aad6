//! Products that are found by what they look like.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use tokio::sync::Notify;

use super::*;
use crate::{
    filter::Filters,
    garment::Region,
    likeness::{Grade, Grades},
    pictures::{PictureFetcher, PictureWorker},
    ports::{ImageEmbedder, Vector},
    search::{SearchRequest, Searching, Sort},
    testing::{FakeFetch, FakeImageEmbedder, Page},
};

const WHOLE: Region = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

/// Fields of colours, others for each seed.
fn drawn(seed: u32) -> RgbImage {
    RgbImage::from_fn(128, 128, |x, y| {
        let field = seed.wrapping_mul(0x9e37_79b9) >> ((x / 32 + y / 32 * 4) % 24);
        Rgb([(field % 251) as u8, (field % 83 * 3) as u8, (field % 31 * 8) as u8])
    })
}

fn in_colours_of(id: &str, seed: u32, category: Category) -> (Product, RgbImage) {
    let image_link = Some(format!("https://shop.example/{id}.png"));
    (Product { category, image_link, ..sample::product(id) }, drawn(seed))
}

/// A shop whose products have these pictures, fetched, embedded and indexed; a garment is seen that
/// fills the photo.
async fn selling(products: Vec<(Product, RgbImage)>, garment: Garment) -> Fakes {
    let embedder = Arc::new(FakeImageEmbedder::default());
    let mut fakes = Fakes::seeing(vec![Garment { region: WHOLE, ..garment }]).await;
    fakes.image_embedder = Some(embedder.clone());
    let fetch = Arc::new(FakeFetch::default());
    for (product, picture) in &products {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).unwrap();
        let address = product.image_link.as_deref().unwrap();
        fetch.put(address, Page::of("image/png", file.into_inner()));
    }
    let products = products.into_iter().map(|(product, _)| product).collect();
    fakes.catalog.upsert(&sample::merchant(), products).await.unwrap();
    let worker = PictureWorker {
        pictures: fakes.catalog.clone(),
        catalog: fakes.catalog.clone(),
        fetcher: PictureFetcher::new(fetch, 2),
        embedder: Some(embedder.clone()),
        vision: fakes.vision.clone(),
        admission: Arc::new(Admission::new(1, 1)),
        written: Arc::new(Notify::new()),
    };
    worker.next(None).await.unwrap();
    let texts = fakes.embedder.clone();
    let indexer = Indexer::new(fakes.catalog.clone(), fakes.index.clone(), texts);
    indexer.with_pictures(embedder.model()).drain(|_| {}).await.unwrap();
    fakes
}

/// What is shown by seed 1, and something that it stands out from.
fn two() -> Vec<(Product, RgbImage)> {
    vec![in_colours_of("d1", 1, Category::Dress), in_colours_of("d2", 9, Category::Dress)]
}

fn showing(seed: u32) -> LookRequest {
    let photo = Photo::from_picture(&drawn(seed), 64);
    LookRequest::of(sample::merchant(), Sight::Photo(photo))
}

fn matches(look: &Look) -> &[Match] {
    &look.garments[0].matches
}

#[tokio::test]
async fn of_products_of_the_same_words_the_one_in_the_photo_comes_first_and_says_so() {
    let products = (1..5).map(|n| in_colours_of(&format!("d{n}"), n, Category::Dress));
    let fakes = selling(products.collect(), dress()).await;
    let shop = Arc::new(fakes.shop());
    for n in 1..5 {
        let look = asking(&shop, showing(n)).await;
        let first = &matches(&look)[0];
        assert_eq!(first.product_id.as_str(), format!("d{n}"));
        let alike = first.looks_alike.unwrap();
        assert_eq!((alike.grade, alike.same_product), (Grade::Same, true), "{alike:?}");
        assert_eq!(first.reasons[0].text, "looks the same");
        let same = matches(&look)
            .iter()
            .filter(|found| found.looks_alike.is_some_and(|alike| alike.same_product));
        assert_eq!(same.count(), 1, "no other is taken for it");
        let without = matches(&look).iter().find(|found| found.product_id.as_str() == "p1");
        assert_eq!(without.unwrap().looks_alike, None, "a product without a picture");
    }
}

#[tokio::test]
async fn what_looks_the_same_is_found_though_the_garment_is_taken_for_another_kind() {
    let products = vec![
        in_colours_of("shoes", 7, Category::Shoes),
        in_colours_of("dress", 8, Category::Dress),
    ];
    let fakes = selling(products, dress()).await;
    let look = asking(&Arc::new(fakes.shop()), showing(7)).await;
    let shoes = matches(&look).iter().find(|found| found.product_id.as_str() == "shoes");
    assert!(shoes.unwrap().looks_alike.unwrap().same_product);
    let texts: Vec<&str> = shoes.unwrap().reasons.iter().map(|r| r.text.as_str()).collect();
    assert!(texts.contains(&"differs: shoes, yours is dress"), "{texts:?}");
}

#[tokio::test]
async fn a_search_by_photo_finds_it_too_unless_its_kind_is_filtered() {
    let products = vec![
        in_colours_of("shoes", 7, Category::Shoes),
        in_colours_of("dress", 8, Category::Dress),
    ];
    let fakes = selling(products, dress()).await;
    let searching = Searching {
        shop: Arc::new(fakes.shop()),
        pictures: fakes.catalog.clone(),
        admission: Arc::new(Admission::new(1, 0)),
    };
    let listed = async |categories: Vec<Category>| {
        let request = SearchRequest {
            merchant: sample::merchant(),
            text: None,
            photo: Some(Photo::from_picture(&drawn(7), 64)),
            filters: Filters { categories, ..Filters::default() },
            facets: Vec::new(),
            sort: Sort::Relevance,
            limit: 10,
            cursor: None,
            deduplicate: false,
            locale: None,
            preview: None,
        };
        let answer = searching.search(request).await.unwrap();
        let ids = answer.products.iter().map(|listed| listed.found.product_id.to_string());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listed(Vec::new()).await[0], "shoes");
    assert!(!listed(vec![Category::Dress]).await.contains(&"shoes".to_owned()));
}

#[tokio::test]
async fn what_is_wanted_in_another_colour_is_not_to_look_the_same() {
    let fakes = selling(two(), dress()).await;
    let mut request = showing(1);
    request.filters.colours = vec![Colour::Red];
    let look = asking(&Arc::new(fakes.shop()), request).await;
    assert!(matches(&look).iter().all(|found| found.looks_alike.is_none()));
    assert!(look.degraded.is_empty(), "{:?}", look.degraded);
}

#[tokio::test]
async fn a_garment_is_embedded_once_and_known_when_its_photo_is_gone() {
    let products = two();
    let mut fakes = selling(products, dress()).await;
    let counting = Arc::new(FakeImageEmbedder::default());
    fakes.image_embedder = Some(counting.clone());
    let shop = Arc::new(fakes.shop());
    let first = asking(&shop, showing(1)).await;
    asking(&shop, showing(1)).await;
    assert_eq!(counting.embedded(), 1);
    let mut answered = shop.find_answered(&sample::merchant(), first.id).await.unwrap().unwrap();
    answered.photo = None;
    let again = LookRequest::of(sample::merchant(), Sight::Look(answered));
    let look = asking(&shop, again).await;
    assert!(matches(&look)[0].looks_alike.unwrap().same_product);
    assert_eq!(counting.embedded(), 1);
}

#[tokio::test]
async fn a_refinement_looks_at_the_photo_that_was_kept() {
    let products = two();
    let fakes = selling(products, dress()).await;
    let shop = Arc::new(fakes.shop());
    let first = asking(&shop, showing(1)).await;
    let forgetful = Arc::new(Shopping { cache: Arc::new(MemoryCache::default()), ..fakes.shop() });
    let answered = shop.find_answered(&sample::merchant(), first.id).await.unwrap().unwrap();
    assert!(answered.photo.is_some());
    let again = LookRequest::of(sample::merchant(), Sight::Look(answered));
    let look = asking(&forgetful, again).await;
    assert!(matches(&look)[0].looks_alike.unwrap().same_product);
}

#[tokio::test]
async fn an_encoder_that_fails_makes_the_answer_poorer_and_it_says_so() {
    struct Blind;
    #[async_trait]
    impl ImageEmbedder for Blind {
        fn model(&self) -> &str {
            "blind"
        }
        fn dimensions(&self) -> usize {
            48
        }
        fn grades(&self) -> Option<Grades> {
            None
        }
        async fn embed(&self, _: Vec<RgbImage>) -> Result<Vec<Vector>, ModelError> {
            Err(ModelError::Stopped("at /srv/models".into()))
        }
    }
    let mut fakes = selling(vec![in_colours_of("d1", 1, Category::Dress)], dress()).await;
    fakes.image_embedder = Some(Arc::new(Blind));
    let look = asking(&Arc::new(fakes.shop()), showing(1)).await;
    assert!(!matches(&look).is_empty());
    assert!(look.is_degraded(Part::Pictures), "{:?}", look.degraded);
    assert!(!look.degraded[0].reason.contains("/srv"), "{:?}", look.degraded);
}

#[tokio::test]
async fn of_two_that_look_the_same_neither_is_taken_for_the_product() {
    let (own, twin) =
        (in_colours_of("own", 1, Category::Dress), in_colours_of("twin", 1, Category::Dress));
    let fakes = selling(vec![twin, own], dress()).await;
    let look = asking(&Arc::new(fakes.shop()), showing(1)).await;
    for id in ["own", "twin"] {
        let found = matches(&look).iter().find(|found| found.product_id.as_str() == id).unwrap();
        assert_eq!(found.looks_alike.unwrap().grade, Grade::VerySimilar);
        assert_eq!(found.reasons[0].text, "looks very similar");
    }
}
