//! Looks as server-sent events.

mod common;

use std::{sync::Arc, time::Duration};

use common::odd::Odd;
use common::{Service, form, png, problem, seeing_a_dress, start, start_with, token};
use futures::StreamExt;
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_api::ServerSettings;
use vitrine_core::{
    admission::Admission,
    ports::ModelError,
    testing::{FakeVision, sample},
    vocabulary::{Category, Colour},
};

/// Names and data of all events, in order.
async fn events(response: Response) -> Vec<(String, Value)> {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let text = response.text().await.unwrap();
    let event = |block: &str| {
        let (name, data) = block.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap().to_owned();
        (name, serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap())
    };
    text.split_terminator("\n\n").filter(|block| *block != ":").map(event).collect()
}

fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

async fn stream(service: &Service, photo: Vec<u8>) -> Response {
    let request = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    let request = request.header("Accept", "text/event-stream").multipart(form(photo));
    request.send().await.unwrap()
}

/// What a client makes of the events, by what each of them says.
fn folded(events: &[(String, Value)]) -> Value {
    let mut look = json!({"garments": [], "advice": null});
    for (name, data) in events {
        match name.as_str() {
            "look.created" => {
                for field in ["id", "photo_id", "model"] {
                    look[field] = data[field].clone();
                }
            }
            "look.garment" => look["garments"].as_array_mut().unwrap().push(data.clone()),
            "look.matches" => {
                let garments = look["garments"].as_array_mut().unwrap();
                let garment =
                    garments.iter_mut().find(|garment| garment["id"] == data["garment_id"]);
                let garment = garment.unwrap();
                garment["matches"] = data["matches"].clone();
                if !data["note"].is_null() {
                    garment["note"] = data["note"].clone();
                }
            }
            "look.advice.delta" => {
                if look["advice"].is_null() {
                    look["advice"] = json!({"text": "", "suggestions": []});
                }
                if data["text"].is_string() {
                    look["advice"]["text"] = data["text"].clone();
                } else {
                    let suggestions = look["advice"]["suggestions"].as_array_mut().unwrap();
                    suggestions.push(data["suggestion"].clone());
                }
            }
            _ => {}
        }
    }
    look
}

fn without(mut look: Value, fields: &[&str]) -> Value {
    for field in fields {
        look.as_object_mut().unwrap().shift_remove(*field);
    }
    look
}

#[tokio::test]
async fn the_events_folded_are_the_json_answer() {
    let vision = FakeVision::seeing(vec![
        sample::garment(Category::Dress, &[Colour::Navy]),
        sample::garment(Category::Shoes, &[Colour::White]),
    ]);
    let settings = ServerSettings::default();
    let service = start_with(Arc::new(vision), Admission::new(1, 4), settings).await;
    let events = events(stream(&service, png(120, 96)).await).await;
    assert_eq!(
        names(&events),
        [
            "look.created",
            "look.garment",
            "look.matches",
            "look.garment",
            "look.matches",
            "look.advice.delta",
            "look.advice.delta",
            "look.completed",
        ]
    );
    let (_, completed) = events.last().unwrap();
    let ends_with = ["timings", "cached", "degraded"];
    assert_eq!(without(completed.clone(), &ends_with), folded(&events));
    assert_eq!(folded(&events)["garments"][1]["matches"], json!([]));

    let whole: Value = service.post_photo(png(120, 96)).await.json().await.unwrap();
    let own = ["id", "timings", "cached"];
    assert_eq!(without(whole, &own), without(completed.clone(), &own));

    let again = format!("/v1/looks/{}", completed["id"].as_str().unwrap());
    let fetched: Value = service.get(&again, &token()).await.json().await.unwrap();
    assert_eq!(fetched, *completed);
}

#[tokio::test]
async fn what_is_wrong_before_the_first_event_is_a_problem_like_any_other() {
    let service = start().await;
    problem(stream(&service, png(20, 96)).await, 422, "photo_too_small").await;
    let full = start_with(seeing_a_dress(), Admission::new(1, 0), ServerSettings::default()).await;
    let _place = full.admission.enter(&sample::merchant()).await.unwrap();
    let busy = stream(&full, png(96, 96)).await;
    assert!(busy.headers().contains_key("retry-after"));
    problem(busy, 429, "busy").await;
}

#[tokio::test]
async fn a_model_that_fails_ends_the_events_with_one_failure() {
    let vision = FakeVision::failing(ModelError::Stopped("/srv/models".into()));
    let settings = ServerSettings::default();
    let service = start_with(Arc::new(vision), Admission::new(1, 4), settings).await;
    let response = stream(&service, png(96, 96)).await;
    let id = response.headers()["request-id"].to_str().unwrap().to_owned();
    let events = events(response).await;
    assert_eq!(names(&events), ["look.created", "look.failed"]);
    let (_, failure) = events.last().unwrap();
    assert_eq!((&failure["code"], &failure["status"]), (&json!("model_unavailable"), &json!(503)));
    assert_eq!(failure["instance"], format!("/requests/{id}"));
    assert!(!failure.to_string().contains("srv"));
}

#[tokio::test]
async fn a_client_that_leaves_frees_the_model() {
    let service =
        start_with(Arc::new(Odd::default()), Admission::new(1, 0), ServerSettings::default()).await;
    let mut body = stream(&service, png(96, 96)).await.bytes_stream();
    assert!(body.next().await.unwrap().unwrap().starts_with(b"event: look.created"));
    assert!(service.admission.enter(&sample::merchant()).await.is_err(), "the one place is taken");
    drop(body);
    let freed = async {
        while service.admission.enter(&sample::merchant()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), freed).await.expect("the place is free again");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_ends_with_a_failure() {
    let settings = ServerSettings { answer_time: Duration::from_millis(300), ..Default::default() };
    let vision = Arc::new(Odd::default());
    let service = start_with(vision, Admission::new(1, 0), settings).await;
    let events = events(stream(&service, png(96, 96)).await).await;
    let (name, failure) = events.last().unwrap();
    assert_eq!((name.as_str(), &failure["code"]), ("look.failed", &json!("model_timeout")));
}
