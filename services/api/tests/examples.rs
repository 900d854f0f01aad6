//! The examples of the contract are good questions and whole answers, and the service answers as
//! the contract says.

mod common;

use std::collections::BTreeMap;

use common::{
    Service,
    operations::{Operation, contract, operations},
    png,
    schema::Schemas,
    seeing_a_dress, start_with, token_as,
};
use reqwest::{
    Method, RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::Value;
use vitrine_api::{Pages, Role, ServerSettings};
use vitrine_core::{admission::Admission, testing::sample};

fn filled_in(request: RequestBuilder, kind: &str, example: &Value) -> RequestBuilder {
    match kind {
        "multipart/form-data" => {
            let mut form = Form::new();
            for (name, value) in example.as_object().unwrap() {
                form = match (name.as_str(), value) {
                    ("photo", _) => form.part("photo", Part::bytes(png(96, 96)).file_name("a.png")),
                    (_, Value::String(text)) => form.text(name.clone(), text.clone()),
                    (_, value) => form.text(name.clone(), value.to_string()),
                };
            }
            request.multipart(form)
        }
        kind if kind.ends_with("json") => {
            request.header("Content-Type", kind).body(example.to_string())
        }
        kind => {
            let text = example.as_str().unwrap().to_owned();
            request.header("Content-Type", kind).body(text)
        }
    }
}

#[test]
fn every_body_and_all_that_an_address_needs_has_an_example() {
    for operation in operations() {
        for (kind, _, example) in [operation.requests(), operation.answers()].concat() {
            assert!(!example.is_null(), "{}: no example of {kind}", operation.name());
        }
        operation.address(&BTreeMap::new());
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let schemas = Schemas { contract: &contract() };
    for operation in operations() {
        for (kind, schema, example) in [operation.requests(), operation.answers()].concat() {
            let faults = schemas.faults(schema, example);
            assert!(faults.is_empty(), "{} {kind}: {faults:#?}", operation.name());
        }
    }
}

#[test]
fn a_value_that_its_schema_does_not_allow_is_told() {
    let contract = contract();
    let schemas = Schemas { contract: &contract };
    let schema =
        &contract["paths"]["/v1/looks"]["post"]["responses"]["200"]["content"]["application/json"];
    for (pointer, bad) in [
        ("/garments/0/category", Value::from("spaceship")),
        ("/garments/0/box/left", Value::from("0.1")),
        ("/garments/0/colours", Value::from(Vec::<Value>::new())),
        ("/garments/0/matches/0/reasons/0/attribute", Value::from("mood")),
        ("/timings/total", Value::from(-1)),
        ("/id", Value::from("one")),
        ("/advice/suggestions/0/product_ids/0", Value::from("")),
        ("/garments/0", Value::Null),
    ] {
        let mut example = schema["example"].clone();
        *example.pointer_mut(pointer).unwrap() = bad;
        assert!(!schemas.faults(&schema["schema"], &example).is_empty(), "{pointer}");
    }
    let mut example = schema["example"].clone();
    example.as_object_mut().unwrap().insert("mood".into(), "good".into());
    example.as_object_mut().unwrap().remove("model");
    assert_eq!(schemas.faults(&schema["schema"], &example).len(), 2);
}

/// Checks an answer by the contract, and gives it back where it has one of its own place.
async fn checked(schemas: &Schemas<'_>, operation: &Operation, answer: Response) -> Option<String> {
    let (name, status) = (operation.name(), answer.status());
    let place = answer.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
    let kind = answer.headers().get("content-type").map(|it| it.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{name}: {status} {text}");
    let said = &operation.said["responses"][status.as_str()];
    assert!(said.is_object(), "{name} answers {status}, which the contract does not say");
    let Some(kind) = kind else {
        assert!(said["content"].is_null() && text.is_empty(), "{name}: {text}");
        return place;
    };
    let kind = kind.split(';').next().unwrap();
    assert!(said["content"][kind].is_object(), "{name} answers {kind}");
    if kind == "application/json" {
        let body: Value = serde_json::from_str(&text).unwrap();
        let faults = schemas.faults(&said["content"][kind]["schema"], &body);
        assert!(faults.is_empty(), "{name}: {faults:#?} in {text}");
    }
    place
}

/// Has a customer show a photo in the conversation that was begun, and notes where agents see it.
async fn show_a_photo(service: &Service, token: &str, places: &mut BTreeMap<String, String>) {
    let agents = places["/v1/agent/conversations/"].clone();
    let messages = format!("{}/messages", agents.replace("/v1/agent/", "/v1/"));
    let part = Part::bytes(png(96, 96)).file_name("photo.png");
    let form = Form::new().part("photo", part);
    let request = service.client.post(service.url(&messages)).bearer_auth(token);
    assert_eq!(request.multipart(form).send().await.unwrap().status(), 200);
    let view: Value = service.get(&agents, token).await.json().await.unwrap();
    let messages = view["messages"].as_array().unwrap();
    let photo = messages.iter().find_map(|message| message["photo_ids"][0].as_str()).unwrap();
    places.insert(format!("{agents}/photos/"), format!("{agents}/photos/{photo}"));
}

/// Asks again for what was read: it did not change.
async fn revalidated(service: &Service, operation: &Operation, path: &str, token: &str) {
    let ask = || service.client.get(service.url(path)).bearer_auth(token);
    let first = ask().send().await.unwrap();
    let tag = first.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    let says_so = operation.said["responses"]["304"].is_object();
    assert_eq!(tag.is_some(), says_so, "{}", operation.name());
    let Some(tag) = tag else { return };
    let again = ask().header("If-None-Match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), &*tag), (304, again.headers()["etag"].to_str().unwrap()));
    assert_eq!(again.bytes().await.unwrap().len(), 0);
    let other = ask().header("If-None-Match", "\"other\"").send().await.unwrap();
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn every_example_of_a_request_is_answered_as_the_contract_says() {
    let contract = contract();
    let schemas = Schemas { contract: &contract };
    let pages = Pages { guests: Some(sample::merchant()), ..Pages::default() };
    let settings = ServerSettings { pages, ..ServerSettings::default() };
    let service = start_with(seeing_a_dress(), Admission::new(2, 8), settings).await;
    let token = token_as(Role::Admin);
    let mut places = BTreeMap::new();
    for operation in operations() {
        if operation.path.ends_with("/{photo_id}") {
            show_a_photo(&service, &token, &mut places).await;
        }
        let path = operation.address(&places);
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        let request =
            || service.client.request(method.clone(), service.url(&path)).bearer_auth(&token);
        let mut requests: Vec<RequestBuilder> = operation
            .requests()
            .into_iter()
            .map(|(kind, _, example)| filled_in(request(), kind, example))
            .collect();
        if requests.is_empty() {
            requests.push(request());
        }
        for request in requests {
            let answer = request.send().await.unwrap();
            if let Some(place) = checked(&schemas, &operation, answer).await
                && let Some((before, _)) = place.rsplit_once('/')
            {
                // What customers begin, agents see at a place of their own.
                let agents = place.replace("/v1/", "/v1/agent/");
                places.insert(format!("{}/", before.replace("/v1/", "/v1/agent/")), agents);
                places.insert(format!("{before}/"), place);
            }
        }
        if operation.method == "get" {
            revalidated(&service, &operation, &path, &token).await;
        }
    }
}
