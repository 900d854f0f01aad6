//! Conversations by the API.

mod common;

use base64::Engine;
use common::{Service, png, problem, start, token, token_of};
use reqwest::{
    Method, Response,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    ports::{Customers, Webhooks},
    testing::{sample, told},
};

async fn send(service: &Service, method: Method, path: &str, body: &Value) -> Response {
    send_as(service, method, path, body, &token()).await
}

async fn send_as(
    service: &Service,
    method: Method,
    path: &str,
    body: &Value,
    token: &str,
) -> Response {
    let request = service.client.request(method, service.url(path)).bearer_auth(token);
    let request = if body.is_null() { request } else { request.json(body) };
    request.send().await.unwrap()
}

async fn begun(service: &Service) -> String {
    let answer = send(service, Method::POST, "/v1/conversations", &json!({})).await;
    assert_eq!(answer.status(), 201);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let made: Value = answer.json().await.unwrap();
    assert_eq!((&made["status"], &made["messages"]), (&json!("assistant"), &json!(0)));
    assert_eq!(place, format!("/v1/conversations/{}", made["id"].as_str().unwrap()));
    place
}

async fn say(service: &Service, place: &str, body: &Value) -> Value {
    let answer = send(service, Method::POST, &format!("{place}/messages"), body).await;
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn agents() -> String {
    token_of(Role::Agent, "demo")
}

fn agents_place(place: &str) -> String {
    place.replace("/v1/", "/v1/agent/")
}

#[tokio::test]
async fn a_message_with_photos_and_one_without_are_answered_and_kept() {
    let service = start().await;
    let place = begun(&service).await;
    let photo = || Part::bytes(png(96, 96)).file_name("a.png");
    let form = Form::new().part("photo", photo()).part("photo", photo()).text("text", "this?");
    let request = service.client.post(service.url(&format!("{place}/messages")));
    let answer = request.bearer_auth(token()).multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let reply: Value = answer.json().await.unwrap();
    assert_eq!(reply["products"][0]["product_id"], "p1");
    let told = reply["message"]["text"].as_str().unwrap();
    assert!(told.contains("Linden midi dress for 49.90 EUR"), "{told}");
    assert_eq!(reply["garments"].as_array().unwrap().len(), 2);
    let timings = &reply["message"]["timings"];
    assert!(timings["own"].as_u64() <= timings["total"].as_u64());

    let reply = say(&service, &place, &json!({"text": "how much does the first cost?"})).await;
    assert_eq!(reply["message"]["text"], "Linden midi dress costs 49.90 EUR.");
    assert_eq!(reply["message"]["intent"], "ask_product");

    let page: Value =
        service.get(&format!("{place}?limit=3"), &token()).await.json().await.unwrap();
    assert_eq!(page["conversation"]["messages"], 4);
    let numbers: Vec<u64> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [4, 3, 2]);
    let next = page["next"].as_str().unwrap();
    let last: Value =
        service.get(&format!("{place}?cursor={next}"), &token()).await.json().await.unwrap();
    assert_eq!(last["messages"][0]["photo_ids"].as_array().unwrap().len(), 2);
    assert!(last["next"].is_null());
}

#[tokio::test]
async fn a_reply_comes_as_events_too_and_ends_with_the_whole_of_it() {
    let service = start().await;
    let place = begun(&service).await;
    let request = service.client.post(service.url(&format!("{place}/messages")));
    let request = request.bearer_auth(token()).header("Accept", "text/event-stream");
    let answer = request.json(&json!({"text": "a navy dress"})).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let text = answer.text().await.unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let expected = ["message.heard", "message.understood", "message.products", "message.completed"];
    assert_eq!(names, expected);
    let last = text.lines().rfind(|line| line.starts_with("data: ")).unwrap();
    let reply: Value = serde_json::from_str(&last["data: ".len()..]).unwrap();
    assert_eq!(reply["products"][0]["product_id"], "p1");
}

