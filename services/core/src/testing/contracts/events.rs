mod drawn;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::{
    answers::AnswerRecord,
    events::{Event, EventKind, Taken},
    ids::{EventId, MerchantId, OrderId, ProductId},
    ports::{Events, Experiments},
    reports::{Conversion, Days, ExperimentReport, Overview, Totals},
    testing::{sample, told},
};

/// The contract of [`Events`], and that reports are made of what was told.
pub async fn events<S: Events + Experiments + 'static>(store: Arc<S>) {
    nothing_is_counted_at_first(&*store).await;
    each_event_is_counted_once(&*store).await;
    each_event_is_counted_once_whoever_sends_it_again_at_once(Arc::clone(&store)).await;
    an_answer_counts_with_what_came_of_it_in_any_order(&*store).await;
    a_visitor_counts_with_what_they_did_since(&*store).await;
    merchants_see_their_own(&*store).await;
    what_is_removed_stays_counted(&*store).await;
    what_is_bought_together_is_told_by_orders(&*store).await;
    drawn::reports_are_what_counting_by_hand_gives(&*store).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

fn days() -> Days {
    Days::last(60, told::now())
}

async fn looks(store: &impl Events, merchant: &MerchantId) -> Totals {
    Overview::of(store, merchant, days()).await.unwrap().looks
}

async fn purchases(store: &impl Events, merchant: &MerchantId) -> u64 {
    Conversion::of(store, merchant, days()).await.unwrap().events.purchase
}

async fn take(store: &impl Events, merchant: &MerchantId, events: &[Event]) -> (u64, u64) {
    let Taken { new, repeated } = store.take_events(merchant, events.to_vec()).await.unwrap();
    (new, repeated)
}

async fn nothing_is_counted_at_first(store: &impl Events) {
    let shop = merchant("nothing");
    assert_eq!(looks(store, &shop).await, Totals::default());
    assert_eq!(take(store, &shop, &[]).await, (0, 0));
    store.note_answers(&shop, &[]).await.unwrap();
    assert_eq!(purchases(store, &shop).await, 0);
}

async fn each_event_is_counted_once(store: &impl Events) {
    let shop = merchant("once");
    let [a, b, c] = ["a", "b", "c"].map(told::purchase);
    assert_eq!(take(store, &shop, &[a.clone(), b.clone(), a.clone()]).await, (2, 1));
    let changed = Event { kind: EventKind::Click, value: None, order: None, ..a.clone() };
    assert_eq!(take(store, &shop, &[changed, c, b]).await, (1, 2), "an id stands for one event");
    assert_eq!(purchases(store, &shop).await, 3);
    let other = merchant("once elsewhere");
    assert_eq!(take(store, &other, &[a]).await, (1, 0), "ids are a merchant's own");
}

/// Twenty senders, each of which sends every batch, some in another order.
async fn each_event_is_counted_once_whoever_sends_it_again_at_once<S: Events + 'static>(
    store: Arc<S>,
) {
    let shop = merchant("at once");
    let look = told::answer(77);
    store.note_answers(&shop, std::slice::from_ref(&look)).await.unwrap();
    let batches: Vec<Vec<Event>> = (0..6)
        .map(|batch| {
            // Each batch has half of the one before it, too.
            let ids = batch * 20..(batch + 2) * 20;
            ids.map(|n| {
                let purchase = told::purchase(&n.to_string());
                Event { answer: Some(look.id), ..purchase }
            })
            .collect()
        })
        .collect();
    let senders = (0..20).map(|sender| {
        let (store, shop, mut batches) = (Arc::clone(&store), shop.clone(), batches.clone());
        batches.rotate_left(sender % 6);
        tokio::spawn(async move {
            let mut new = 0;
            for mut batch in batches {
                if sender % 2 == 0 {
                    batch.reverse();
                }
                new += store.take_events(&shop, batch).await.unwrap().new;
            }
            new
        })
    });
    let mut new = 0;
    for sender in senders.collect::<Vec<_>>() {
        new += sender.await.unwrap();
    }
    assert_eq!(new, 140, "each of the events is new to one sender");
    let report = Conversion::of(&*store, &shop, days()).await.unwrap();
    assert_eq!(report.events.purchase, 140);
    assert_eq!((report.looks.purchased.hits, report.looks.purchased.of), (1, 1));
    assert_eq!(report.paid.len(), 1);
    assert_eq!(report.paid[0].all.amount, 140 * 4_990);
    assert_eq!(report.paid[0].after_answers, report.paid[0].all);
}

async fn an_answer_counts_with_what_came_of_it_in_any_order(store: &impl Events) {
    let shop = merchant("any order");
    let (early, late) = (told::answer(1), told::answer(2));
    let click = |id: &str, answer: &AnswerRecord| told::event(id, EventKind::Click, answer.id);
    take(store, &shop, &[click("a", &early), click("b", &early)]).await;
    assert_eq!(looks(store, &shop).await, Totals::default(), "of a look that is not told yet");
    store.note_answers(&shop, &[early.clone(), late.clone(), early.clone()]).await.unwrap();
    store.note_answers(&shop, &[early]).await.unwrap();
    let both = Totals { answers: 2, matched: 2, clicked: 1, ..Totals::default() };
    assert_eq!(looks(store, &shop).await, both);
    take(store, &shop, &[click("c", &late), click("d", &late)]).await;
    let bought = Event { answer: Some(late.id), ..told::purchase("e") };
    take(store, &shop, &[bought]).await;
    assert_eq!(looks(store, &shop).await, Totals { clicked: 2, purchased: 1, ..both });
}

