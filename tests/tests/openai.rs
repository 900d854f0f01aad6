//! The official clients of OpenAI's API against the whole service.

use std::{path::Path, process::Command};

use serde_json::Value;
use vitrine_tests::{Service, demo, node, python};

fn client(name: &str) -> String {
    format!("{}/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn seen(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}\n{err}"))
}

fn check(seen: &Value) {
    assert_eq!(seen["models"], serde_json::json!(["vitrine"]));
    let text = seen["text"].as_str().unwrap();
    assert!(text.contains(" for ") && text.contains("EUR"), "{text}");
    let products = seen["products"].as_array().unwrap();
    assert!(!products.is_empty());
    let price = seen["price"].as_str().unwrap();
    let first = text.split(" for ").nth(1).unwrap().split([';', '.']).next().unwrap();
    assert!(price.contains(first.trim()), "{price} tells no price of {text}");
    assert_eq!(seen["json"]["products"][0]["product_id"], products[0]);
    assert!(seen["json"]["reply"].as_str().unwrap().contains("EUR"));
    assert_eq!(seen["unknown"][0], 404);
}

fn photo() -> std::path::PathBuf {
    demo().join("photos/outfit.jpg")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_client_talks_to_the_shop() {
    let Some(python) = python() else {
        println!("skipped: TEST_PYTHON names no Python that has openai; ./test installs it");
        return;
    };
    let service = Service::start();
    let mut command = Command::new(python);
    command.arg(client("openai_client.py")).args([&service.url(""), &service.token]).arg(photo());
    let seen = seen(&mut command);
    check(&seen);
    assert_eq!(seen["finish"], "tool_calls");
    assert!(
        !seen["text"].as_str().unwrap().contains("1 EUR."),
        "a client's system text is no price"
    );
    assert!(seen["pieces"].as_u64().unwrap() > 3, "a stream comes in pieces");
    assert_eq!(seen["unknown"][1], "model_not_found");
    assert_eq!(seen["wrong"], serde_json::json!([401, "token_invalid"]));
    let fields: Vec<&String> = seen["json"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["reply", "products"], "a schema's fields and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_javascript_client_talks_to_the_shop() {
    let Some(folder) = node() else {
        println!("skipped: TEST_NODE names no folder that has openai; ./test installs it");
        return;
    };
    let service = Service::start();
    let mut command = Command::new("node");
    command.arg(client("openai_client.mjs")).arg(Path::new(&folder));
    command.args([&service.url(""), &service.token]).arg(photo());
    let seen = seen(&mut command);
    check(&seen);
    assert_eq!(seen["finish"], "stop");
    assert_eq!(seen["json"]["status"], "assistant");
}