#[tokio::test]
async fn an_agent_finds_who_waits_and_answers() {
    let service = start().await;
    let place = begun(&service).await;
    say(&service, &place, &json!({"text": "a dress"})).await;
    let reply =
        say(&service, &place, &json!({"text": "a person please, can I speak to someone"})).await;
    assert_eq!(reply["status"], "waiting");
    assert_eq!(reply["handover"]["reason"], "asked");

    let queue: Value =
        service.get("/v1/agent/conversations", &agents()).await.json().await.unwrap();
    let waiting = &queue["conversations"][0];
    assert_eq!(place, format!("/v1/conversations/{}", waiting["id"].as_str().unwrap()));
    let view: Value = service.get(&agents_place(&place), &agents()).await.json().await.unwrap();
    let suggestions = view["suggestions"].as_array().unwrap();
    let offer = suggestions.iter().find(|one| one["product_ids"][0] == "p1").unwrap();
    assert!(offer["text"].as_str().unwrap().contains("49.90 EUR"));
    assert_eq!(view["messages"].as_array().unwrap().len(), 4);

    let body = json!({"agent": "Robin", "text": "Here I am.", "product_ids": ["p1"],
                      "suggestion": offer["text"]});
    let path = format!("{}/messages", agents_place(&place));
    let answer = send_as(&service, Method::POST, &path, &body, &agents()).await;
    assert_eq!(answer.status(), 201);
    let said: Value = answer.json().await.unwrap();
    assert_eq!((&said["from"], &said["agent"]), (&json!("agent"), &json!("Robin")));
    let silent = say(&service, &place, &json!({"text": "thank you"})).await;
    assert_eq!((&silent["message"], &silent["status"]), (&Value::Null, &json!("agent")));

    let change = json!({"status": "closed"});
    let place_of_agents = agents_place(&place);
    let changed = send_as(&service, Method::PATCH, &place_of_agents, &change, &agents()).await;
    assert_eq!(changed.json::<Value>().await.unwrap()["status"], "closed");
    let again = say(&service, &place, &json!({"text": "hello again"})).await;
    assert_eq!(again["status"], "assistant", "who comes back is answered");
}

#[tokio::test]
async fn an_agent_sees_the_photos_of_a_conversation_and_no_others() {
    let service = start().await;
    let (place, other) = (begun(&service).await, begun(&service).await);
    let data = base64::engine::general_purpose::STANDARD.encode(png(128, 64));
    let body = json!({"text": "do you have this?", "photos": [{"data": data}]});
    say(&service, &place, &body).await;
    let view: Value = service.get(&agents_place(&place), &agents()).await.json().await.unwrap();
    let messages = view["messages"].as_array().unwrap();
    let id = messages.iter().find_map(|message| message["photo_ids"][0].as_str()).unwrap();
    let path = format!("{}/photos/{id}", agents_place(&place));
    let answer = service.get(&path, &agents()).await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    let shown = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((shown.width(), shown.height()), (128, 64), "upright, without margins");
    let elsewhere = format!("{}/photos/{id}", agents_place(&other));
    problem(service.get(&elsewhere, &agents()).await, 404, "photo_unknown").await;
    problem(service.get(&path, &token()).await, 403, "role_not_allowed").await;
    let of_others = token_of(Role::Agent, "other");
    problem(service.get(&path, &of_others).await, 404, "conversation_unknown").await;
}

