//! Chat as OpenAI's API has it.

mod common;

use base64::{Engine, prelude::BASE64_STANDARD};
use common::{Service, png, start, token, token_of};
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_api::Role;

async fn post_as(service: &Service, body: &Value, token: &str) -> Response {
    let request = service.client.post(service.url("/v1/chat/completions"));
    request.bearer_auth(token).json(body).send().await.unwrap()
}

async fn post(service: &Service, body: &Value) -> Value {
    let answer = post_as(service, body, &token()).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

async fn refused(service: &Service, body: &Value, status: u16, code: &str) -> Value {
    let answer = post_as(service, body, &token()).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let got = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((got, body["error"]["code"].as_str()), (status, Some(code)), "{body}");
    assert!(!body["error"]["message"].as_str().unwrap().is_empty());
    body["error"].clone()
}

fn chat(messages: Value) -> Value {
    json!({"model": "vitrine", "messages": messages, "temperature": 0.2, "max_tokens": 100})
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

fn photo() -> Value {
    let url = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(png(96, 96)));
    json!({"type": "image_url", "image_url": {"url": url, "detail": "auto"}})
}

fn content(answer: &Value) -> &str {
    answer["choices"][0]["message"]["content"].as_str().unwrap()
}

#[tokio::test]
async fn a_photo_in_a_chat_is_answered_and_what_was_shown_is_known_in_the_next_message() {
    let service = start().await;
    let first = json!({"role": "user", "content": [{"type": "text", "text": "this?"}, photo()]});
    let answer = post(&service, &chat(json!([first]))).await;
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    assert!(content(&answer).contains("Linden midi dress for 49.90 EUR"), "{answer}");
    assert_eq!(answer["vitrine"]["products"][0]["product_id"], "p1");
    let said = json!({"role": "assistant", "content": content(&answer)});
    let next = post(&service, &chat(json!([first, said, user("what does the first cost?")]))).await;
    assert_eq!(content(&next), "Linden midi dress costs 49.90 EUR.");
    let forgotten = json!({"role": "assistant", "content": "something else"});
    let messages = json!([first, forgotten, user("what does the first cost?")]);
    let again = post(&service, &chat(messages)).await;
    assert_eq!(content(&again), content(&next), "what is not remembered is found anew");
}

#[tokio::test]
async fn products_are_handed_to_a_tool_and_the_words_said_again_after_it() {
    let service = start().await;
    let function = |name: &str| json!({"type": "function", "function": {"name": name}});
    let mut body = chat(json!([user("a navy dress")]));
    body["tools"] = json!([function("other"), function("show_products")]);
    let answer = post(&service, &body).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    let call = &answer["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["function"]["name"], "show_products");
    let arguments: Value =
        serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments["products"][0]["product_id"], "p1");
    let said = json!({"role": "assistant", "content": content(&answer), "tool_calls": [call]});
    let tool = json!({"role": "tool", "tool_call_id": call["id"], "content": "shown"});
    body["messages"] = json!([user("a navy dress"), said, tool]);
    assert_eq!(content(&post(&service, &body).await), content(&answer));

    body["messages"] = json!([user("a navy dress")]);
    body["tool_choice"] = json!("none");
    assert_eq!(post(&service, &body).await["choices"][0]["finish_reason"], "stop");
    body["tool_choice"] = function("other");
    let chosen = post(&service, &body).await;
    assert_eq!(chosen["choices"][0]["message"]["tool_calls"][0]["function"]["name"], "other");
    body["tool_choice"] = function("ghost");
    refused(&service, &body, 400, "chat_invalid").await;
}

#[tokio::test]
async fn a_reply_comes_as_json_or_in_chunks_where_it_is_asked_for_so() {
    let service = start().await;
    let mut body = chat(json!([user("a navy dress")]));
    body["response_format"] = json!({"type": "json_schema", "json_schema": {"name": "x",
        "schema": {"type": "object", "properties": {"reply": {}, "intent": {}}}}});
    let told: Value = serde_json::from_str(content(&post(&service, &body).await)).unwrap();
    assert_eq!(told["intent"], "find");
    assert_eq!(told.as_object().unwrap().len(), 2);
    body["response_format"] = json!({"type": "json_object"});
    let told: Value = serde_json::from_str(content(&post(&service, &body).await)).unwrap();
    assert_eq!(told["products"][0]["product_id"], "p1");
    body["response_format"] = json!({"type": "json_schema", "json_schema": {
        "schema": {"properties": {"mood": {}}}}});
    let error = refused(&service, &body, 400, "chat_invalid").await;
    assert_eq!(error["param"], "response_format");

    let mut body = chat(json!([user("a navy dress")]));
    let whole = post(&service, &body).await;
    body["stream"] = json!(true);
    let answer = post_as(&service, &body, &token()).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let text = answer.text().await.unwrap();
    let mut chunks: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("data: ")).collect();
    assert_eq!(chunks.pop(), Some("[DONE]"));
    let parts: Vec<Value> =
        chunks.iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect();
    let told: String =
        parts.iter().filter_map(|part| part["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(told, content(&whole));
    assert_eq!(parts.last().unwrap()["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn where_no_agent_can_be_got_none_is_promised() {
    let service = start().await;
    let answer = post(&service, &chat(json!([user("where is my order?")]))).await;
    assert!(content(&answer).contains("customer service"), "{answer}");
    assert_eq!(answer["vitrine"]["status"], "waiting");
    let queue = service.get("/v1/agent/conversations", &token_of(Role::Agent, "demo")).await;
    assert_eq!(queue.json::<Value>().await.unwrap()["conversations"], json!([]));
}

#[tokio::test]
async fn what_can_not_be_answered_is_told_in_the_words_of_its_clients() {
    let service = start().await;
    for (messages, code, status) in [
        (json!([]), "chat_invalid", 400),
        (json!("hello"), "chat_invalid", 400),
        (json!([user(" ")]), "chat_invalid", 400),
        (json!([{"role": "assistant", "content": "hi"}]), "chat_invalid", 400),
        (json!([{"role": "wizard", "content": "hi"}]), "chat_invalid", 400),
        (json!([user(&"x".repeat(1_001))]), "chat_invalid", 400),
        (
            json!([{"role": "user", "content": [photo(), photo(), photo(), photo()]}]),
            "chat_invalid",
            400,
        ),
        (
            json!([{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,%"}}]}]),
            "photo_base64_invalid",
            422,
        ),
        (
            json!([{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]),
            "photo_unreachable",
            422,
        ),
    ] {
        refused(&service, &chat(messages), status, code).await;
    }
    let mut body = chat(json!([user("hello")]));
    body["model"] = json!("gpt-5");
    let error = refused(&service, &body, 404, "model_not_found").await;
    assert_eq!(
        (&error["type"], &error["param"]),
        (&json!("invalid_request_error"), &json!("model"))
    );
    let mut body = chat(json!([user("hello")]));
    body["n"] = json!(2);
    refused(&service, &body, 400, "chat_invalid").await;
    let wrong = post_as(&service, &chat(json!([user("hello")])), "wrong").await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"]["code"], "token_invalid");
}

#[tokio::test]
async fn the_one_model_is_listed() {
    let service = start().await;
    let list: Value = service.get("/v1/models", &token()).await.json().await.unwrap();
    assert_eq!(list["data"][0]["id"], "vitrine");
    let one: Value = service.get("/v1/models/vitrine", &token()).await.json().await.unwrap();
    assert_eq!(one["object"], "model");
    assert_eq!(service.get("/v1/models/gpt-5", &token()).await.status(), 404);
}
