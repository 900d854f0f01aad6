//! Building the index anew, as it is asked for by REST.

mod common;

use std::{sync::Arc, time::Duration};

use common::{Service, keys, problem, start, token};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_api::Role;
use vitrine_core::{
    ids::MerchantId,
    indexing::Indexer,
    ports::{Duties, Rebuilds},
    testing::{FakeEmbedder, MemoryIndex},
};

const PATH: &str = "/v1/catalog/reindex";
const HOUR: Duration = Duration::from_secs(3_600);

fn of_role(role: Role) -> String {
    keys().issue(role, &MerchantId::new("demo").unwrap(), HOUR).unwrap()
}

async fn send(service: &Service, method: Method, token: &str) -> Response {
    let request = service.client.request(method, service.url(PATH)).bearer_auth(token);
    request.send().await.unwrap()
}

async fn ask(service: &Service) -> Value {
    let answer = send(service, Method::POST, &of_role(Role::Admin)).await;
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.headers()["location"], PATH);
    answer.json().await.unwrap()
}

async fn known(service: &Service) -> Value {
    let answer = send(service, Method::GET, &of_role(Role::Admin)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn only_who_runs_the_service_has_the_index_built_anew() {
    let service = start().await;
    for method in [Method::GET, Method::POST] {
        for token in [token(), of_role(Role::Merchant)] {
            problem(send(&service, method.clone(), &token).await, 403, "role_not_allowed").await;
        }
    }
    assert_eq!(known(&service).await, json!({ "state": "idle" }));
}

#[tokio::test]
async fn building_anew_is_told_from_when_it_is_asked_for_to_its_end() {
    let service = start().await;
    let asked = ask(&service).await;
    assert_eq!(asked["state"], "waiting");
    assert_eq!(ask(&service).await, asked, "asking twice is asking once");
    assert!(asked["started_at"].is_null() && asked["ended_at"].is_null());

    service.indexer.rebuild().await.unwrap();
    let done = known(&service).await;
    assert_eq!((&done["state"], &done["products"]), (&json!("done"), &json!(1)));
    let time = |name: &str| done[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(time("asked_at") <= time("started_at") && time("started_at") <= time("ended_at"));
    assert_eq!(done["asked_at"], asked["asked_at"]);
}

#[tokio::test]
async fn any_service_tells_what_another_one_does() {
    let service = start().await;
    ask(&service).await;
    let duty = service.catalog.take("indexing", "another", HOUR).await.unwrap().unwrap();
    service.catalog.start_rebuild(&duty).await.unwrap();
    service.catalog.tell_rebuild(&duty, 512, 1_000).await.unwrap();
    let running = known(&service).await;
    assert_eq!(running["state"], "running");
    assert_eq!((&running["done"], &running["total"]), (&json!(512), &json!(1_000)));
    assert_eq!(ask(&service).await, running, "it is not begun twice");
    service.catalog.end_rebuild(&duty, Err("the disk is full".into())).await.unwrap();
    let failed = known(&service).await;
    assert_eq!(
        (&failed["state"], &failed["reason"]),
        (&json!("failed"), &json!("the disk is full"))
    );
    service.catalog.release(&duty).await.unwrap();

    ask(&service).await;
    let other = Indexer::new(
        service.catalog.clone(),
        Arc::new(MemoryIndex::default()),
        Arc::new(FakeEmbedder::default()),
    );
    other.rebuild().await.unwrap();
    assert_eq!(known(&service).await["state"], "done", "asked of one and done by another");
}
