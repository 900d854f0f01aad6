use std::sync::Arc;

use super::*;
use crate::{
    indexing::Indexer,
    look::Attribute,
    ports::Embedder,
    product::{Offer, OfferChange},
    testing::{FakeEmbedder, MemoryCatalog, MemoryIndex, sample, strike_out},
    vocabulary::Colour,
};

/// A shop whose index knows all of its products as they were when it opened.
struct Shop {
    catalog: Arc<MemoryCatalog>,
    index: Arc<MemoryIndex>,
    embedder: Arc<FakeEmbedder>,
}

impl Shop {
    async fn selling(products: Vec<Product>) -> Self {
        let catalog = Arc::new(MemoryCatalog::default());
        let index = Arc::new(MemoryIndex::default());
        let embedder = Arc::new(FakeEmbedder::default());
        catalog.upsert(&sample::merchant(), products).await.unwrap();
        let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
        indexer.drain(|_| {}).await.unwrap();
        Self { catalog, index, embedder }
    }

    async fn offer(&self, product: &str, change: impl Fn(&mut Offer)) {
        let mut offer = sample::variant("any", "navy", "M").offer;
        change(&mut offer);
        let variant = sample::product(product).variants[0].id.clone();
        let changes = vec![OfferChange { variant, patch: offer.into() }];
        assert_eq!(self.catalog.set_offers(&sample::merchant(), changes).await.unwrap().set, 1);
    }

    /// Strikes out what the index has to learn without telling it.
    async fn leave_the_index_behind(&self) {
        let changes = self.catalog.changes(1_000).await.unwrap();
        strike_out(&*self.catalog, &changes).await;
    }

    async fn find(&self, garment: &Garment, filters: &Filters, limit: usize) -> Found {
        self.find_above(0.1, garment, filters, limit).await
    }

    async fn find_above(
        &self,
        min_similarity: f32,
        garment: &Garment,
        filters: &Filters,
        limit: usize,
    ) -> Found {
        let vector = &self.embedder.embed(vec![garment.search_text()]).await.unwrap()[0];
        let merchant = &sample::merchant();
        let wanted = Wanted {
            merchant,
            garment,
            vector,
            likeness: None,
            wish: None,
            filters,
            customer: &Customer::default(),
            person: None,
            ruling: &Ruling::default(),
            limit,
            min_similarity,
            balance: Balance::default(),
        };
        find(&*self.catalog, &*self.index, &wanted).await.unwrap()
    }
}

fn any() -> Filters {
    Filters::default()
}

fn dress() -> Garment {
    sample::garment(Category::Dress, &[Colour::Navy])
}

fn of_kind(id: &str, category: Category) -> Product {
    Product { category, title: format!("Linden {category}"), ..sample::product(id) }
}

fn ids(found: &Found) -> Vec<&str> {
    found.matches.iter().map(|found| found.product_id.as_str()).collect()
}

#[tokio::test]
async fn a_search_that_is_widened_to_neighbours_says_so() {
    let skirt = sample::garment(Category::Skirt, &[Colour::Navy]);
    let shop = Shop::selling(vec![sample::product("dress")]).await;
    let found = shop.find(&skirt, &any(), 5).await;
    assert_eq!(ids(&found), ["dress"]);
    assert_eq!(found.note.as_deref(), Some("no skirt close to yours; showing dress"));

    let products = vec![sample::product("dress"), of_kind("skirt", Category::Skirt)];
    let shop = Shop::selling(products).await;
    let found = shop.find(&skirt, &any(), 5).await;
    assert_eq!(ids(&found), ["skirt", "dress"]);
    assert_eq!(found.note.as_deref(), Some("few close matches for your skirt; dress added"));

    let found = shop.find(&skirt, &any(), 1).await;
    assert_eq!((ids(&found), found.note.as_deref()), (vec!["skirt"], None));
}

#[tokio::test]
async fn neighbours_that_the_filters_rule_out_are_not_shown() {
    let skirt = sample::garment(Category::Skirt, &[Colour::Navy]);
    let shop = Shop::selling(vec![sample::product("dress")]).await;
    let filters = Filters { categories: vec![Category::Skirt], ..any() };
    let found = shop.find(&skirt, &filters, 5).await;
    assert!(found.matches.is_empty());
    assert_eq!(found.note.as_deref(), Some("no close match for your skirt in the shop now"));
}

#[tokio::test]
async fn nothing_above_the_floor_is_no_match_and_the_note_says_so() {
    let shop = Shop::selling(vec![sample::product("a")]).await;
    assert_eq!(ids(&shop.find(&dress(), &any(), 5).await), ["a"]);
    let found = shop.find_above(0.999, &dress(), &any(), 5).await;
    assert!(found.matches.is_empty());
    assert_eq!(found.note.as_deref(), Some("no close match for your dress in the shop now"));
}

