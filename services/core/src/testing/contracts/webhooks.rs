use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde_json::json;

use crate::{
    address::WebAddress,
    ids::{DeliveryId, MerchantId, MessageId, WebhookId},
    ports::{DueDelivery, Webhooks},
    webhooks::{
        Attempt, Delivery, DeliveryState, MAX_WEBHOOKS, Message, Settled, Standing, Topic, Webhook,
        WebhookSecret,
    },
};

/// Long enough for whoever tries something here.
const HOLD: Duration = Duration::from_secs(60);

/// The contract of [`Webhooks`].
pub async fn webhooks(store: &impl Webhooks) {
    are_kept_as_they_are_and_each_merchants_own(store).await;
    are_bounded_for_each_merchant(store).await;
    hear_what_they_asked_for_once(store).await;
    are_given_out_to_one_and_a_few_at_once(store).await;
    settle_as_they_were_tried(store).await;
    are_told_nothing_more_once_they_are_gone(store).await;
    come_again_when_they_are_asked_to(store).await;
    are_forgotten_when_they_are_old(store).await;
}

fn of(name: &str) -> MerchantId {
    MerchantId::new(format!("webhooks {name}")).expect("a good name")
}

/// To the millisecond, as stores keep it.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).expect("a good time")
}

fn hook(topics: &[Topic]) -> Webhook {
    let url = WebAddress::parse("https://shop.example/hook").expect("a good address");
    let webhook = Webhook::new(url, topics.to_vec(), WebhookSecret::new([3; 32]));
    Webhook { created: whole(webhook.created), ..webhook }
}

fn message(topic: Topic) -> Message {
    let data = json!({"what": "Größe 'M'"});
    Message { id: MessageId::now(), topic, at: whole(Timestamp::now()), data }
}

fn attempt(status: u16) -> Attempt {
    let error = (status >= 300).then(|| format!("it answered {status}"));
    Attempt { at: whole(Timestamp::now()), status: Some(status), error, retry_after: None }
}

/// What is due to this merchant's; all that is due to others stays held until it is settled.
async fn due(store: &impl Webhooks, merchant: &MerchantId) -> Vec<DueDelivery> {
    let due = store.due_deliveries(100, 1_000, HOLD).await.unwrap();
    due.into_iter().filter(|due| due.merchant == *merchant).collect()
}

async fn kept(store: &impl Webhooks, merchant: &MerchantId, id: WebhookId) -> Vec<Delivery> {
    store.deliveries(merchant, id, None, None, 1_000).await.unwrap()
}

