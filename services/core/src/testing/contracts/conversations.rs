use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use crate::{
    address::WebAddress,
    conversation::{
        ChatMessage, ChatStatus, Conversation, HandoverReason, Intent, MESSAGES_KEPT, Speaker,
    },
    ids::{ConversationId, CustomerId, MerchantId},
    ports::{Conversations, Customers, Hearing, Kept, Webhooks},
    testing::sample,
    vocabulary::{Category, Colour},
    webhooks::{Topic, Webhook, WebhookSecret},
};

/// Long enough for whoever tries something here.
const HOLD: Duration = Duration::from_secs(60);

/// The contract of [`Conversations`]: what is noted of them is told, and those of a customer who is
/// forgotten are forgotten too.
pub async fn conversations<S: Conversations + Customers + Webhooks>(store: &S) {
    are_kept_as_they_are_and_each_merchants_own(store).await;
    hear_one_message_at_a_time(store).await;
    hear_a_message_once_that_has_a_name(store).await;
    are_not_kept_over_what_somebody_else_kept(store).await;
    give_their_messages_page_by_page_and_keep_the_last_ones(store).await;
    wait_in_the_order_in_which_they_began_to(store).await;
    are_told_of_once(store).await;
    are_forgotten_when_they_are_asked_to_be_and_when_they_are_old(store).await;
}

fn of(name: &str) -> MerchantId {
    MerchantId::new(format!("conversations {name}")).expect("a good name")
}

fn said(text: &str) -> ChatMessage {
    ChatMessage::new(Speaker::Customer, text)
}

fn replied(conversation: &mut Conversation, text: &str) -> ChatMessage {
    let mut reply =
        ChatMessage { intent: Some(Intent::Find), ..ChatMessage::new(Speaker::Assistant, text) };
    conversation.take(&mut reply);
    reply
}

async fn begun(store: &impl Conversations, merchant: &MerchantId) -> ConversationId {
    let conversation = Conversation::new("api");
    store.create_conversation(merchant, &conversation).await.unwrap();
    conversation.id
}

async fn heard(
    store: &impl Conversations,
    merchant: &MerchantId,
    id: ConversationId,
    text: &str,
) -> Kept {
    match store.hear(merchant, id, &said(text), None, HOLD).await.unwrap() {
        Hearing::Heard(kept) => *kept,
        other => panic!("the message is not heard but {other:?}"),
    }
}

async fn are_kept_as_they_are_and_each_merchants_own(store: &impl Conversations) {
    let (own, other) = (of("own"), of("other"));
    let mut conversation = Conversation::new("whatsapp");
    conversation.customer_id = Some(CustomerId::new("Ænne 'x'").unwrap());
    conversation.locale = Some("de-CH".into());
    conversation.memory.garments = vec![sample::garment(Category::Dress, &[Colour::Navy])];
    conversation.unsure = 1;
    conversation.address = Some("491701234567".into());
    assert!(store.create_conversation(&own, &conversation).await.unwrap());
    let id = conversation.id;
    let again = Conversation { locale: None, ..conversation.clone() };
    assert!(!store.create_conversation(&own, &again).await.unwrap(), "it is there already");
    let kept = store.conversation(&own, id).await.unwrap().expect("it is there");
    assert_eq!(kept.conversation, conversation);
    assert_eq!(store.conversation(&other, id).await.unwrap(), None);
    assert_eq!(store.hear(&other, id, &said("hi"), None, HOLD).await.unwrap(), Hearing::Unknown);
    assert!(!store.keep(&other, &kept, &[]).await.unwrap());
    assert!(!store.remove_conversation(&other, id).await.unwrap());
    let kept = heard(store, &own, id, "Größe 'M'").await;
    assert_eq!(store.messages(&other, id, None, 10).await.unwrap(), []);
    assert_eq!(store.messages(&own, id, None, 10).await.unwrap().len(), 1);
    assert_eq!(kept.conversation.messages, 1);
    assert_eq!(store.conversation(&own, id).await.unwrap(), Some(kept));
}

