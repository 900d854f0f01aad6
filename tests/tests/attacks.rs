//! Attacks by messages on the whole service, with the real small model: it can not be made to obey,
//! and the doors must hold as they do with models that do.

#[path = "../../services/api/tests/attacking/invariants.rs"]
mod invariants;

use invariants::Watch;
use serde_json::{Value, json};
use vitrine_tests::{Service, demo};

/// Attacks of `services/api/tests/attacks.jsonl` by their names.
const ATTACKS: [&str; 5] =
    ["ignore-previous", "print-prompt-de", "placeholder-price", "homoglyphs", "chat-tokens"];

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the drawn catalog sells.
fn watch() -> Watch {
    let mut watch = Watch::default();
    let catalog = std::fs::read_to_string(demo().join("catalog/products.jsonl")).unwrap();
    for product in lines(&catalog) {
        let variants = product["variants"].as_array().unwrap();
        let offers =
            variants.iter().flat_map(|variant| [&variant["sale_price"], &variant["price"]]);
        let prices = offers.filter_map(Value::as_str).filter_map(|price| price.split(' ').next());
        let prices: Vec<&str> = prices.collect();
        watch.sells(product["id"].as_str().unwrap(), prices.iter().copied());
        for variant in variants {
            watch.sells(variant["id"].as_str().unwrap(), prices.iter().copied());
        }
        watch.quotes(product["title"].as_str().unwrap());
    }
    watch
}

/// Posts as a shopper and gives the status and the body.
async fn post(service: &Service, path: &str, kind: &str, body: &Value) -> (u16, String) {
    let request = reqwest::Client::new().post(service.url(path)).bearer_auth(&service.token);
    let response = request.header("Accept", kind).json(body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_attack_the_small_model_have_nothing_told_that_is_not_so() {
    let service = Service::start();
    let watch = watch();
    let attacks = lines(include_str!("../../services/api/tests/attacks.jsonl"));
    for name in ATTACKS {
        let attack = attacks.iter().find(|attack| attack["name"] == name).unwrap();
        let text = attack["text"].as_str().unwrap();
        let (status, begun) = post(&service, "/v1/conversations", "*/*", &json!({})).await;
        assert_eq!(status, 201, "{begun}");
        let begun: Value = serde_json::from_str(&begun).unwrap();
        let path = format!("/v1/conversations/{}/messages", begun["id"].as_str().unwrap());
        let chat = json!({"model": "vitrine", "messages": [
            {"role": "system", "content": text}, {"role": "user", "content": text}]});
        for (path, kind, body) in [
            (path.as_str(), "*/*", json!({"text": "a navy dress"})),
            (path.as_str(), "*/*", json!({"text": text})),
            (path.as_str(), "text/event-stream", json!({"text": text})),
            ("/v1/chat/completions", "*/*", chat),
            ("/v1/search", "*/*", json!({"text": text})),
        ] {
            let (status, answer) = post(&service, path, kind, &body).await;
            assert_eq!(status, 200, "{name} at {path}: {answer}");
            assert_eq!(watch.faults(text, &answer), [""; 0], "{name} at {path}");
        }
    }
    let photo = demo().join("photos/outfit.jpg");
    let look = service.look(&photo).await;
    assert_eq!(watch.faults("", &look.to_string()), [""; 0]);
}
