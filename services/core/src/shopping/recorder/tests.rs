use crate::{
    filter::Filters,
    garment::Garment,
    ids::{LookId, MerchantId, ProductId},
    look::{Look, LookGarment, Match, Timings},
    ports::Catalog,
    product_filter::ProductFilter,
    testing::{MemoryCatalog, sample},
    vocabulary::{Category, Colour},
};

use super::*;

fn look(products: &[&str]) -> Look {
    let found = |id: &&str| Match {
        product_id: ProductId::new(id).unwrap(),
        title: "Dress".into(),
        brand: None,
        category: Category::Dress,
        colours: Vec::new(),
        link: None,
        image_link: None,
        price: "49.90 EUR".parse().unwrap(),
        variants: Vec::new(),
        similarity: 0.5,
        looks_alike: None,
        reasons: Vec::new(),
    };
    let garment: Garment = sample::garment(Category::Dress, &[Colour::Navy]);
    let matches = products.iter().map(found).collect();
    Look {
        id: LookId::now(),
        photo_id: "photo".into(),
        garments: vec![LookGarment { id: "g1".into(), garment, matches, note: None }],
        complete_the_look: Vec::new(),
        advice: None,
        customer_id: None,
        refines: None,
        understood: Filters::default(),
        note: None,
        model: "fake".into(),
        cached: false,
        experiments: Vec::new(),
        timings: Timings::default(),
        degraded: Vec::new(),
    }
}

async fn selling(products: &[&str]) -> (Arc<MemoryCatalog>, MatchRecorder) {
    let catalog = Arc::new(MemoryCatalog::default());
    let products = products.iter().map(|id| sample::product(id)).collect();
    catalog.upsert(&sample::merchant(), products).await.unwrap();
    let recorder = MatchRecorder::new(Arc::clone(&catalog) as Arc<dyn Catalog>);
    (catalog, recorder)
}

async fn matched(catalog: &MemoryCatalog, merchant: &MerchantId) -> Vec<String> {
    let filter = ProductFilter { matched: Some(true), ..ProductFilter::default() };
    let ids = catalog.matching_ids(merchant, &filter, None, 100).await.unwrap();
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn matches_are_written_together_and_each_once() {
    let (catalog, recorder) = selling(&["a", "b", "c"]).await;
    let shop = sample::merchant();
    recorder.note(&shop, &look(&["a", "b"]));
    recorder.note(&shop, &look(&["b", "gone"]));
    assert_eq!(matched(&catalog, &shop).await, [""; 0], "an answer waits for no write");
    recorder.flush().await.unwrap();
    assert_eq!(matched(&catalog, &shop).await, ["a", "b"]);
    assert_eq!(catalog.notes(), 1, "one write for both looks");
    recorder.note(&shop, &look(&["a"]));
    recorder.flush().await.unwrap();
    assert_eq!(catalog.notes(), 1, "what is noted is not written again");
}

#[tokio::test]
async fn what_could_not_be_written_comes_with_the_next_batch() {
    let (catalog, recorder) = selling(&["a", "b"]).await;
    let shop = sample::merchant();
    catalog.refuse_notes(true);
    recorder.note(&shop, &look(&["a"]));
    recorder.flush().await.unwrap_err();
    recorder.note(&shop, &look(&["a", "b"]));
    catalog.refuse_notes(false);
    recorder.flush().await.unwrap();
    assert_eq!(matched(&catalog, &shop).await, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn it_writes_by_itself_tries_again_and_forgets_after_an_hour() {
    let (catalog, recorder) = selling(&["a"]).await;
    let (recorder, shop) = (Arc::new(recorder), sample::merchant());
    let running = tokio::spawn({
        let recorder = Arc::clone(&recorder);
        async move { recorder.run().await }
    });
    catalog.refuse_notes(true);
    recorder.note(&shop, &look(&["a"]));
    tokio::time::sleep(PERIOD * 3).await;
    assert_eq!(matched(&catalog, &shop).await, [""; 0]);
    catalog.refuse_notes(false);
    tokio::time::sleep(PERIOD * 2).await;
    assert_eq!(matched(&catalog, &shop).await, ["a"], "nobody had to ask again");

    let a = ProductId::new("a").unwrap();
    catalog.remove(&shop, std::slice::from_ref(&a)).await.unwrap();
    catalog.upsert(&shop, vec![sample::product("a")]).await.unwrap();
    tokio::time::sleep(FORGET + PERIOD).await;
    recorder.note(&shop, &look(&["a"]));
    tokio::time::sleep(PERIOD * 2).await;
    assert_eq!(matched(&catalog, &shop).await, ["a"], "one that came back is noted again");
    running.abort();
}

#[tokio::test]
async fn what_waits_is_bounded_and_what_was_too_much_is_noted_later() {
    let names: Vec<String> = (0..WAITING + 5).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (catalog, recorder) = selling(&names).await;
    let shop = sample::merchant();
    let count = async || catalog.count_matched(&shop).await.unwrap();
    recorder.note(&shop, &look(&names));
    recorder.flush().await.unwrap();
    assert_eq!(count().await, WAITING as u64);
    recorder.note(&shop, &look(&names));
    recorder.flush().await.unwrap();
    assert_eq!(count().await, names.len() as u64);
}
