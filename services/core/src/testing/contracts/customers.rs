use jiff::SignedDuration;

use crate::{
    events::{Event, EventKind},
    ids::{CustomerId, MerchantId, ProductId},
    ports::{Customers, Events},
    profile::Profile,
    reports::{Conversion, Days, Overview},
    testing::told,
};

/// The contract of [`Customers`], on a store that keeps [`Events`] too.
pub async fn customers(store: &(impl Customers + Events)) {
    is_kept_and_changed(store).await;
    events_are_kept_with_the_id_of_who_agreed(store).await;
    events_are_parted_from_who_no_longer_agrees(store).await;
    nothing_is_left_of_who_is_forgotten_but_counts(store).await;
    merchants_have_their_own(store).await;
    what_they_bought_is_told_the_latest_first(store).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

fn of(customer: &Profile, id: &str) -> Event {
    Event { customer: Some(customer.id.clone()), ..told::purchase(id) }
}

async fn ids(store: &impl Customers, shop: &MerchantId, customer: &CustomerId) -> Vec<String> {
    let events = store.customer_events(shop, customer).await.unwrap();
    events.iter().map(|event| event.id.to_string()).collect()
}

async fn is_kept_and_changed(store: &impl Customers) {
    let shop = merchant("keeps customers");
    let mut customer = told::customer("c");
    assert_eq!(store.customer(&shop, &customer.id).await.unwrap(), None);
    assert!(store.put_customer(&shop, &customer).await.unwrap());
    assert_eq!(store.customer(&shop, &customer.id).await.unwrap(), Some(customer.clone()));
    let since = customer.agreed;
    customer.customer.sizes.clear();
    customer.customer.budget = None;
    customer.agreed = Some(told::now());
    assert!(!store.put_customer(&shop, &customer).await.unwrap());
    let kept = store.customer(&shop, &customer.id).await.unwrap().unwrap();
    assert_eq!(kept, Profile { agreed: since, ..customer }, "who agreed agrees since then");
}

async fn events_are_kept_with_the_id_of_who_agreed(store: &(impl Customers + Events)) {
    let shop = merchant("asks customers");
    let (agreed, silent) = (told::customer("agreed"), told::customer("silent"));
    store.put_customer(&shop, &agreed).await.unwrap();
    store.put_customer(&shop, &Profile { agreed: None, ..silent.clone() }).await.unwrap();
    let unknown = told::customer("unknown");
    let before = told::now() - SignedDuration::from_hours(25);
    let look = told::answer(3).id;
    let click = Event {
        customer: Some(agreed.id.clone()),
        at: told::now() - SignedDuration::from_hours(1),
        position: Some(7),
        visitor: Some(told::visitor("v")),
        ..told::event("d", EventKind::Click, look)
    };
    let events = vec![
        of(&agreed, "a"),
        of(&silent, "b"),
        of(&unknown, "c"),
        Event { at: before, ..of(&agreed, "before") },
        click.clone(),
    ];
    assert_eq!(store.take_events(&shop, events).await.unwrap().new, 5, "all count");
    let kept = store.customer_events(&shop, &agreed.id).await.unwrap();
    assert_eq!(kept, [click, of(&agreed, "a")], "as they were told, in their order");
    assert_eq!(ids(store, &shop, &silent.id).await, [""; 0]);
    assert_eq!(ids(store, &shop, &unknown.id).await, [""; 0]);
    store.put_customer(&shop, &unknown).await.unwrap();
    assert_eq!(ids(store, &shop, &unknown.id).await, [""; 0], "nor is it found later");
}

async fn events_are_parted_from_who_no_longer_agrees(store: &(impl Customers + Events)) {
    let shop = merchant("parts customers");
    let customer = told::customer("c");
    store.put_customer(&shop, &customer).await.unwrap();
    store.take_events(&shop, vec![of(&customer, "a")]).await.unwrap();
    assert_eq!(ids(store, &shop, &customer.id).await, ["a"]);
    store.put_customer(&shop, &Profile { agreed: None, ..customer.clone() }).await.unwrap();
    assert_eq!(ids(store, &shop, &customer.id).await, [""; 0]);
    let kept = store.customer(&shop, &customer.id).await.unwrap().unwrap();
    assert_eq!(
        (kept.agreed, kept.customer),
        (None, customer.customer.clone()),
        "the profile stays"
    );
    let again = Profile { agreed: Some(told::now()), ..customer.clone() };
    store.put_customer(&shop, &again).await.unwrap();
    let kept = store.customer(&shop, &customer.id).await.unwrap().unwrap();
    assert_eq!(kept.agreed, Some(told::now()), "anew, not since before");
}

async fn nothing_is_left_of_who_is_forgotten_but_counts(store: &(impl Customers + Events)) {
    let shop = merchant("forgets customers");
    let customer = told::customer("c");
    store.put_customer(&shop, &customer).await.unwrap();
    let look = told::answer(9);
    let click = Event {
        customer: Some(customer.id.clone()),
        ..told::event("click", EventKind::Click, look.id)
    };
    let events = vec![of(&customer, "a"), click.clone()];
    store.take_events(&shop, events.clone()).await.unwrap();
    store.forget_customer(&shop, &customer.id).await.unwrap();
    assert_eq!(store.customer(&shop, &customer.id).await.unwrap(), None);
    assert_eq!(ids(store, &shop, &customer.id).await, [""; 0]);
    let again = store.take_events(&shop, events).await.unwrap();
    assert_eq!((again.new, again.repeated), (0, 2), "they are known again");
    store.take_events(&shop, vec![of(&customer, "late")]).await.unwrap();
    assert_eq!(ids(store, &shop, &customer.id).await, [""; 0], "taken without the id");
    let days = Days::last(30, told::now());
    let report = Conversion::of(store, &shop, days).await.unwrap();
    assert_eq!((report.events.purchase, report.events.click), (2, 1));
    store.note_answers(&shop, &[look]).await.unwrap();
    let looks = Overview::of(store, &shop, days).await.unwrap().looks;
    assert_eq!(looks.clicked, 1, "a look that is told late has its click");
    store.forget_customer(&shop, &customer.id).await.unwrap();
}

async fn merchants_have_their_own(store: &(impl Customers + Events)) {
    let (shop, other) = (merchant("one shop"), merchant("another shop"));
    let customer = told::customer("c");
    for own in [&shop, &other] {
        store.put_customer(own, &customer).await.unwrap();
        store.take_events(own, vec![of(&customer, "a")]).await.unwrap();
    }
    store.forget_customer(&shop, &customer.id).await.unwrap();
    assert_eq!(store.customer(&shop, &customer.id).await.unwrap(), None);
    assert_eq!(store.customer(&other, &customer.id).await.unwrap(), Some(customer.clone()));
    assert_eq!(ids(store, &other, &customer.id).await, ["a"]);
}

async fn what_they_bought_is_told_the_latest_first(store: &(impl Customers + Events)) {
    let shop = merchant("remembers purchases");
    let (customer, other) = (told::customer("c"), told::customer("other"));
    for profile in [&customer, &other] {
        store.put_customer(&shop, profile).await.unwrap();
    }
    let bought = |of: &Profile, product: &str, hours: i64| Event {
        product: Some(ProductId::new(product).unwrap()),
        at: told::now() - SignedDuration::from_hours(hours),
        customer: Some(of.id.clone()),
        ..told::purchase(&format!("{product} {hours}"))
    };
    let click = Event {
        kind: EventKind::Click,
        value: None,
        order: None,
        answer: Some(told::answer(5).id),
        ..bought(&customer, "seen", 1)
    };
    let events = vec![
        bought(&customer, "hat", 3),
        bought(&customer, "dress", 2),
        bought(&customer, "hat", 1),
        bought(&other, "shoes", 1),
        click,
    ];
    store.take_events(&shop, events).await.unwrap();
    let purchases = async |limit| {
        let found = store.purchases(&shop, &customer.id, limit).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(purchases(9).await, ["hat", "dress"]);
    assert_eq!(purchases(1).await, ["hat"]);
    store.forget_customer(&shop, &customer.id).await.unwrap();
    assert!(purchases(9).await.is_empty());
}
