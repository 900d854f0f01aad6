//! What the merchant knows of a customer, and wants of answers.

use super::*;
use crate::{
    events::Event,
    filter::Filters,
    ids::{CustomerId, EventId, OrderId},
    look::{Attribute, Match},
    ports::{Bought, Customers, Events, Rules},
    profile::{Person, Profile},
    rules::{Effect, Occasion, Rule, Which},
    testing::told,
};

fn product(id: &str) -> ProductId {
    ProductId::new(id).unwrap()
}

/// A shop with `p1`, `p2` and `p3`, all alike but for their brands.
async fn three() -> Fakes {
    let fakes = Fakes::seeing(vec![dress()]).await;
    for (id, brand) in [("p2", "Oakwren"), ("p3", "Tindrow")] {
        fakes.sell(Product { brand: Some(brand.into()), ..sample::product(id) }).await;
    }
    fakes
}

fn reasons(found: &Match, of: Attribute) -> Vec<&str> {
    let reasons = found.reasons.iter().filter(|reason| reason.attribute == of);
    reasons.map(|reason| reason.text.as_str()).collect()
}

async fn rule(fakes: &Fakes, name: &str, when: Occasion, then: Effect) {
    let rule = Rule { when, then, starts_at: None, ends_at: None, enabled: true };
    rule.check().unwrap();
    fakes.rules.put_rule(&sample::merchant(), name, &rule).await.unwrap();
}

fn named(id: &str) -> Which {
    Which { products: vec![product(id)], filters: Filters::default() }
}

#[tokio::test]
async fn what_a_rule_hides_is_shown_nowhere_and_what_it_moves_says_so() {
    let fakes = three().await;
    let shop = Arc::new(fakes.shop());
    rule(&fakes, "a", Occasion::default(), Effect::Hide { which: named("p1") }).await;
    let dresses = Occasion { categories: vec![Category::Dress], ..Occasion::default() };
    let bury = Effect::Bury { which: named("p2"), strength: Default::default() };
    rule(&fakes, "b", dresses, bury).await;
    let shoes = Occasion { categories: vec![Category::Shoes], ..Occasion::default() };
    rule(&fakes, "c", shoes, Effect::Hide { which: named("p3") }).await;
    let look = look(&shop).await;
    assert_eq!(product_ids(&look), ["p3", "p2"]);
    let matches = &look.garments[0].matches;
    assert_eq!(reasons(&matches[1], Attribute::Rule), ["moved down by the shop"]);
    let advice = look.advice.unwrap();
    let advised: Vec<_> = advice.suggestions.iter().flat_map(|said| &said.product_ids).collect();
    assert!(!advised.is_empty() && !advised.contains(&&product("p1")));
}

#[tokio::test]
async fn a_pinned_product_comes_first_though_it_was_not_found_if_it_may_be_a_match() {
    let fakes = three().await;
    let shop = Arc::new(fakes.shop());
    let strange =
        Product { title: "Gown".into(), category: Category::Skirt, ..sample::product("far") };
    let shirt = Product { category: Category::Shoes, ..sample::product("shoes") };
    let mut sold_out = sample::product("gone");
    sold_out.variants[0].offer.stock = Some(0);
    for other in [strange, shirt, sold_out] {
        fakes.sell(other).await;
    }
    let products = ["shoes", "gone", "far", "p3", "nobody"].map(product).to_vec();
    let wedding = Occasion { texts: vec!["wedding".into()], ..Occasion::default() };
    rule(&fakes, "first", wedding, Effect::Pin { products }).await;
    assert_ne!(product_ids(&look(&shop).await)[0], "far", "nobody speaks of a wedding");
    let asked = LookRequest { wish: Some("for a Wedding".into()), limit: 2, ..request() };
    let look = asking(&shop, asked).await;
    let near = Category::Dress.neighbours().contains(&Category::Skirt);
    assert!(near, "a skirt may stand in for a dress");
    assert_eq!(product_ids(&look), ["far", "p3"]);
    for found in &look.garments[0].matches {
        assert_eq!(reasons(found, Attribute::Rule), ["chosen by the shop"]);
    }
}

/// Lets the customer have bought things, the first one latest.
async fn bought(fakes: &Fakes, customer: &Profile, products: &[&str]) {
    let merchant = sample::merchant();
    fakes.catalog.put_customer(&merchant, customer).await.unwrap();
    let events = products.iter().enumerate().map(|(ago, id)| Event {
        product: Some(product(id)),
        at: told::now() - jiff::SignedDuration::from_hours(ago as i64),
        customer: Some(customer.id.clone()),
        ..told::purchase(&format!("bought {id}"))
    });
    fakes.catalog.take_events(&merchant, events.collect()).await.unwrap();
}