async fn hear_one_message_at_a_time(store: &impl Conversations) {
    let own = of("turns");
    let id = begun(store, &own).await;
    let mut kept = heard(store, &own, id, "first").await;
    let again = store.hear(&own, id, &said("second"), None, HOLD).await.unwrap();
    assert_eq!(again, Hearing::Answering, "the first has no answer yet");
    let reply = replied(&mut kept.conversation, "here");
    assert!(store.keep(&own, &kept, &[reply]).await.unwrap());
    let brief = Duration::from_millis(1);
    let kept = match store.hear(&own, id, &said("second"), None, brief).await.unwrap() {
        Hearing::Heard(kept) => kept,
        other => panic!("an answered conversation hears the next message, not {other:?}"),
    };
    assert_eq!(kept.conversation.messages, 3);
    tokio::time::sleep(Duration::from_millis(20)).await;
    heard(store, &own, id, "whoever answered the second is gone").await;
}

async fn hear_a_message_once_that_has_a_name(store: &impl Conversations) {
    let own = of("names");
    let (id, other) = (begun(store, &own).await, begun(store, &own).await);
    let hear = |id, origin| async move {
        store.hear(&of("names"), id, &said("hi"), Some(origin), Duration::ZERO).await.unwrap()
    };
    let Hearing::Heard(first) = hear(id, "one").await else { panic!("it is heard") };
    let Hearing::Heard(mut again) = hear(id, "one").await else {
        panic!("whoever was to answer it is gone")
    };
    assert_eq!(again.conversation, first.conversation, "it is the same message");
    let reply = replied(&mut again.conversation, "here");
    assert!(store.keep(&own, &again, &[reply]).await.unwrap());
    assert_eq!(hear(id, "one").await, Hearing::Known);
    assert!(matches!(hear(id, "two").await, Hearing::Heard(_)), "and it holds nobody up");
    assert!(
        matches!(hear(other, "one").await, Hearing::Heard(_)),
        "names are a conversation's own"
    );
    assert_eq!(store.messages(&own, id, None, 10).await.unwrap().len(), 3);
    let held = store.hear(&own, id, &said("hi"), Some("two"), HOLD).await.unwrap();
    assert!(matches!(held, Hearing::Heard(_)));
    assert_eq!(hear(id, "two").await, Hearing::Answering, "it is being answered");
}

async fn are_not_kept_over_what_somebody_else_kept(store: &impl Conversations) {
    let own = of("others");
    let id = begun(store, &own).await;
    let mut kept = heard(store, &own, id, "hi").await;
    let mut meanwhile = store.conversation(&own, id).await.unwrap().unwrap();
    meanwhile.conversation.status = ChatStatus::Agent;
    assert!(store.keep(&own, &meanwhile, &[]).await.unwrap());
    let reply = replied(&mut kept.conversation, "too late");
    assert!(!store.keep(&own, &kept, &[reply]).await.unwrap());
    let now = store.conversation(&own, id).await.unwrap().unwrap();
    assert_eq!((now.conversation.status, now.conversation.messages), (ChatStatus::Agent, 1));
    assert_eq!(store.messages(&own, id, None, 10).await.unwrap().len(), 1);
}

async fn give_their_messages_page_by_page_and_keep_the_last_ones(store: &impl Conversations) {
    let own = of("pages");
    let id = begun(store, &own).await;
    let mut kept = store.conversation(&own, id).await.unwrap().unwrap();
    let many: Vec<ChatMessage> =
        (0..MESSAGES_KEPT + 3).map(|n| replied(&mut kept.conversation, &n.to_string())).collect();
    assert!(store.keep(&own, &kept, &many).await.unwrap());
    let page = store.messages(&own, id, None, 2).await.unwrap();
    let last = MESSAGES_KEPT + 3;
    assert_eq!(page.iter().map(|said| said.number).collect::<Vec<_>>(), [last, last - 1]);
    assert_eq!(page[0], *many.last().unwrap());
    let next = store.messages(&own, id, Some(last - 1), 2).await.unwrap();
    assert_eq!(next[0].number, last - 2);
    let all = store.messages(&own, id, None, 1_000).await.unwrap();
    assert_eq!((all.len() as u64, all.last().unwrap().number), (MESSAGES_KEPT, 4));
}