async fn a_visitor_counts_with_what_they_did_since(store: &(impl Events + Experiments)) {
    let shop = merchant("visitors");
    let experiment = told::experiment("limits", &[1, 1]);
    store.put_experiment(&shop, &experiment).await.unwrap();
    let served = crate::experiments::Served {
        experiment: experiment.name.clone(),
        variant: experiment.arms[1].name.clone(),
    };
    let visitor = Some(told::visitor("v"));
    let answer = |id| AnswerRecord {
        visitor: visitor.clone(),
        served: vec![served.clone()],
        ..told::answer(id)
    };
    let at = |id: &str, minutes| Event {
        at: told::now() + SignedDuration::from_mins(minutes),
        visitor: visitor.clone(),
        ..told::purchase(id)
    };
    let purchased = async || {
        let report = ExperimentReport::of(store, store, &shop, days()).await.unwrap();
        let variants = &report.experiments[0].variants;
        assert_eq!(variants[0].visitors, 0);
        (variants[1].visitors, variants[1].purchased.hits)
    };
    take(store, &shop, &[at("before", -1)]).await;
    store.note_answers(&shop, &[answer(1), answer(2)]).await.unwrap();
    assert_eq!(purchased().await, (1, 0), "what was bought before is not the variant's");
    take(store, &shop, &[at("after", 1), at("again", 2)]).await;
    assert_eq!(purchased().await, (1, 1));
}

async fn merchants_see_their_own(store: &impl Events) {
    let (shop, other) = (merchant("own"), merchant("own too"));
    let look = told::answer(5);
    let click = told::event("a", EventKind::Click, look.id);
    store.note_answers(&shop, std::slice::from_ref(&look)).await.unwrap();
    take(store, &other, std::slice::from_ref(&click)).await;
    assert_eq!(looks(store, &shop).await.clicked, 0, "another merchant's click");
    assert_eq!(looks(store, &other).await, Totals::default(), "another merchant's look");
    assert_eq!(take(store, &shop, &[click]).await, (1, 0));
    assert_eq!(looks(store, &shop).await.clicked, 1);
}

async fn what_is_removed_stays_counted(store: &(impl Events + Experiments)) {
    let shop = merchant("removed");
    let old = told::now() - SignedDuration::from_hours(24 * 40);
    let answers: Vec<AnswerRecord> =
        (0..5).map(|id| AnswerRecord { at: old, ..told::answer(id) }).collect();
    store.note_answers(&shop, &answers).await.unwrap();
    let events: Vec<Event> = answers
        .iter()
        .enumerate()
        .map(|(at, answer)| Event {
            at: old,
            id: EventId::new(at.to_string()).unwrap(),
            ..told::event("e", EventKind::Click, answer.id)
        })
        .collect();
    take(store, &shop, &events).await;
    take(store, &shop, &[told::purchase("new")]).await;
    let reports = async || {
        let overview = Overview::of(store, &shop, days()).await.unwrap();
        let conversion = Conversion::of(store, &shop, days()).await.unwrap();
        (overview, conversion)
    };
    let before = reports().await;
    assert_eq!(before.0.looks.clicked, 5);
    let limit = old + SignedDuration::from_hours(1);
    let mut removed = Vec::new();
    while removed.last() != Some(&0) {
        removed.push(store.expire(limit, 3).await.unwrap());
    }
    assert!(removed.len() > 2, "a few at a time: {removed:?}");
    assert_eq!(removed.iter().sum::<u64>(), 10, "{removed:?}");
    assert_eq!(reports().await, before);
    assert_eq!(take(store, &shop, &[told::purchase("new")]).await, (0, 1), "it is not so old");
    assert_eq!(looks(store, &sample::merchant()).await, Totals::default());
}

async fn what_is_bought_together_is_told_by_orders(store: &impl Events) {
    let shop = merchant("together");
    let bought = |order: &str, product: &str| Event {
        product: Some(ProductId::new(product).unwrap()),
        order: Some(OrderId::new(order).unwrap()),
        ..told::purchase(&format!("{order} {product}"))
    };
    let mut events = Vec::new();
    for (order, products) in [
        ("1", ["dress", "shoes", "belt"].as_slice()),
        ("2", &["dress", "shoes"]),
        ("3", &["dress", "shoes", "belt", "hat"]),
        ("4", &["shoes", "hat"]),
        ("5", &["dress"]),
    ] {
        events.extend(products.iter().map(|product| bought(order, product)));
    }
    events.push(Event { id: EventId::new("again").unwrap(), ..bought("2", "shoes") });
    let click = Event { kind: EventKind::Click, value: None, order: None, ..bought("6", "hat") };
    events.push(Event { answer: Some(told::answer(9).id), ..click });
    take(store, &shop, &events).await;
    let with = async |shop: &MerchantId, product: &str, least, limit| {
        let product = ProductId::new(product).unwrap();
        let found = store.bought_with(shop, &product, least, limit).await.unwrap();
        let told = found.iter().map(|(id, orders)| format!("{id} {orders}"));
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(with(&shop, "dress", 1, 9).await, "shoes 3, belt 2, hat 1");
    assert_eq!(with(&shop, "dress", 2, 9).await, "shoes 3, belt 2");
    assert_eq!(with(&shop, "dress", 1, 1).await, "shoes 3");
    assert_eq!(with(&shop, "hat", 2, 9).await, "shoes 2");
    assert_eq!(with(&shop, "unsold", 1, 9).await, "");
    assert_eq!(with(&merchant("together elsewhere"), "dress", 1, 9).await, "");
}
