use std::time::Duration;

use jiff::{Timestamp, ToSpan};

use crate::{
    conversation::{ChatMessage, Conversation, Speaker},
    ids::MerchantId,
    inbound::Received,
    ports::{Conversations, DueMessage, DueReceived, Hearing, Kept, Mailbox},
};

/// Long enough for whoever tries something here.
const HOLD: Duration = Duration::from_secs(60);

/// The contract of [`Mailbox`], with the conversations that it is about.
pub async fn mailbox(store: &(impl Mailbox + Conversations)) {
    is_given_each_message_once_and_begins_its_conversation(store).await;
    gives_out_what_came_in_in_its_order_and_again_until_it_is_done_with(store).await;
    knows_what_was_heard_after_it_is_done_with(store).await;
    owes_what_is_said_to_whom_has_an_address(store).await;
    gives_out_what_is_said_in_its_order_and_again_until_it_is_sent(store).await;
    forgets_with_the_conversation(store).await;
}

fn merchant() -> MerchantId {
    MerchantId::new("mailbox").expect("a good name")
}

fn addressed() -> Conversation {
    Conversation { address: Some("491701234567".into()), ..Conversation::new("whatsapp") }
}

fn received(origin: &str) -> Received {
    let at = Timestamp::from_millisecond(1_764_201_600_000).expect("a time");
    let (text, photo) = ("Größe 'M'?".to_owned(), Some("2754859441498128".to_owned()));
    Received { origin: origin.to_owned(), text, photo, unreadable: false, at }
}

async fn receive(store: &impl Mailbox, conversation: &Conversation, origin: &str) -> bool {
    store.receive(&merchant(), conversation, &received(origin)).await.unwrap()
}

/// Those of the one conversation: the store may hold what others left.
async fn due_received(store: &impl Mailbox, of: &Conversation, hold: Duration) -> Vec<DueReceived> {
    let due = store.due_received(100, hold).await.unwrap();
    due.into_iter().filter(|due| due.conversation == of.id).collect()
}

async fn due_messages(store: &impl Mailbox, of: &Conversation, hold: Duration) -> Vec<DueMessage> {
    let due = store.due_messages(100, hold).await.unwrap();
    due.into_iter().filter(|due| due.conversation.id == of.id).collect()
}

async fn say(store: &impl Conversations, of: &Conversation, from: Speaker, text: &str) {
    let mut kept: Kept =
        store.conversation(&merchant(), of.id).await.unwrap().expect("it is there");
    let mut message = ChatMessage::new(from, text);
    kept.conversation.take(&mut message);
    assert!(store.keep(&merchant(), &kept, &[message]).await.unwrap());
}

fn texts(due: &[DueMessage]) -> Vec<&str> {
    due.iter().map(|due| due.message.text.as_str()).collect()
}

fn origins(due: &[DueReceived]) -> Vec<&str> {
    due.iter().map(|due| due.received.origin.as_str()).collect()
}

async fn is_given_each_message_once_and_begins_its_conversation(
    store: &(impl Mailbox + Conversations),
) {
    let (one, other) = (addressed(), addressed());
    assert!(receive(store, &one, "wamid.1").await);
    assert!(!receive(store, &one, "wamid.1").await, "it came before");
    assert!(receive(store, &other, "wamid.1").await, "names are a conversation's own");
    let begun = store.conversation(&merchant(), one.id).await.unwrap().expect("it has begun");
    assert_eq!(begun.conversation, one);
    let due = due_received(store, &one, HOLD).await;
    let expected = DueReceived {
        merchant: merchant(),
        conversation: one.id,
        received: received("wamid.1"),
        tries: 0,
    };
    assert_eq!(due, [expected]);
    assert_eq!(store.due_received(0, HOLD).await.unwrap(), []);
}