#[tokio::test]
async fn what_is_sold_out_never_matches_although_the_index_still_says_available() {
    let shop = Shop::selling(vec![sample::product("a"), sample::product("b")]).await;
    shop.offer("a", |offer| offer.stock = Some(0)).await;
    assert_eq!(ids(&shop.find(&dress(), &any(), 5).await), ["b"]);
    shop.leave_the_index_behind().await;
    assert_eq!(ids(&shop.find(&dress(), &any(), 5).await), ["b"]);
    let asked = Filters { include_unavailable: true, ..any() };
    assert_eq!(shop.find(&dress(), &asked, 5).await.matches.len(), 2);
}

#[tokio::test]
async fn what_is_in_stock_again_matches_before_the_index_has_learnt_of_it() {
    let mut product = sample::product("a");
    product.variants[0].offer.stock = Some(0);
    let shop = Shop::selling(vec![product]).await;
    assert!(shop.find(&dress(), &any(), 5).await.matches.is_empty());
    shop.offer("a", |offer| offer.stock = Some(1)).await;
    assert_eq!(ids(&shop.find(&dress(), &any(), 5).await), ["a"]);
}

#[tokio::test]
async fn the_variants_of_a_product_are_one_match_that_lists_what_can_be_chosen() {
    let mut product = sample::product("a");
    product.variants = vec![
        sample::variant("a-red-s", "red", "S"),
        sample::variant("a-navy-s", "navy", "S"),
        sample::variant("a-navy-m", "navy", "M"),
        sample::variant("a-navy-l", "navy", "L"),
    ];
    product.variants[2].offer.sale_price = Some("39.90 EUR".parse().unwrap());
    product.variants[3].offer.stock = Some(0);
    let shop = Shop::selling(vec![product]).await;
    let found = shop.find(&dress(), &any(), 5).await;
    assert_eq!(ids(&found), ["a"]);
    let found = &found.matches[0];
    assert_eq!((&*found.colours, found.price.amount), (&[Colour::Navy][..], 3990));
    let listed: Vec<_> = found
        .variants
        .iter()
        .map(|v| (v.id.as_str(), v.price.amount, v.regular_price.map(|price| price.amount)))
        .collect();
    let expected =
        [("a-navy-s", 4990, None), ("a-navy-m", 3990, Some(4990)), ("a-red-s", 4990, None)];
    assert_eq!(listed, expected);
    assert!(found.reasons.iter().any(|reason| reason.attribute == Attribute::Colour));
}

#[tokio::test]
async fn prices_are_filtered_by_live_offers() {
    let mut cheap = sample::product("cheap");
    cheap.variants[0].offer.price = "20.00 EUR".parse().unwrap();
    let shop = Shop::selling(vec![cheap, sample::product("dear")]).await;
    let below = Filters { max_price: Some("30.00 EUR".parse().unwrap()), ..any() };
    let above = Filters { min_price: Some("30.00 EUR".parse().unwrap()), ..any() };
    assert_eq!(ids(&shop.find(&dress(), &below, 5).await), ["cheap"]);
    assert_eq!(ids(&shop.find(&dress(), &above, 5).await), ["dear"]);
    shop.offer("dear", |offer| offer.sale_price = Some("25.00 EUR".parse().unwrap())).await;
    assert_eq!(shop.find(&dress(), &below, 5).await.matches.len(), 2);
    assert!(shop.find(&dress(), &above, 5).await.matches.is_empty());
}

#[tokio::test]
async fn the_one_product_that_is_left_is_found_below_two_hundred_sold_out() {
    let names: Vec<String> = (0..200).map(|number| format!("sold-{number}")).collect();
    let mut products: Vec<Product> = names.iter().map(|name| sample::product(name)).collect();
    products.push(sample::product("left"));
    let shop = Shop::selling(products).await;
    for name in &names {
        shop.offer(name, |offer| offer.stock = Some(0)).await;
    }
    shop.leave_the_index_behind().await;
    assert_eq!(ids(&shop.find(&dress(), &any(), 1).await), ["left"]);
}

#[tokio::test]
async fn where_the_kind_is_in_doubt_both_are_looked_for_and_the_customer_is_asked() {
    let products = vec![of_kind("d", Category::Dress), of_kind("h", Category::Hat)];
    let shop = Shop::selling(products).await;
    let sure = shop.find(&dress(), &any(), 5).await;
    assert_eq!((ids(&sure), sure.note.as_deref()), (vec!["d"], None));
    let doubtful = Garment { perhaps: Some(Category::Hat), ..dress() };
    let found = shop.find(&doubtful, &any(), 5).await;
    let mut both = ids(&found);
    both.sort_unstable();
    assert_eq!(both, ["d", "h"]);
    let note = found.note.unwrap();
    assert!(note.starts_with("dress or hat?"), "{note}");
    let said = Filters { categories: vec![Category::Hat], ..Filters::default() };
    assert_eq!(ids(&shop.find(&doubtful, &said, 5).await), ["h"], "once it is said, one is left");
}
