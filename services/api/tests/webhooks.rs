//! Webhooks by the API.

mod common;

use common::{Service, problem, start, token_of};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    ids::MessageId,
    ports::Webhooks,
    testing::sample,
    webhooks::{Attempt, Message, Settled, Topic},
};

async fn send(service: &Service, method: Method, path: &str, body: Option<Value>) -> Response {
    send_as(service, method, path, body, &token_of(Role::Merchant, "demo")).await
}

async fn send_as(
    service: &Service,
    method: Method,
    path: &str,
    body: Option<Value>,
    token: &str,
) -> Response {
    let mut request = service.client.request(method, service.url(path)).bearer_auth(token);
    if let Some(body) = body {
        request = request.json(&body);
    }
    request.send().await.unwrap()
}

async fn made(service: &Service) -> Value {
    let body = json!({"url": "https://shop.example/hook", "events": ["look.completed"]});
    let answer = send(service, Method::POST, "/v1/webhooks", Some(body)).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let made: Value = answer.json().await.unwrap();
    assert_eq!(place, format!("/v1/webhooks/{}", made["id"].as_str().unwrap()));
    made
}

fn path(webhook: &Value) -> String {
    format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_forgotten() {
    let service = start().await;
    let webhook = made(&service).await;
    assert!(webhook["secret"].as_str().unwrap().starts_with("whsec_"));
    let listed: Value =
        send(&service, Method::GET, "/v1/webhooks", None).await.json().await.unwrap();
    assert_eq!(listed["webhooks"][0]["id"], webhook["id"]);
    assert!(!listed.to_string().contains("whsec_"), "a list never shows a secret");

    let change = json!({"events": ["import.failed", "import.completed"], "enabled": false});
    let answer = send(&service, Method::PATCH, &path(&webhook), Some(change)).await;
    let changed: Value = answer.json().await.unwrap();
    assert_eq!(changed["events"], json!(["import.completed", "import.failed"]));
    assert_eq!((&changed["status"], &changed["url"]), (&json!("disabled"), &webhook["url"]));

    let secret = format!("{}/secret", path(&webhook));
    let rotated: Value = send(&service, Method::POST, &secret, None).await.json().await.unwrap();
    assert_ne!(rotated["secret"], webhook["secret"]);
    assert!(rotated["old_secret_until"].is_string());

    let other = token_of(Role::Merchant, "other");
    let theirs = send_as(&service, Method::GET, &path(&webhook), None, &other).await;
    problem(theirs, 404, "webhook_unknown").await;
    assert_eq!(send(&service, Method::DELETE, &path(&webhook), None).await.status(), 204);
    let gone = send(&service, Method::GET, &path(&webhook), None).await;
    problem(gone, 404, "webhook_unknown").await;
}

#[tokio::test]
async fn what_is_no_webhook_is_told_by_its_field() {
    let service = start().await;
    for body in [
        json!({"url": "shop.example", "events": ["look.completed"]}),
        json!({"url": "https://me:hush@shop.example/", "events": ["look.completed"]}),
        json!({"url": "https://shop.example/", "events": []}),
        json!({"url": "https://shop.example/", "events": ["look.began"]}),
        json!({"url": "https://shop.example/", "events": ["look.completed"], "secret": "mine"}),
    ] {
        let answer = send(&service, Method::POST, "/v1/webhooks", Some(body.clone())).await;
        let told = problem(answer, 422, "webhook_invalid").await;
        assert!(!told.to_string().contains("hush"), "{told}");
    }
    for token in [token_of(Role::Shopper, "demo"), token_of(Role::Agent, "demo")] {
        let answer = send_as(&service, Method::GET, "/v1/webhooks", None, &token).await;
        problem(answer, 403, "role_not_allowed").await;
    }
}

#[tokio::test]
async fn there_is_an_end_to_how_many_there_may_be() {
    let service = start().await;
    for _ in 0..20 {
        made(&service).await;
    }
    let body = json!({"url": "https://shop.example/hook", "events": ["look.completed"]});
    let answer = send(&service, Method::POST, "/v1/webhooks", Some(body)).await;
    problem(answer, 409, "webhooks_too_many").await;
}

#[tokio::test]
async fn what_died_is_looked_at_and_sent_again() {
    let service = start().await;
    let webhook = made(&service).await;
    let messages: Vec<Message> = (0..3)
        .map(|number| Message {
            id: MessageId::now(),
            topic: Topic::LookCompleted,
            at: jiff::Timestamp::now(),
            data: json!({"number": number}),
        })
        .collect();
    service.catalog.tell(&sample::merchant(), &messages).await.unwrap();
    let due =
        service.catalog.due_deliveries(9, 9, std::time::Duration::from_secs(9)).await.unwrap();
    let error = Some("shop.example answered 500".to_owned());
    let attempt =
        Attempt { at: jiff::Timestamp::now(), status: Some(500), error, retry_after: None };
    for due in &due[..2] {
        service.catalog.settle(due, &attempt, Settled::Dead).await.unwrap();
    }
    let dead = format!("{}/deliveries?state=dead&limit=1", path(&webhook));
    let page: Value = send(&service, Method::GET, &dead, None).await.json().await.unwrap();
    let [one] = &page["deliveries"].as_array().unwrap()[..] else { panic!("{page:#}") };
    assert_eq!((&one["state"], &one["attempts"]), (&json!("dead"), &json!(1)));
    assert_eq!(one["last"]["error"], "shop.example answered 500");
    assert_eq!(one["body"]["type"], "look.completed");
    let next = format!("{dead}&cursor={}", page["next"].as_str().unwrap());
    let rest: Value = send(&service, Method::GET, &next, None).await.json().await.unwrap();
    assert_eq!(rest["deliveries"].as_array().unwrap().len(), 1);
    assert!(rest["next"].is_null() && rest["deliveries"][0]["id"] != one["id"]);

    let replays = format!("{}/replays", path(&webhook));
    let again =
        send(&service, Method::POST, &replays, Some(json!({"delivery_id": one["id"]}))).await;
    assert_eq!(again.status(), 202);
    assert_eq!(again.json::<Value>().await.unwrap(), json!({"replayed": 1}));
    let all = send(&service, Method::POST, &replays, Some(json!({}))).await;
    assert_eq!(all.json::<Value>().await.unwrap(), json!({"replayed": 1}));
    let unknown = json!({"delivery_id": webhook["id"]});
    let answer = send(&service, Method::POST, &replays, Some(unknown)).await;
    problem(answer, 422, "delivery_unknown").await;
    let odd = format!("{}/deliveries?state=lost", path(&webhook));
    problem(send(&service, Method::GET, &odd, None).await, 422, "filter_invalid").await;
}