async fn are_kept_as_they_are_and_each_merchants_own(store: &impl Webhooks) {
    let (mine, theirs) = (of("mine"), of("theirs"));
    let mut first = hook(&[Topic::ImportFailed, Topic::LookCompleted]);
    let second = hook(&[Topic::MissingMatch]);
    for webhook in [&first, &second] {
        assert!(store.create_webhook(&mine, webhook).await.unwrap());
    }
    assert_eq!(store.webhook(&mine, first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.webhooks(&mine).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(store.webhook(&theirs, first.id).await.unwrap(), None, "it is not theirs");
    assert!(!store.change_webhook(&theirs, &first).await.unwrap());
    assert!(!store.remove_webhook(&theirs, first.id).await.unwrap());

    first.rotate(WebhookSecret::new([4; 32]));
    first.retired = first.retired.map(|(secret, until)| (secret, whole(until)));
    first.standing = Standing::Disabled;
    first.set_topics(&[Topic::ImportCompleted]);
    assert!(store.change_webhook(&mine, &first).await.unwrap());
    assert_eq!(store.webhook(&mine, first.id).await.unwrap(), Some(first.clone()));

    store.tell(&mine, &[message(Topic::MissingMatch)]).await.unwrap();
    assert_eq!(kept(store, &theirs, second.id).await, [], "nor is what it is told");
    assert_eq!(store.replay(&theirs, second.id, None).await.unwrap(), 0);
    assert!(store.remove_webhook(&mine, second.id).await.unwrap());
    assert!(!store.remove_webhook(&mine, second.id).await.unwrap(), "it is gone already");
    assert_eq!(kept(store, &mine, second.id).await, [], "what was on its way went with it");
    assert_eq!(due(store, &mine).await, []);
}

async fn are_bounded_for_each_merchant(store: &impl Webhooks) {
    let many = of("many");
    for _ in 0..MAX_WEBHOOKS {
        assert!(store.create_webhook(&many, &hook(&[Topic::LookCompleted])).await.unwrap());
    }
    assert!(!store.create_webhook(&many, &hook(&[Topic::LookCompleted])).await.unwrap());
    let all = store.webhooks(&many).await.unwrap();
    assert_eq!(all.len(), MAX_WEBHOOKS);
    assert!(store.remove_webhook(&many, all[0].id).await.unwrap());
    assert!(store.create_webhook(&many, &hook(&[Topic::LookCompleted])).await.unwrap());
}

async fn hear_what_they_asked_for_once(store: &impl Webhooks) {
    let merchant = of("hear");
    let looks = hook(&[Topic::LookCompleted]);
    let both = hook(&[Topic::LookCompleted, Topic::ImportFailed]);
    let deaf = Webhook { standing: Standing::Disabled, ..hook(Topic::ALL) };
    for webhook in [&looks, &both, &deaf] {
        store.create_webhook(&merchant, webhook).await.unwrap();
    }
    store.create_webhook(&of("others"), &hook(Topic::ALL)).await.unwrap();
    let (look, import) = (message(Topic::LookCompleted), message(Topic::ImportFailed));
    store.tell(&merchant, &[look.clone(), import.clone()]).await.unwrap();
    store.tell(&merchant, std::slice::from_ref(&look)).await.unwrap();
    let [told] = &kept(store, &merchant, looks.id).await[..] else { panic!("it hears one") };
    assert_eq!((told.message, told.topic, told.attempts), (look.id, look.topic, 0));
    assert_eq!((told.state, &told.body), (DeliveryState::Waiting, &look.body()));
    assert_eq!(kept(store, &merchant, both.id).await.len(), 2);
    assert_eq!(kept(store, &merchant, deaf.id).await, []);
    assert!(due(store, &of("others")).await.is_empty());

    let newest = kept(store, &merchant, both.id).await;
    assert!(newest[0].id > newest[1].id, "the newest first");
    let before = Some(newest[0].id);
    let rest = store.deliveries(&merchant, both.id, None, before, 9).await.unwrap();
    assert_eq!(rest, newest[1..]);
    let one = store.deliveries(&merchant, both.id, None, None, 1).await.unwrap();
    assert_eq!(one, newest[..1]);
}

async fn are_given_out_to_one_and_a_few_at_once(store: &impl Webhooks) {
    let merchant = of("given");
    let (slow, quick) = (hook(&[Topic::LookCompleted]), hook(&[Topic::ImportFailed]));
    for webhook in [&slow, &quick] {
        store.create_webhook(&merchant, webhook).await.unwrap();
    }
    let many: Vec<Message> = (0..9).map(|_| message(Topic::LookCompleted)).collect();
    store.tell(&merchant, &many).await.unwrap();
    store.tell(&merchant, &[message(Topic::ImportFailed)]).await.unwrap();
    let given = async |at_once| -> Vec<DueDelivery> {
        let due = store.due_deliveries(at_once, 1_000, HOLD).await.unwrap();
        due.into_iter().filter(|due| due.merchant == merchant).collect()
    };
    let first = given(3).await;
    let of_slow = first.iter().filter(|due| due.webhook.id == slow.id).count();
    assert_eq!((of_slow, first.len()), (3, 4), "the slow one does not hold the quick one back");
    assert_eq!(given(3).await, [], "what is held is given to nobody else");
    let asked = first.iter().find(|due| due.webhook.id == slow.id).unwrap();
    assert_eq!(asked.webhook, slow);
    store.settle(asked, &attempt(200), Settled::Delivered).await.unwrap();
    let next = given(3).await;
    assert_eq!(next.len(), 1, "one more may be tried");
    assert!(first.iter().all(|due| due.delivery.id != next[0].delivery.id));

    let held = hook(&[Topic::MissingMatch]);
    store.create_webhook(&merchant, &held).await.unwrap();
    store.tell(&merchant, &[message(Topic::MissingMatch)]).await.unwrap();
    assert_eq!(store.due_deliveries(100, 0, HOLD).await.unwrap(), [], "none was asked for");
    let short = Duration::from_millis(40);
    let of_held =
        |due: Vec<DueDelivery>| due.iter().filter(|due| due.webhook.id == held.id).count();
    assert_eq!(of_held(store.due_deliveries(100, 1_000, short).await.unwrap()), 1);
    tokio::time::sleep(short * 2).await;
    assert_eq!(of_held(due(store, &merchant).await), 1, "who took it is not heard of any more");
}

async fn settle_as_they_were_tried(store: &impl Webhooks) {
    let merchant = of("settle");
    let webhook = hook(&[Topic::LookCompleted]);
    store.create_webhook(&merchant, &webhook).await.unwrap();
    store.tell(&merchant, &[message(Topic::LookCompleted)]).await.unwrap();
    let [first] = &due(store, &merchant).await[..] else { panic!("one is due") };
    let later = whole(Timestamp::now() + 1.hour());
    store.settle(first, &attempt(503), Settled::Again(later)).await.unwrap();
    let [tried] = &kept(store, &merchant, webhook.id).await[..] else { panic!("it is kept") };
    assert_eq!((tried.state, tried.attempts, tried.next), (DeliveryState::Waiting, 1, later));
    assert_eq!(tried.last.as_ref().and_then(|last| last.status), Some(503));
    assert_eq!(due(store, &merchant).await, [], "it is not its time yet");

    store.settle(first, &attempt(200), Settled::Delivered).await.unwrap();
    let [still] = &kept(store, &merchant, webhook.id).await[..] else { panic!("it is kept") };
    assert_eq!(still, tried, "a try that was settled already is not settled again");

    assert_eq!(store.replay(&merchant, webhook.id, Some(tried.id)).await.unwrap(), 1);
    let [again] = &due(store, &merchant).await[..] else { panic!("it is due now") };
    store.settle(again, &attempt(204), Settled::Delivered).await.unwrap();
    let delivered = Some(DeliveryState::Delivered);
    let done = store.deliveries(&merchant, webhook.id, delivered, None, 9).await.unwrap();
    assert_eq!((done.len(), done[0].attempts), (1, 1));
    let dead = Some(DeliveryState::Dead);
    assert_eq!(store.deliveries(&merchant, webhook.id, dead, None, 9).await.unwrap(), []);
    assert_eq!(due(store, &merchant).await, []);
}

async fn are_told_nothing_more_once_they_are_gone(store: &impl Webhooks) {
    let merchant = of("gone");
    let webhook = hook(&[Topic::LookCompleted]);
    store.create_webhook(&merchant, &webhook).await.unwrap();
    let two = [message(Topic::LookCompleted), message(Topic::LookCompleted)];
    store.tell(&merchant, &two).await.unwrap();
    let first = due(store, &merchant).await;
    store.settle(&first[0], &attempt(410), Settled::Gone).await.unwrap();
    let now = store.webhook(&merchant, webhook.id).await.unwrap().unwrap();
    assert_eq!(now.standing, Standing::Gone);
    let left = kept(store, &merchant, webhook.id).await;
    assert!(left.iter().all(|one| one.state == DeliveryState::Dead), "{left:?}");
    store.tell(&merchant, &[message(Topic::LookCompleted)]).await.unwrap();
    assert_eq!(kept(store, &merchant, webhook.id).await.len(), 2, "it hears nothing more");
}

async fn come_again_when_they_are_asked_to(store: &impl Webhooks) {
    let merchant = of("again");
    let webhook = hook(&[Topic::LookCompleted]);
    store.create_webhook(&merchant, &webhook).await.unwrap();
    let three: Vec<Message> = (0..3).map(|_| message(Topic::LookCompleted)).collect();
    store.tell(&merchant, &three).await.unwrap();
    let all = due(store, &merchant).await;
    store.settle(&all[0], &attempt(200), Settled::Delivered).await.unwrap();
    for due in &all[1..] {
        store.settle(due, &attempt(500), Settled::Dead).await.unwrap();
    }
    assert_eq!(store.replay(&merchant, webhook.id, Some(DeliveryId::now())).await.unwrap(), 0);
    assert_eq!(store.replay(&merchant, WebhookId::now(), None).await.unwrap(), 0);
    assert_eq!(store.replay(&merchant, webhook.id, None).await.unwrap(), 2, "the dead ones");
    let again = due(store, &merchant).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|due| due.delivery.attempts == 0), "from the beginning");
    assert_eq!(store.replay(&merchant, webhook.id, Some(all[0].delivery.id)).await.unwrap(), 1);
    assert_eq!(due(store, &merchant).await.len(), 1, "what was taken can be sent again too");

    let off = Webhook { standing: Standing::Disabled, ..webhook.clone() };
    store.change_webhook(&merchant, &off).await.unwrap();
    store.replay(&merchant, webhook.id, Some(all[0].delivery.id)).await.unwrap();
    assert_eq!(due(store, &merchant).await, [], "one that is disabled waits");
    store.change_webhook(&merchant, &webhook).await.unwrap();
    assert_eq!(due(store, &merchant).await.len(), 1, "and goes on");
}

async fn are_forgotten_when_they_are_old(store: &impl Webhooks) {
    let merchant = of("old");
    let webhook = hook(&[Topic::LookCompleted]);
    store.create_webhook(&merchant, &webhook).await.unwrap();
    let three: Vec<Message> = (0..3).map(|_| message(Topic::LookCompleted)).collect();
    store.tell(&merchant, &three).await.unwrap();
    for due in &due(store, &merchant).await[..2] {
        store.settle(due, &attempt(200), Settled::Delivered).await.unwrap();
    }
    store.forget_deliveries(Duration::from_secs(3_600), 1_000).await.unwrap();
    assert_eq!(kept(store, &merchant, webhook.id).await.len(), 3, "they are not old yet");
    while store.forget_deliveries(Duration::ZERO, 1).await.unwrap() > 0 {}
    let [left] = &kept(store, &merchant, webhook.id).await[..] else { panic!("one is left") };
    assert_eq!(left.state, DeliveryState::Waiting, "what was not delivered stays");
}
