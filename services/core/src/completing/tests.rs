use std::sync::Arc;

use super::*;
use crate::{
    ids::ProductId,
    indexing::Indexer,
    ports::Embedder,
    product::Product,
    testing::{FakeEmbedder, MemoryCatalog, MemoryIndex, sample},
};

fn shoes(id: &str, colour: &str) -> Product {
    let size = "39";
    Product {
        id: ProductId::new(id).unwrap(),
        title: format!("{colour} shoes"),
        category: Category::Shoes,
        sleeve: None,
        length: None,
        material: None,
        variants: vec![sample::variant(&format!("{id}-{size}"), colour, size)],
        ..sample::product(id)
    }
}

async fn found(products: Vec<Product>, garments: &[Garment], customer: &Customer) -> Vec<Match> {
    found_with(products, garments, customer, &[], &Filters::default()).await
}

async fn found_with(
    products: Vec<Product>,
    garments: &[Garment],
    customer: &Customer,
    together: &[Together],
    filters: &Filters,
) -> Vec<Match> {
    let (catalog, index, embedder) = (
        Arc::<MemoryCatalog>::default(),
        Arc::<MemoryIndex>::default(),
        Arc::new(FakeEmbedder::default()),
    );
    catalog.upsert(&sample::merchant(), products).await.unwrap();
    let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
    indexer.drain(|_| {}).await.unwrap();
    let text = &search_text(Slot::Shoes, garments);
    let vector = &embedder.embed(vec![text.clone()]).await.unwrap()[0];
    let wanted = Wanted {
        merchant: &sample::merchant(),
        garments,
        gender: Some(Gender::Women),
        slot: Slot::Shoes,
        text,
        vector,
        filters,
        customer,
        person: None,
        ruling: &Ruling::default(),
        together,
        limit: 5,
        legs: Weights::default(),
    };
    find(&*catalog, &*index, &wanted).await.unwrap()
}

fn ids(found: &[Match]) -> Vec<&str> {
    found.iter().map(|found| found.product_id.as_str()).collect()
}

fn red_dress() -> Garment {
    sample::garment(Category::Dress, &[Colour::Red])
}

#[tokio::test]
async fn shoes_to_a_dress_are_in_colours_that_go_with_it_and_say_so() {
    let products = vec![
        shoes("yellow", "yellow"),
        shoes("pink", "pink"),
        shoes("white", "white"),
        sample::product("a-dress"),
    ];
    let found = found(products, &[red_dress()], &Customer::default()).await;
    assert_eq!(ids(&found), ["white", "pink"]);
    let said: Vec<&str> = found[0].reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(said, ["shoes to go with your look", "white goes with your red dress"]);
}

#[tokio::test]
async fn a_second_pattern_and_the_other_season_fall_behind() {
    let mut floral = shoes("floral", "white");
    floral.pattern = Some(Pattern::Floral);
    let mut boots = shoes("boots", "white");
    boots.title = "White boots".into();
    let dress = Garment {
        pattern: Pattern::Striped,
        sleeve: Some(crate::vocabulary::Sleeve::Sleeveless),
        ..red_dress()
    };
    let products = vec![floral, boots, shoes("plain", "white")];
    let found = found(products, &[dress], &Customer::default()).await;
    assert_eq!(ids(&found), ["plain", "floral", "boots"]);
}

#[tokio::test]
async fn only_what_the_customer_can_take_is_offered() {
    let mut men = shoes("men", "white");
    men.gender = Some(Gender::Men);
    let mut sold_out = shoes("sold-out", "white");
    sold_out.variants[0].offer.stock = Some(0);
    let products = vec![men, sold_out, shoes("black", "black"), shoes("grey", "grey")];
    let customer = Customer {
        sizes: vec!["39".into()],
        avoided_colours: vec![Colour::Black],
        ..Customer::default()
    };
    let some = found(products.clone(), &[red_dress()], &customer).await;
    assert_eq!(ids(&some), ["grey", "black"]);
    let other_size = Customer { sizes: vec!["41".into()], ..Customer::default() };
    assert!(found(products, &[red_dress()], &other_size).await.is_empty());
}

#[tokio::test]
async fn what_is_bought_together_comes_first_and_is_offered_against_the_rules() {
    let yellow = shoes("yellow", "yellow");
    let products = vec![yellow.clone(), shoes("white", "white"), shoes("pink", "pink")];
    let together = [
        Together { product: shoes("pink", "pink"), with: "Linden dress".into() },
        Together { product: yellow, with: "Linden dress".into() },
    ];
    let anybody = Customer::default();
    let any = Filters::default();
    let found = found_with(products, &[red_dress()], &anybody, &together, &any).await;
    assert_eq!(ids(&found), ["white", "pink", "yellow"]);
    let said = |at: usize| {
        let reasons = found[at].reasons.iter();
        reasons.filter(|reason| reason.attribute == Attribute::Purchases).count()
    };
    assert_eq!([0, 1, 2].map(said), [0, 1, 1]);
}

#[tokio::test]
async fn all_filters_hold_for_what_is_added() {
    let products = vec![shoes("black", "black"), shoes("white", "white")];
    let anybody = Customer::default();
    for (filters, left) in [
        (Filters { colours: vec![Colour::White], ..Filters::default() }, vec!["white"]),
        (Filters { categories: vec![Category::Skirt], ..Filters::default() }, vec![]),
        (Filters { max_price: Some("1.00 EUR".parse().unwrap()), ..Filters::default() }, vec![]),
    ] {
        let found = found_with(products.clone(), &[red_dress()], &anybody, &[], &filters).await;
        assert_eq!(ids(&found), left, "{filters:?}");
    }
}