async fn wait_in_the_order_in_which_they_began_to(store: &impl Conversations) {
    let own = of("queue");
    let mut ids = Vec::new();
    for minutes in [5, 1, 3] {
        let id = begun(store, &own).await;
        let mut kept = store.conversation(&own, id).await.unwrap().unwrap();
        kept.conversation.hand_over(HandoverReason::Asked);
        kept.conversation.updated = kept.conversation.updated - minutes.minutes();
        assert!(store.keep(&own, &kept, &[]).await.unwrap());
        ids.push(id);
    }
    let waiting = store.conversations(&own, ChatStatus::Waiting, None, 10).await.unwrap();
    let order: Vec<_> = waiting.iter().map(|queued| queued.conversation.id).collect();
    assert_eq!(order, [ids[0], ids[2], ids[1]], "who waits longest comes first");
    let after = Some(waiting[0].after);
    let rest = store.conversations(&own, ChatStatus::Waiting, after, 1).await.unwrap();
    assert_eq!(rest[0].conversation.id, ids[2]);
    assert_eq!(store.conversations(&own, ChatStatus::Agent, None, 10).await.unwrap(), []);
    let mut taken = store.conversation(&own, ids[0]).await.unwrap().unwrap();
    taken.conversation.status = ChatStatus::Agent;
    assert!(store.keep(&own, &taken, &[]).await.unwrap());
    assert_eq!(store.conversations(&own, ChatStatus::Waiting, None, 10).await.unwrap().len(), 2);
    assert_eq!(store.conversations(&own, ChatStatus::Agent, None, 10).await.unwrap().len(), 1);
}

async fn are_told_of_once<S: Conversations + Webhooks>(store: &S) {
    let own = of("told");
    let url = WebAddress::parse("https://shop.example/chat").expect("a good address");
    let topics = vec![Topic::ConversationMessage, Topic::ConversationHandover];
    let webhook = Webhook::new(url, topics, WebhookSecret::new([4; 32]));
    assert!(store.create_webhook(&own, &webhook).await.unwrap());
    let id = begun(store, &own).await;
    let mut kept = heard(store, &own, id, "a person please").await;
    let reply = replied(&mut kept.conversation, "one comes");
    kept.conversation.hand_over(HandoverReason::Asked);
    assert!(store.keep(&own, &kept, &[reply]).await.unwrap());
    heard(store, &own, id, "still there?").await;
    let told = store.deliveries(&own, webhook.id, None, None, 10).await.unwrap();
    let of_topic = |topic| told.iter().filter(|delivery| delivery.topic == topic).count();
    assert_eq!(of_topic(Topic::ConversationMessage), 3);
    assert_eq!(of_topic(Topic::ConversationHandover), 1, "it waits still, and that was told");
}

async fn are_forgotten_when_they_are_asked_to_be_and_when_they_are_old(
    store: &(impl Conversations + Customers),
) {
    let own = of("gone");
    let (first, second) = (begun(store, &own).await, begun(store, &own).await);
    heard(store, &own, first, "hi").await;
    assert!(store.remove_conversation(&own, first).await.unwrap());
    assert!(!store.remove_conversation(&own, first).await.unwrap());
    assert_eq!(store.messages(&own, first, None, 10).await.unwrap(), []);

    let customer = CustomerId::new("anna").unwrap();
    let mut named = Conversation::new("api");
    named.customer_id = Some(customer.clone());
    store.create_conversation(&own, &named).await.unwrap();
    assert_eq!(store.conversations_of(&own, &customer).await.unwrap(), [named.id]);
    assert_eq!(store.conversations_of(&of("else"), &customer).await.unwrap(), []);
    store.forget_customer(&of("else"), &customer).await.unwrap();
    assert!(store.conversation(&own, named.id).await.unwrap().is_some(), "of another merchant's");
    store.forget_customer(&own, &customer).await.unwrap();
    assert_eq!(store.conversation(&own, named.id).await.unwrap(), None);

    let mut old = Conversation::new("api");
    old.updated = Timestamp::now() - (24 * 400).hours();
    store.create_conversation(&own, &old).await.unwrap();
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    assert_eq!(store.forget_conversations(year, 0).await.unwrap(), 0);
    assert_eq!(store.forget_conversations(year, 10).await.unwrap(), 1);
    assert_eq!(store.conversation(&own, old.id).await.unwrap(), None);
    assert!(store.conversation(&own, second).await.unwrap().is_some());
}
