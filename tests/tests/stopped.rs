//! What is left of the whole service when its database is stopped.

#[path = "../../services/stores/tests/common/mod.rs"]
mod common;

use common::TestServer;
use reqwest::Response;
use serde_json::{Value, json};
use vitrine_tests::{Service, demo};

async fn get(service: &Service, path: &str) -> Response {
    let request = reqwest::Client::new().get(service.url(path)).bearer_auth(&service.keeper);
    request.send().await.unwrap()
}

async fn told_to_come_back(response: Response) {
    assert!(response.headers().contains_key("retry-after"));
    let status = response.status().as_u16();
    let problem: Value = response.json().await.unwrap();
    assert_eq!((status, &problem["code"]), (503, &json!("store_unavailable")), "{problem}");
}

#[tokio::test]
async fn without_its_database_answered_looks_are_told_and_known_photos_are_seen() {
    let Some(mut database) = TestServer::start() else { return };
    let service = Service::working(&[&format!("data.database={}", database.url())]);
    let photo = demo().join("photos/outfit.jpg");
    let known = service.look(&photo).await;
    assert!(!known["garments"][0]["matches"].as_array().unwrap().is_empty(), "{known}");
    assert_eq!(known["degraded"].as_array().unwrap().len(), 1, "the small model alone: {known}");
    database.stop();

    let path = format!("/v1/looks/{}", known["id"].as_str().unwrap());
    let again: Value = get(&service, &path).await.json().await.unwrap();
    assert_eq!(again, known);
    let look = service.look(&photo).await;
    let garments = |look: &Value| -> Vec<Value> {
        let garments = look["garments"].as_array().unwrap().iter();
        garments.map(|garment| garment["description"].clone()).collect()
    };
    assert_eq!((garments(&look), &look["cached"]), (garments(&known), &json!(true)));
    let poorer = look["degraded"].as_array().unwrap().iter().any(|it| it["part"] == "matches");
    assert!(poorer, "{look}");
    assert!(!look.to_string().contains("PostgreSQL"), "customers learn nothing of what is behind");

    for path in ["/v1/catalog/products", "/v1/catalog/health", "/v1/reports/overview"] {
        told_to_come_back(get(&service, path).await).await;
    }
    let search = reqwest::Client::new().post(service.url("/v1/search")).bearer_auth(&service.token);
    told_to_come_back(search.json(&json!({"text": "navy dress"})).send().await.unwrap()).await;

    assert_eq!(get(&service, "/healthz").await.status(), 200);
    let ready = get(&service, "/readyz").await;
    assert_eq!(ready.status(), 503);
    assert!(ready.text().await.unwrap().contains("the catalog does not answer"));
}
