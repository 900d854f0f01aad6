//! What rules and synonyms do.

use super::*;
use crate::{
    ports::Rules,
    product::OfferPatch,
    rules::{Effect, Occasion, Rule, Strength, Synonyms, Which},
};

async fn shop() -> Shop {
    let products = vec![
        coloured("navy", "navy"),
        coloured("red", "red"),
        coloured("black", "black"),
        of_kind("shoes", Category::Shoes),
    ];
    Shop::selling(products).await
}

fn rule(then: Effect) -> Rule {
    let when = Occasion { texts: vec!["dress".into()], categories: Vec::new() };
    Rule { when, then, starts_at: None, ends_at: None, enabled: true }
}

fn id(name: &str) -> ProductId {
    ProductId::new(name).unwrap()
}

fn colour(colour: Colour) -> Which {
    let filters = Filters { colours: vec![colour], ..Filters::default() };
    Which { products: Vec::new(), filters }
}

impl Shop {
    async fn ruled(&self, rules: &[(&str, Effect)]) {
        for (name, then) in rules {
            let rule = rule(then.clone());
            rule.check().unwrap();
            self.rules.put_rule(&sample::merchant(), name, &rule).await.unwrap();
        }
    }
}

fn reasons(answer: &SearchAnswer, at: usize) -> Vec<&str> {
    let reasons = answer.products[at].found.reasons.iter();
    reasons
        .filter(|reason| reason.attribute == Attribute::Rule)
        .map(|reason| reason.text.as_str())
        .collect()
}

#[tokio::test]
async fn pinned_products_come_first_where_they_can_be_bought_and_say_so() {
    let shop = shop().await;
    let products = vec![id("shoes"), id("nobody"), id("red")];
    shop.ruled(&[("first", Effect::Pin { products })]).await;
    let answer = shop.search(text("navy dress")).await;
    assert_eq!(ids(&answer)[..3], ["shoes", "red", "navy"]);
    assert_eq!(reasons(&answer, 0), ["chosen by the shop"]);
    assert_eq!(reasons(&answer, 2), Vec::<&str>::new());
    let dresses = Filters { categories: vec![Category::Dress], ..Filters::default() };
    let only = SearchRequest { filters: dresses, ..text("navy dress") };
    assert_eq!(shop.ids(only).await, ["red", "navy", "black"]);
    let cheap_first = SearchRequest { sort: Sort::PriceAsc, ..text("navy dress") };
    assert_eq!(shop.ids(cheap_first).await[0], "black", "they are in the order asked for");
    let sold_out = shop.catalog.products(&sample::merchant(), &[id("red")]).await.unwrap();
    let variant = sold_out[0].variants[0].id.clone();
    let patch = OfferPatch { stock: Some(Some(0)), ..OfferPatch::default() };
    let changes = vec![OfferChange { variant, patch }];
    shop.catalog.set_offers(&sample::merchant(), changes).await.unwrap();
    assert_eq!(shop.ids(text("navy dress")).await[..2], ["shoes", "navy"]);
}

#[tokio::test]
async fn boosts_and_burials_move_products_and_say_so() {
    let shop = shop().await;
    let strength = Strength(1.0);
    shop.ruled(&[
        ("a", Effect::Boost { which: colour(Colour::Red), strength }),
        ("b", Effect::Bury { which: colour(Colour::Navy), strength }),
    ])
    .await;
    let answer = shop.search(text("navy dress")).await;
    let dresses: Vec<String> = ids(&answer).into_iter().filter(|id| id != "shoes").collect();
    assert_eq!(dresses, ["red", "black", "navy"]);
    assert_eq!(reasons(&answer, 0), ["moved up by the shop"]);
    let last = answer.products.iter().position(|listed| listed.found.product_id == id("navy"));
    assert_eq!(reasons(&answer, last.unwrap()), ["moved down by the shop"]);
    let other = shop.search(text("navy gown")).await;
    assert_eq!(ids(&other)[0], "navy", "the rule is not for this text");
}

#[tokio::test]
async fn what_one_rule_hides_no_other_brings_back() {
    let shop = shop().await;
    shop.ruled(&[
        ("a", Effect::Hide { which: colour(Colour::Red) }),
        ("b", Effect::Pin { products: vec![id("red"), id("black")] }),
    ])
    .await;
    let found = shop.ids(text("red dress")).await;
    assert_eq!(found[0], "black");
    assert!(!found.contains(&"red".to_owned()));
}

#[tokio::test]
async fn a_redirect_is_told_beside_the_products() {
    let shop = shop().await;
    let url = crate::address::WebAddress::parse("https://shop.example/dresses").unwrap();
    shop.ruled(&[("a", Effect::Redirect { url: url.clone() })]).await;
    let answer = shop.search(text("navy dresses")).await;
    assert_eq!((ids(&answer)[0].as_str(), answer.redirect), ("navy", Some(url)));
    assert_eq!(shop.search(text("shoes")).await.redirect, None);
}