async fn person(fakes: &Fakes, id: &CustomerId) -> Option<(Person, crate::customer::Customer)> {
    let (store, merchant) = (&*fakes.catalog, sample::merchant());
    Person::recall(store, store, &merchant, id.clone()).await.unwrap()
}

#[tokio::test]
async fn what_a_customer_bought_steps_behind_and_the_stylist_is_told_of_it() {
    let fakes = three().await;
    let shop = Arc::new(fakes.shop());
    let customer = told::customer("c");
    bought(&fakes, &customer, &["p1", "gone"]).await;
    let (person, kept) = person(&fakes, &customer.id).await.unwrap();
    assert_eq!(kept, customer.customer);
    let asked = LookRequest { person: Some(person), ..request() };
    let brief = brief::brief(&asked, &look(&shop).await);
    let navy = Bought { category: Category::Dress, colours: vec![Colour::Navy] };
    assert_eq!(brief.bought, [navy], "what is not sold any more is left out");
    let look = asking(&shop, asked).await;
    assert_eq!(look.customer_id, Some(customer.id));
    let last = look.garments[0].matches.last().unwrap();
    assert_eq!(last.product_id.as_str(), "p1");
    assert_eq!(reasons(last, Attribute::Purchases), ["you bought this before"]);
}

#[tokio::test]
async fn advice_over_purchases_is_for_nobody_else() {
    let fakes = three().await;
    let shop = Arc::new(fakes.shop());
    let customer = told::customer("c");
    bought(&fakes, &customer, &["p1"]).await;
    let (person, _) = person(&fakes, &customer.id).await.unwrap();
    for asked in 1..=2 {
        let request = LookRequest { person: Some(person.clone()), ..request() };
        assert!(asking(&shop, request).await.advice.is_some());
        assert_eq!(fakes.asked().1, asked, "it is not remembered");
    }
}

#[tokio::test]
async fn a_look_for_a_customer_is_gone_with_them() {
    let fakes = three().await;
    let shop = Arc::new(fakes.shop());
    let customer = told::customer("c");
    bought(&fakes, &customer, &["p1"]).await;
    let (person, _) = person(&fakes, &customer.id).await.unwrap();
    let look = asking(&shop, LookRequest { person: Some(person), ..request() }).await;
    let merchant = sample::merchant();
    let found = async || shop.find_look(&merchant, look.id).await.unwrap();
    assert_eq!(found().await.as_ref(), Some(&look));
    fakes.catalog.forget_customer(&merchant, &customer.id).await.unwrap();
    assert_eq!(found().await, None);
    let known = self::person(&fakes, &customer.id).await;
    assert!(known.is_none(), "of whom nothing is kept");
}

#[tokio::test]
async fn what_others_bought_together_completes_a_look() {
    let fakes = Fakes::seeing(vec![sample::garment(Category::Dress, &[Colour::Red])]).await;
    let red = sample::variant("p1-navy-m", "red", "M");
    fakes.sell(Product { variants: vec![red], ..sample::product("p1") }).await;
    let shoes = |id: &str, colour: &str| Product {
        category: Category::Shoes,
        title: format!("{colour} shoes"),
        variants: vec![sample::variant(&format!("{id}-39"), colour, "39")],
        ..sample::product(id)
    };
    for product in [shoes("pink", "pink"), shoes("yellow", "yellow")] {
        fakes.sell(product).await;
    }
    let orders = (0..3).flat_map(|order| {
        ["p1", "yellow"].map(|id| Event {
            id: EventId::new(format!("{order} {id}")).unwrap(),
            product: Some(product(id)),
            order: Some(OrderId::new(order.to_string()).unwrap()),
            ..told::purchase("any")
        })
    });
    let asked = LookRequest { complete_the_look: true, ..request() };
    let before = Arc::new(fakes.shop());
    let shown = async |shop: &Arc<Shopping>| {
        let look = asking(shop, asked.clone()).await;
        let matches = look.complete_the_look[0].matches.iter();
        matches.map(|found| found.product_id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&before).await, ["pink"], "yellow does not go with red");
    fakes.catalog.take_events(&sample::merchant(), orders.collect()).await.unwrap();
    assert_eq!(shown(&before).await, ["pink"], "what is bought together is known for an hour");
    let later = Arc::new(fakes.shop());
    assert_eq!(shown(&later).await, ["pink", "yellow"], "three orders are no chance");
}