async fn gives_out_what_came_in_in_its_order_and_again_until_it_is_done_with(store: &impl Mailbox) {
    let one = addressed();
    for origin in ["c", "a", "b"] {
        assert!(receive(store, &one, origin).await);
    }
    let first = due_received(store, &one, HOLD).await;
    assert_eq!(origins(&first), ["c"], "the others wait for what came first");
    assert_eq!(due_received(store, &one, HOLD).await, [], "it is being tried");
    let soon = Timestamp::now() + 1.hour();
    store.settle_received(&first[0], Some(soon)).await.unwrap();
    let second = due_received(store, &one, Duration::ZERO).await;
    assert_eq!(origins(&second), ["a"], "what failed lets the next one by");
    let again = due_received(store, &one, HOLD).await;
    assert_eq!(again, second, "whoever tried it is gone");
    store.settle_received(&again[0], None).await.unwrap();
    let third = due_received(store, &one, HOLD).await;
    assert_eq!(origins(&third), ["b"]);
    store.settle_received(&third[0], Some(Timestamp::now() - 1.second())).await.unwrap();
    let again = due_received(store, &one, HOLD).await;
    assert_eq!((origins(&again), again[0].tries), (vec!["b"], 1));
    store.settle_received(&again[0], None).await.unwrap();
    assert_eq!(due_received(store, &one, HOLD).await, [], "one waits for its time");
}

async fn knows_what_was_heard_after_it_is_done_with(store: &(impl Mailbox + Conversations)) {
    let one = addressed();
    assert!(receive(store, &one, "heard").await);
    let due = due_received(store, &one, HOLD).await;
    let message = ChatMessage::new(Speaker::Customer, "hi");
    let heard = store.hear(&merchant(), one.id, &message, Some("heard"), Duration::ZERO).await;
    assert!(matches!(heard, Ok(Hearing::Heard(_))));
    store.settle_received(&due[0], None).await.unwrap();
    assert!(!receive(store, &one, "heard").await, "it comes late, and once too often");
    assert_eq!(due_received(store, &one, HOLD).await, []);
}

async fn owes_what_is_said_to_whom_has_an_address(store: &(impl Mailbox + Conversations)) {
    let (reached, asking) = (addressed(), Conversation::new("api"));
    for conversation in [&reached, &asking] {
        store.create_conversation(&merchant(), conversation).await.unwrap();
        say(store, conversation, Speaker::Customer, "hi").await;
        say(store, conversation, Speaker::Assistant, "hello").await;
    }
    let due = due_messages(store, &reached, HOLD).await;
    assert_eq!(texts(&due), ["hello"], "the customer's own words are not sent to them");
    let [due] = &due[..] else { unreachable!() };
    assert_eq!((&due.merchant, due.message.number, due.tries), (&merchant(), 2, 0));
    assert_eq!(due.conversation.address, reached.address);
    assert_eq!(due_messages(store, &asking, HOLD).await, []);
    assert_eq!(store.due_messages(0, HOLD).await.unwrap(), []);
}

async fn gives_out_what_is_said_in_its_order_and_again_until_it_is_sent(
    store: &(impl Mailbox + Conversations),
) {
    let one = addressed();
    store.create_conversation(&merchant(), &one).await.unwrap();
    say(store, &one, Speaker::Assistant, "first").await;
    say(store, &one, Speaker::Agent, "second").await;
    let first = due_messages(store, &one, Duration::ZERO).await;
    assert_eq!(texts(&first), ["first"], "the next one waits for it");
    let again = due_messages(store, &one, HOLD).await;
    assert_eq!(again, first, "whoever sent it is gone");
    assert_eq!(due_messages(store, &one, HOLD).await, [], "it is being sent");
    store.settle_message(&first[0], Some(Timestamp::now() + 1.hour())).await.unwrap();
    let second = due_messages(store, &one, HOLD).await;
    assert_eq!(texts(&second), ["second"], "what failed lets the next one by");
    store.settle_message(&second[0], Some(Timestamp::now() - 1.second())).await.unwrap();
    store.settle_message(&second[0], None).await.unwrap();
    let again = due_messages(store, &one, HOLD).await;
    assert_eq!(texts(&again), ["second"], "that was of a try before");
    assert_eq!(again[0].tries, 1);
    store.settle_message(&again[0], None).await.unwrap();
    assert_eq!(due_messages(store, &one, HOLD).await, []);
}

async fn forgets_with_the_conversation(store: &(impl Mailbox + Conversations)) {
    let one = addressed();
    assert!(receive(store, &one, "gone").await);
    say(store, &one, Speaker::Agent, "gone too").await;
    assert!(store.remove_conversation(&merchant(), one.id).await.unwrap());
    assert_eq!(due_received(store, &one, HOLD).await, []);
    assert_eq!(due_messages(store, &one, HOLD).await, []);
}
