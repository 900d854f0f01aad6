//! Customers who write in WhatsApp, and chat systems that bring what is written there.

mod common;

use std::{fs, sync::Arc, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use common::{HOLD, Service, picture, problem, start, token, token_of};
use image::ImageFormat;
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    conversation::{ChatMessage, ChatStatus, Speaker},
    inbound::{ChannelWorker, conversation_id},
    ports::{Bearer, Conversations, FetchError, Mailbox, Posted},
    testing::{Page, sample},
    webhooks::{WebhookSecret, signature},
};

const WHATSAPP: &str = "/inbound/whatsapp/demo";
const CHAT: &str = "/inbound/webhooks/demo/chat";
const PHONE: &str = "16505551234";
const MEDIA: &str = "https://graph.facebook.com/v23.0/2754859441498128";
const FILE: &str =
    "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=2754859441498128";

/// What Meta brings, by the name of its file.
fn payload(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inbound");
    fs::read(format!("{folder}/{name}.json")).unwrap()
}

fn metas(body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"app-hush"), body);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

async fn post(service: &Service, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Response {
    let mut request = service.client.post(service.url(path)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// Meta brings it; it is kept and not answered yet.
async fn bring(service: &Service, name: &str) {
    let body = payload(name);
    let signature = metas(&body);
    let answer = post(service, WHATSAPP, body, &[("x-hub-signature-256", &signature)]).await;
    assert_eq!(answer.status(), 200, "{name}");
}

/// Answers what is due and sends it; gives what the phone got so far.
async fn texts(service: &Service) -> Vec<String> {
    while service.channels.answer_due().await.unwrap() > 0 {}
    while service.channels.send_due().await.unwrap() > 0 {}
    sent(service)
}

fn sent(service: &Service) -> Vec<String> {
    let posts = service.told.posts();
    let bodies = posts.iter().map(|post| serde_json::from_str::<Value>(&post.body).unwrap());
    bodies.map(|body| body["text"]["body"].as_str().unwrap().to_owned()).collect()
}

/// Where the phone's conversation is.
fn place() -> String {
    let id = conversation_id(b"app-hush", &sample::merchant(), "whatsapp", PHONE);
    format!("/v1/conversations/{id}")
}

async fn messages(service: &Service) -> Vec<Value> {
    let page: Value = service.get(&place(), &token()).await.json().await.unwrap();
    let mut messages = page["messages"].as_array().unwrap().clone();
    messages.reverse();
    messages
}

#[tokio::test]
async fn meta_is_told_its_challenge_where_it_knows_the_token() {
    let service = start().await;
    let ask = |query: &str| service.client.get(service.url(&format!("{WHATSAPP}?{query}"))).send();
    let right = "hub.mode=subscribe&hub.verify_token=verify-hush&hub.challenge=1158201444";
    let answer = ask(right).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(answer.text().await.unwrap(), "1158201444");
    for wrong in ["", &right.replace("hush", "hash"), &right.replace("subscribe", "x")] {
        problem(ask(wrong).await.unwrap(), 403, "verify_token_wrong").await;
    }
    let ghost = service.client.get(service.url(&format!("/inbound/whatsapp/ghost?{right}")));
    problem(ghost.send().await.unwrap(), 404, "inbound_unknown").await;
}

#[tokio::test]
async fn words_are_answered_on_the_phone() {
    let service = start().await;
    bring(&service, "text").await;
    assert_eq!(sent(&service), [""; 0], "it is acknowledged before it is answered");
    let told = texts(&service).await;
    assert!(told.len() == 1 && told[0].contains("Linden midi dress for 49.90 EUR"), "{told:?}");
    let post = &service.told.posts()[0];
    let address = "https://graph.facebook.com/v23.0/106540352242922/messages";
    assert_eq!(post.address.as_str(), address);
    assert_eq!(post.headers, [("authorization", "Bearer access-hush".to_owned())]);
    let body: Value = serde_json::from_str(&post.body).unwrap();
    assert_eq!((&body["messaging_product"], &body["type"]), (&json!("whatsapp"), &json!("text")));
    assert_eq!((&body["to"], &body["text"]["preview_url"]), (&json!(PHONE), &json!(false)));

    let page: Value = service.get(&place(), &token()).await.json().await.unwrap();
    assert_eq!(page["conversation"]["channel"], "whatsapp");
    assert!(!page.to_string().contains(PHONE), "the phone number is shown to nobody");
    let other = token_of(Role::Shopper, "other");
    problem(service.get(&place(), &other).await, 404, "conversation_unknown").await;
}

#[tokio::test]
async fn a_photo_with_its_caption_is_looked_at() {
    let service = start().await;
    let said = json!({"messaging_product": "whatsapp", "url": FILE, "mime_type": "image/jpeg",
                      "sha256": "x", "file_size": "303833", "id": "2754859441498128"});
    service.web.put(MEDIA, Page::of("application/json", said.to_string()));
    service.web.put(FILE, Page::of("image/jpeg", picture(96, 96, ImageFormat::Jpeg)));
    bring(&service, "image").await;
    let told = texts(&service).await;
    assert!(told[0].contains("Linden midi dress"), "{told:?}");
    let asked = service.web.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|asked| asked.bearer == Some(Bearer::new("access-hush"))));
    let messages = messages(&service).await;
    assert_eq!(messages[0]["text"], "do you have this?");
    assert_eq!(messages[0]["photo_ids"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_photo_that_can_not_be_had_is_asked_for_again_and_then_told_of() {
    let service = start().await;
    let gone = || FetchError::Status { host: "graph".into(), status: 404, retry_after: None };
    service.web.fail(MEDIA, gone());
    bring(&service, "image").await;
    assert!(texts(&service).await[0].contains("could not open your photo"));

    let service = start().await;
    let away = FetchError::Unreachable { host: "graph".into(), detail: "refused".into() };
    service.web.fail(MEDIA, away);
    bring(&service, "image").await;
    assert_eq!(texts(&service).await, [""; 0], "it may be had later");
    let later = service.catalog.due_received(9, Duration::ZERO).await.unwrap();
    assert_eq!(later, [], "and is not asked for again at once");
}

#[tokio::test]
async fn a_button_and_a_row_of_a_list_are_words() {
    let service = start().await;
    bring(&service, "interactive").await;
    bring(&service, "list").await;
    assert_eq!(texts(&service).await.len(), 2);
    let messages = messages(&service).await;
    let said: Vec<&str> = messages.iter().map(|one| one["text"].as_str().unwrap()).collect();
    assert_eq!((said[0], said[2]), ("a navy dress", "dresses"));
}

#[tokio::test]
async fn what_wants_no_answer_gets_none_and_what_is_not_understood_gets_one() {
    let service = start().await;
    bring(&service, "status").await;
    bring(&service, "other_number").await;
    assert_eq!(texts(&service).await, [""; 0]);
    problem(service.get(&place(), &token()).await, 404, "conversation_unknown").await;
    bring(&service, "audio").await;
    bring(&service, "audio").await;
    let told = texts(&service).await;
    assert!(told.len() == 1 && told[0].contains("text and photos only"), "{told:?}");
    assert_eq!(messages(&service).await[0]["text"], "(audio)");
}

#[tokio::test]
async fn two_messages_at_once_are_answered_in_their_order() {
    let service = start().await;
    bring(&service, "two").await;
    let told = texts(&service).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[1], "Linden midi dress costs 49.90 EUR.");
    let numbers: Vec<_> = messages(&service).await.iter().map(|one| one["from"].clone()).collect();
    assert_eq!(numbers, ["customer", "assistant", "customer", "assistant"]);
}

#[tokio::test]
async fn a_message_that_is_brought_again_is_answered_once() {
    let service = start().await;
    bring(&service, "text").await;
    bring(&service, "text").await;
    assert_eq!(texts(&service).await.len(), 1);
    bring(&service, "text").await;
    assert_eq!(texts(&service).await.len(), 1);
    assert_eq!(messages(&service).await.len(), 2);
}

#[tokio::test]
async fn what_meta_did_not_sign_is_refused_unread() {
    let service = start().await;
    let body = payload("text");
    let right = metas(&body);
    let wrong = right.replace(&right[7..9], if &right[7..9] == "00" { "11" } else { "00" });
    for signature in ["", "sha256=", wrong.as_str(), &right[..60], &metas(b"{}")] {
        let headers = [("x-hub-signature-256", signature)];
        let answer = post(&service, WHATSAPP, body.clone(), &headers).await;
        problem(answer, 401, "signature_invalid").await;
    }
    problem(post(&service, WHATSAPP, body.clone(), &[]).await, 401, "signature_invalid").await;
    let signed = |path: &'static str, body: &[u8], signature: &str| {
        let (body, signature, service) = (body.to_vec(), signature.to_owned(), &service);
        async move { post(service, path, body, &[("x-hub-signature-256", &signature)]).await }
    };
    let nonsense = b"not json";
    problem(signed(WHATSAPP, nonsense, &right).await, 401, "signature_invalid").await;
    problem(signed(WHATSAPP, nonsense, &metas(nonsense)).await, 400, "json_invalid").await;
    let long = vec![b' '; 256 * 1024 + 1];
    problem(signed(WHATSAPP, &long, &metas(&long)).await, 413, "body_too_large").await;
    let ghost = signed("/inbound/whatsapp/ghost", &body, &right).await;
    problem(ghost, 404, "inbound_unknown").await;
    assert_eq!(texts(&service).await, [""; 0]);
}

#[tokio::test]
async fn what_an_agent_says_reaches_the_phone() {
    let service = start().await;
    bring(&service, "text").await;
    texts(&service).await;
    let agents = place().replace("/v1/", "/v1/agent/");
    let said = json!({"agent": "Robin", "text": "Robin here, how can I help?"});
    let request = service.client.post(service.url(&format!("{agents}/messages"))).json(&said);
    let answer = request.bearer_auth(token_of(Role::Agent, "demo")).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(texts(&service).await[1..], ["Robin here, how can I help?"]);
    bring(&service, "audio").await;
    assert_eq!(
        texts(&service).await.len(),
        2,
        "the agent answers now, and the assistant is silent"
    );
}

#[tokio::test]
async fn what_the_phone_did_not_get_comes_again_and_keeps_nothing_else_back() {
    let service = start().await;
    service.told.answer(Ok(Posted { status: 500, retry_after: None }));
    bring(&service, "two").await;
    assert_eq!(texts(&service).await.len(), 2, "the second is sent though the first failed");
    assert_eq!(service.catalog.due_messages(9, HOLD).await.unwrap(), [], "not at once");
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    assert_eq!(texts(&service).await.len(), 3);
    assert_eq!(texts(&service).await.len(), 3, "and then it has it");
}

fn another(worker: &ChannelWorker) -> ChannelWorker {
    ChannelWorker {
        chatting: Arc::clone(&worker.chatting),
        mailbox: Arc::clone(&worker.mailbox),
        channel: Arc::clone(&worker.channel),
        wake: Arc::clone(&worker.wake),
    }
}

#[tokio::test]
async fn an_answer_that_is_kept_is_sent_though_its_process_ends() {
    let service = start().await;
    bring(&service, "text").await;
    assert_eq!(service.channels.answer_due().await.unwrap(), 1);
    let held = service.catalog.due_messages(9, Duration::ZERO).await.unwrap();
    assert_eq!((held.len(), sent(&service).len()), (1, 0), "whoever is to send it ends here");
    let next = another(&service.channels);
    assert_eq!(next.send_due().await.unwrap(), 1);
    assert_eq!(sent(&service).len(), 1);
}

#[tokio::test]
async fn a_message_is_answered_though_the_process_ends_that_heard_it() {
    let service = start().await;
    bring(&service, "text").await;
    let due = service.catalog.due_received(9, HOLD).await.unwrap();
    let message = ChatMessage::new(Speaker::Customer, due[0].received.text.clone());
    let origin = Some(due[0].received.origin.as_str());
    let heard = service.catalog.hear(&due[0].merchant, due[0].conversation, &message, origin, HOLD);
    heard.await.unwrap();
    assert_eq!(texts(&service).await, [""; 0], "it is being answered, for all that is known");
    let next = another(&service.channels);
    let working = async { next.run().await };
    let answered = async {
        while sent(&service).is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let either = async {
        tokio::select! { () = working => {}, () = answered => {} }
    };
    tokio::time::timeout(Duration::from_secs(20), either).await.expect("another answers it");
    let said: Vec<_> = messages(&service).await.iter().map(|one| one["from"].clone()).collect();
    assert_eq!(said, ["customer", "assistant"], "and it is kept once");
}

#[tokio::test]
async fn a_worker_that_runs_answers_what_comes_in() {
    let service = start().await;
    let worker = another(&service.channels);
    let running = tokio::spawn(async move { worker.run().await });
    bring(&service, "text").await;
    for _ in 0..200 {
        if !sent(&service).is_empty() {
            running.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing is sent");
}

fn secret() -> WebhookSecret {
    WebhookSecret::new([5; 32])
}

/// A chat system tells a message so many seconds from now, signed by these.
async fn tell(
    service: &Service,
    path: &str,
    (id, seconds): (&str, i64),
    body: &Value,
    secrets: &[WebhookSecret],
) -> Response {
    let now = jiff::Timestamp::now().as_second() + seconds;
    let body = body.to_string();
    let signature = signature(secrets.iter(), id, now, &body);
    let time = now.to_string();
    let headers =
        [("webhook-id", id), ("webhook-timestamp", &time), ("webhook-signature", &signature)];
    post(service, path, body.into_bytes(), &headers).await
}

async fn told(service: &Service, id: &str, body: &Value) -> Value {
    let answer = tell(service, CHAT, (id, 0), body, &[secret()]).await;
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_chat_system_gets_the_reply_in_the_answer() {
    let service = start().await;
    let photo = STANDARD.encode(picture(96, 96, ImageFormat::Png));
    let body = json!({"conversation": "chat 7", "photos": [{"data": photo}], "locale": "en"});
    let reply = told(&service, "msg_1", &body).await;
    assert_eq!(reply["products"][0]["product_id"], "p1");
    let body = json!({"conversation": "chat 7", "text": "how much does the first cost?"});
    let next = told(&service, "msg_2", &body).await;
    assert_eq!(next["message"]["text"], "Linden midi dress costs 49.90 EUR.");
    assert_eq!(next["conversation_id"], reply["conversation_id"]);
    let place = format!("/v1/conversations/{}", reply["conversation_id"].as_str().unwrap());
    let page: Value = service.get(&place, &token()).await.json().await.unwrap();
    assert_eq!(page["conversation"]["channel"], "chat");
    assert_eq!(page["conversation"]["messages"], 4);
    assert_eq!(service.catalog.due_messages(9, HOLD).await.unwrap(), [], "it has its answers");
    let other = json!({"conversation": "chat 8", "text": "hello"});
    assert_ne!(told(&service, "msg_3", &other).await["conversation_id"], reply["conversation_id"]);
}

#[tokio::test]
async fn one_of_several_signatures_is_enough_and_none_is_not() {
    let service = start().await;
    let body = json!({"conversation": "7", "text": "hello"});
    let others = WebhookSecret::new([6; 32]);
    let both = [others.clone(), secret()];
    assert_eq!(tell(&service, CHAT, ("msg_1", 0), &body, &both).await.status(), 200);
    for (path, at, secrets, status, code) in [
        (CHAT, 0, &[others.clone()][..], 401, "signature_invalid"),
        (CHAT, 0, &[], 401, "signature_invalid"),
        (CHAT, -400, &[secret()], 401, "signature_invalid"),
        (CHAT, 400, &[secret()], 401, "signature_invalid"),
        ("/inbound/webhooks/ghost/chat", 0, &[secret()], 404, "inbound_unknown"),
        ("/inbound/webhooks/demo/ghost", 0, &[secret()], 404, "inbound_unknown"),
    ] {
        let answer = tell(&service, path, ("msg_2", at), &body, secrets).await;
        problem(answer, status, code).await;
    }
    let answer = post(&service, CHAT, body.to_string().into_bytes(), &[]).await;
    problem(answer, 401, "signature_invalid").await;
}

#[tokio::test]
async fn the_same_message_again_gets_the_same_answer() {
    let service = start().await;
    let body = json!({"conversation": "7", "text": "a navy dress"});
    let first = told(&service, "msg_1", &body).await;
    let again = tell(&service, CHAT, ("msg_1", 1), &body, &[secret()]).await;
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    let place = format!("/v1/conversations/{}", first["conversation_id"].as_str().unwrap());
    let page: Value = service.get(&place, &token()).await.json().await.unwrap();
    assert_eq!(page["conversation"]["messages"], 2);

    let key = vitrine_core::digest(&["demo", "chat", "msg_1"]);
    service.answers.remove(&format!("inbound:{key}")).await.unwrap();
    let late = tell(&service, CHAT, ("msg_1", 0), &body, &[secret()]).await;
    problem(late, 409, "message_repeated").await;
}

#[tokio::test]
async fn a_message_that_can_not_be_read_says_why() {
    let service = start().await;
    for (body, status, code) in [
        (json!({"text": "a"}), 422, "message_invalid"),
        (json!({"conversation": "", "text": "a"}), 422, "message_invalid"),
        (json!({"conversation": "x".repeat(201), "text": "a"}), 422, "message_invalid"),
        (json!({"conversation": 7, "text": "a"}), 422, "message_invalid"),
        (json!({"conversation": "7"}), 422, "message_empty"),
        (json!({"conversation": "7", "text": "a", "mood": "good"}), 422, "field_unknown"),
        (json!({"conversation": "7", "text": "a", "locale": "xx-"}), 422, "locale_invalid"),
        (json!({"conversation": "7", "photos": [{"data": "?"}]}), 422, "photo_base64_invalid"),
        (json!([]), 400, "json_invalid"),
    ] {
        let answer = tell(&service, CHAT, ("msg_1", 0), &body, &[secret()]).await;
        problem(answer, status, code).await;
    }
    let body = json!({"conversation": "7", "text": "hello"});
    assert_eq!(told(&service, "msg_1", &body).await["status"], json!(ChatStatus::Assistant));
}