#[tokio::test]
async fn the_queue_is_told_page_by_page() {
    let service = start().await;
    let mut places = Vec::new();
    for _ in 0..3 {
        let place = begun(&service).await;
        say(&service, &place, &json!({"text": "can I speak to someone"})).await;
        places.push(place);
    }
    let mut found = Vec::new();
    let mut path = "/v1/agent/conversations?limit=2".to_owned();
    loop {
        let page: Value = service.get(&path, &agents()).await.json().await.unwrap();
        for one in page["conversations"].as_array().unwrap() {
            found.push(format!("/v1/conversations/{}", one["id"].as_str().unwrap()));
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/agent/conversations?limit=2&cursor={next}");
    }
    assert_eq!(found, places);
    let other = service.get("/v1/agent/conversations", &token_of(Role::Agent, "other")).await;
    assert_eq!(other.json::<Value>().await.unwrap()["conversations"], json!([]));
}

#[tokio::test]
async fn what_can_not_be_a_message_is_told_why() {
    let service = start().await;
    let place = begun(&service).await;
    let path = format!("{place}/messages");
    let long = "x".repeat(1_001);
    let photo = json!({"id": "x"});
    for (body, status, code) in [
        (json!({}), 422, "message_empty"),
        (json!({"text": "  "}), 422, "message_empty"),
        (json!({"text": 5}), 422, "message_invalid"),
        (json!({"text": long}), 422, "message_invalid"),
        (json!({"photos": {}}), 422, "message_invalid"),
        (json!({"photos": [photo, photo, photo, photo]}), 422, "message_invalid"),
        (json!({"photos": [{"data": "%"}]}), 422, "photo_base64_invalid"),
        (json!({"photos": [photo]}), 404, "photo_unknown"),
        (json!({"text": "a", "mood": "good"}), 422, "field_unknown"),
        (json!({"text": "a", "locale": "xx-"}), 422, "locale_invalid"),
        (json!([]), 400, "json_invalid"),
    ] {
        problem(send(&service, Method::POST, &path, &body).await, status, code).await;
    }
    let page: Value = service.get(&place, &token()).await.json().await.unwrap();
    assert_eq!(page["conversation"]["messages"], 0, "nothing of it is kept");
    for (body, code) in [
        (json!([]), "conversation_invalid"),
        (json!({"mood": 1}), "conversation_invalid"),
        (json!({"locale": "xx-"}), "locale_invalid"),
    ] {
        problem(send(&service, Method::POST, "/v1/conversations", &body).await, 422, code).await;
    }
    let path = format!("{}/messages", agents_place(&place));
    for body in [
        json!({"agent": "", "text": "a"}),
        json!({"agent": "R", "text": "a", "product_ids": ["ghost"]}),
        json!({"agent": "R", "text": "x".repeat(1_001)}),
    ] {
        let answer = send_as(&service, Method::POST, &path, &body, &agents()).await;
        problem(answer, 422, "message_invalid").await;
    }
    let body = json!({"agent": "R", "text": " "});
    let answer = send_as(&service, Method::POST, &path, &body, &agents()).await;
    problem(answer, 422, "message_empty").await;
    for body in [json!({"status": "agent"}), json!({"status": "assistant", "agent": "R"}), json!(1)]
    {
        let answer =
            send_as(&service, Method::PATCH, &agents_place(&place), &body, &agents()).await;
        problem(answer, 422, "conversation_invalid").await;
    }
    problem(
        service.get("/v1/agent/conversations?status=gone", &agents()).await,
        422,
        "filter_invalid",
    )
    .await;
}

#[tokio::test]
async fn a_conversation_is_its_merchants_own_and_agents_need_their_scope() {
    let service = start().await;
    let place = begun(&service).await;
    let other = token_of(Role::Shopper, "other");
    problem(service.get(&place, &other).await, 404, "conversation_unknown").await;
    let path = format!("{place}/messages");
    let body = json!({"text": "hello"});
    let answer = send_as(&service, Method::POST, &path, &body, &other).await;
    problem(answer, 404, "conversation_unknown").await;
    let answer = send_as(&service, Method::DELETE, &place, &Value::Null, &other).await;
    problem(answer, 404, "conversation_unknown").await;
    problem(service.get("/v1/agent/conversations", &token()).await, 403, "role_not_allowed").await;
    problem(service.get("/v1/conversations/5", &token()).await, 400, "id_invalid").await;
    assert_eq!(send(&service, Method::DELETE, &place, &Value::Null).await.status(), 204);
    problem(service.get(&place, &token()).await, 404, "conversation_unknown").await;
}

#[tokio::test]
async fn conversations_of_a_customer_are_told_and_forgotten_with_them() {
    let service = start().await;
    service.catalog.put_customer(&sample::merchant(), &told::customer("anna")).await.unwrap();
    let body = json!({"customer_id": "anna"});
    let shoppers = send(&service, Method::POST, "/v1/conversations", &body).await;
    problem(shoppers, 403, "role_not_allowed").await;
    let made = send_as(&service, Method::POST, "/v1/conversations", &body, &agents()).await;
    let made: Value = made.json().await.unwrap();
    let place = format!("/v1/conversations/{}", made["id"].as_str().unwrap());
    let data: Value = service.get("/v1/customers/anna", &agents()).await.json().await.unwrap();
    assert_eq!(data["conversation_ids"], json!([made["id"]]));
    let gone =
        send_as(&service, Method::DELETE, "/v1/customers/anna", &Value::Null, &agents()).await;
    assert!(gone.status().is_success());
    problem(service.get(&place, &token()).await, 404, "conversation_unknown").await;
}

#[tokio::test]
async fn webhooks_are_told_of_messages_and_hand_overs() {
    let service = start().await;
    let merchants = token_of(Role::Merchant, "demo");
    let body = json!({"url": "https://shop.example/chat",
                      "events": ["conversation.message", "conversation.handover"]});
    let made = send_as(&service, Method::POST, "/v1/webhooks", &body, &merchants).await;
    let made: Value = made.json().await.unwrap();
    let place = begun(&service).await;
    say(&service, &place, &json!({"text": "can I speak to someone"})).await;
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let told = service.catalog.deliveries(&sample::merchant(), id, None, None, 10).await.unwrap();
    let mut topics: Vec<&str> = told.iter().map(|delivery| delivery.topic.id()).collect();
    topics.sort_unstable();
    let message = "conversation.message";
    assert_eq!(topics, ["conversation.handover", message, message]);
    let handover = told.iter().find(|told| told.topic.id() == "conversation.handover").unwrap();
    let body: Value = serde_json::from_str(&handover.body).unwrap();
    assert_eq!(body["data"]["reason"], "asked");
    assert!(body["data"]["summary"].as_str().unwrap().contains("speak to someone"));
}