#[tokio::test]
async fn a_preview_shows_what_drafts_would_do_at_a_time_and_others_see_nothing_of_it() {
    let shop = shop().await;
    shop.ruled(&[("kept", Effect::Pin { products: vec![id("shoes")] })]).await;
    let mut draft = rule(Effect::Pin { products: vec![id("black")] });
    draft.starts_at = "2030-01-01T00:00:00Z".parse().ok();
    let preview = |at: &str| SearchRequest {
        preview: Some(Preview {
            drafts: vec![("kept".into(), draft.clone())],
            at: at.parse().ok(),
        }),
        ..text("navy dress")
    };
    let then = shop.search(preview("2030-01-02T00:00:00Z")).await;
    assert_eq!((ids(&then)[0].as_str(), then.rules), ("black", vec!["kept".to_owned()]));
    let before = shop.search(preview("2029-01-02T00:00:00Z")).await;
    assert_eq!((ids(&before)[0].as_str(), before.rules), ("navy", Vec::new()));
    let live = shop.search(text("navy dress")).await;
    assert_eq!((ids(&live)[0].as_str(), live.rules), ("shoes", Vec::new()));
}

#[tokio::test]
async fn pins_stand_on_the_first_page_alone_however_far_one_walks() {
    let shop = shop().await;
    let mut pinning = rule(Effect::Pin { products: vec![id("shoes"), id("red")] });
    pinning.when = Occasion::default();
    shop.rules.put_rule(&sample::merchant(), "a", &pinning).await.unwrap();
    for asked in [text("navy dress"), request()] {
        let whole = shop.ids(SearchRequest { limit: 10, ..asked.clone() }).await;
        assert_eq!(whole[..2], ["shoes", "red"]);
        let mut walked = Vec::new();
        let mut page = SearchRequest { limit: 1, ..asked };
        loop {
            let answer = shop.search(page.clone()).await;
            walked.extend(ids(&answer));
            let Some(next) = answer.next else { break };
            page.cursor = Some(next);
        }
        assert_eq!(walked, whole);
    }
}

#[tokio::test]
async fn words_that_mean_the_same_find_the_same() {
    let embedder = Arc::new(FakeEmbedder::default());
    let mut wedding = sample::product("wedding");
    wedding.tags = vec!["wedding".into()];
    let products = vec![wedding, of_kind("shoes", Category::Shoes)];
    let shop = Shop::with(products, Vec::new(), embedder, 0.99).await;
    assert!(shop.ids(text("kicks")).await.is_empty());
    assert!(shop.ids(text("marriage")).await.is_empty());
    for (name, words) in [("a", ["kicks", "shoes"]), ("b", ["wedding", "marriage"])] {
        let synonyms = Synonyms { words: words.map(str::to_owned).to_vec() };
        shop.rules.put_synonyms(&sample::merchant(), name, &synonyms).await.unwrap();
    }
    let answer = shop.search(text("kicks")).await;
    assert_eq!(ids(&answer), ["shoes"]);
    assert_eq!(answer.products[0].found.reasons[0].text, "same category: shoes");
    let answer = shop.search(text("marriage")).await;
    assert_eq!(ids(&answer), ["wedding"]);
    assert_eq!(answer.products[0].found.reasons[0].text, "in its words: marriage");
}

#[tokio::test]
async fn what_a_rule_hides_is_neither_like_another_product_nor_goes_with_it() {
    let shop = shop().await;
    shop.rules
        .put_rule(&sample::merchant(), "hidden", &always_hide(&["red", "shoes"]))
        .await
        .unwrap();
    let asked = SimilarRequest {
        merchant: sample::merchant(),
        product: id("navy"),
        filters: Filters::default(),
        limit: 10,
    };
    let similar = shop.searching.similar(&asked).await.unwrap().unwrap();
    let similar: Vec<&str> =
        similar.iter().map(|listed| listed.found.product_id.as_str()).collect();
    assert_eq!(similar, ["black"]);
    assert_eq!(shop.searching.complete(&asked).await.unwrap(), Some(Vec::new()));
    shop.rules.remove_rule(&sample::merchant(), "hidden").await.unwrap();
    let completed = shop.searching.complete(&asked).await.unwrap().unwrap();
    assert_eq!(completed.len(), 1);
    assert_eq!(completed[0].matches[0].product_id, id("shoes"));
    let unknown = SimilarRequest { product: id("nobody"), ..asked };
    assert_eq!(shop.searching.complete(&unknown).await.unwrap(), None);
}

fn always_hide(products: &[&str]) -> Rule {
    let which = Which {
        products: products.iter().map(|name| id(name)).collect(),
        filters: Filters::default(),
    };
    Rule { when: Occasion::default(), ..rule(Effect::Hide { which }) }
}
