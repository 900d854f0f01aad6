//! The examples of the contract are good questions and whole answers, and the service answers as
//! the contract says.

mod common;

use std::collections::BTreeMap;

use common::{Service, png, schema::Schemas, start, token_as};
use reqwest::{
    Method, RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::Value;
use vitrine_api::{Role, contract};

/// One operation of the contract.
struct Operation {
    method: String,
    path: String,
    said: Value,
}

/// In an order in which there is something to read, to change and to remove.
fn operations(contract: &Value) -> Vec<Operation> {
    let order = |method: &str| {
        ["put", "post", "get", "patch", "delete"].iter().position(|it| *it == method)
    };
    let mut all = Vec::new();
    for (path, methods) in contract["paths"].as_object().unwrap() {
        for (method, said) in methods.as_object().unwrap() {
            all.push(Operation { method: method.clone(), path: path.clone(), said: said.clone() });
        }
    }
    all.sort_by_key(|operation| order(&operation.method));
    all
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// What may be sent: each content type with its example.
    fn requests(&self) -> Vec<(&String, &Value)> {
        let content = self.said["requestBody"]["content"].as_object();
        content.into_iter().flatten().map(|(kind, body)| (kind, &body["example"])).collect()
    }

    /// Good answers: each content type with its schema and example.
    fn answers(&self) -> impl Iterator<Item = (&String, &Value, &Value)> {
        let answers = self.said["responses"].as_object().unwrap().iter();
        let good = answers.filter(|(status, _)| status.starts_with('2'));
        let content = good.filter_map(|(_, answer)| answer["content"].as_object()).flatten();
        content.map(|(kind, body)| (kind, &body["schema"], &body["example"]))
    }

    /// The address, with what earlier answers gave a place to, or else the contract's own examples.
    fn filled(&self, places: &BTreeMap<String, String>) -> String {
        let mut path = self.path.clone();
        for parameter in self.said["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let slot = format!("{{{name}}}");
            if parameter["in"] == "query" && parameter["required"] == true {
                let example = parameter["example"].as_str();
                path.push(if path.contains('?') { '&' } else { '?' });
                path.push_str(&format!("{name}={}", example.unwrap_or_else(|| panic!("{name}"))));
            }
            let Some((before, after)) = path.split_once(&slot) else { continue };
            path = match places.get(before) {
                Some(place) => format!("{place}{after}"),
                None => {
                    let example = parameter["example"].as_str();
                    let example = example.unwrap_or_else(|| panic!("{} {slot}", self.name()));
                    format!("{before}{example}{after}")
                }
            };
        }
        path
    }
}

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
    let contract: Value = serde_json::from_str(&contract()).unwrap();
    for operation in operations(&contract) {
        for (kind, example) in operation.requests() {
            assert!(!example.is_null(), "{} takes {kind} without an example", operation.name());
        }
        for (kind, _, example) in operation.answers() {
            assert!(!example.is_null(), "{} gives {kind} without an example", operation.name());
        }
        operation.filled(&BTreeMap::new());
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let contract: Value = serde_json::from_str(&contract()).unwrap();
    let schemas = Schemas { contract: &contract };
    for operation in operations(&contract) {
        let requests = operation.said["requestBody"]["content"].as_object().into_iter().flatten();
        let requests = requests.map(|(kind, body)| (kind, &body["schema"], &body["example"]));
        for (kind, schema, example) in requests.chain(operation.answers()) {
            let faults = schemas.faults(schema, example);
            assert!(faults.is_empty(), "{} {kind}: {faults:#?}", operation.name());
        }
    }
}

#[test]
fn a_value_that_its_schema_does_not_allow_is_told() {
    let contract: Value = serde_json::from_str(&contract()).unwrap();
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
    let contract: Value = serde_json::from_str(&contract()).unwrap();
    let schemas = Schemas { contract: &contract };
    let service = start().await;
    let token = token_as(Role::Admin);
    let mut places = BTreeMap::new();
    for operation in operations(&contract) {
        let path = operation.filled(&places);
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        let request =
            || service.client.request(method.clone(), service.url(&path)).bearer_auth(&token);
        let mut requests: Vec<RequestBuilder> = operation
            .requests()
            .into_iter()
            .map(|(kind, example)| filled_in(request(), kind, example))
            .collect();
        if requests.is_empty() {
            requests.push(request());
        }
        for request in requests {
            let answer = request.send().await.unwrap();
            if let Some(place) = checked(&schemas, &operation, answer).await
                && let Some((before, _)) = place.rsplit_once('/')
            {
                places.insert(format!("{before}/"), place);
            }
        }
        if operation.method == "get" {
            revalidated(&service, &operation, &path, &token).await;
        }
    }
}
