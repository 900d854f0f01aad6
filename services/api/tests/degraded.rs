//! What still works when a part is away.

mod common;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use common::{
    Service, Shares, form, keys, png, problem, seeing_a_dress, start, start_sharing, start_with,
    token,
};
use serde_json::Value;
use uuid::Uuid;
use vitrine_api::{Role, ServerSettings};
use vitrine_core::{
    admission::Admission,
    ports::{Cache, Locks, ModelError, Rates, StoreError, Taken},
    quota::Quota,
    testing::{FakeVision, sample},
};

async fn post(service: &Service, side: u32) -> Value {
    let answer = service.post_photo(png(side, 96)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn parts(look: &Value) -> Vec<&str> {
    look["degraded"].as_array().unwrap().iter().map(|it| it["part"].as_str().unwrap()).collect()
}

async fn not_ready(service: &Service, parts: &[&str]) {
    let body = problem(service.get("/readyz", "").await, 503, "not_ready").await.to_string();
    for part in parts {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("internal"), "{body}");
}

#[tokio::test]
async fn without_the_model_known_photos_are_answered_and_the_others_told_to_wait() {
    let shares = Shares::default();
    let start = |vision| {
        let (admission, settings) = (Admission::new(2, 8), ServerSettings::default());
        start_sharing(vision, admission, settings, shares.clone())
    };
    let before = start(seeing_a_dress()).await;
    let known = post(&before, 96).await;
    let gone = Arc::new(FakeVision::failing(ModelError::Stopped("it is gone".into())));
    let service = start(gone).await;
    let look = post(&service, 96).await;
    assert_eq!((&look["cached"], &look["garments"]), (&Value::Bool(true), &known["garments"]));
    assert!(look["garments"][0]["matches"][0].is_object());

    let unknown = service.post_photo(png(120, 96)).await;
    assert!(unknown.headers().contains_key("retry-after"));
    problem(unknown, 503, "model_unavailable").await;
    assert_eq!(service.get("/v1/catalog/products", &token()).await.status(), 200);
    not_ready(&service, &["the vision model stopped"]).await;
}

/// A Redis that is gone.
struct Gone;

fn gone<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable { store: "Redis", detail: "at redis.internal".into() })
}

#[async_trait]
impl Cache for Gone {
    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        gone()
    }

    async fn put(&self, _: &str, _: Vec<u8>, _: Duration) -> Result<(), StoreError> {
        gone()
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        gone()
    }
}

#[async_trait]
impl Locks for Gone {
    async fn take(&self, _: &str, _: Uuid, _: Duration) -> Result<bool, StoreError> {
        gone()
    }

    async fn free(&self, _: &str, _: Uuid) -> Result<(), StoreError> {
        gone()
    }
}

#[async_trait]
impl Rates for Gone {
    async fn take(&self, _: &[(String, Quota)]) -> Result<Taken, StoreError> {
        gone()
    }
}

#[tokio::test]
async fn without_what_is_shared_all_works_and_is_said_to_be_slower() {
    let shares = Shares { cache: Arc::new(Gone), locks: Arc::new(Gone), rates: Arc::new(Gone) };
    let (admission, settings) = (Admission::new(2, 8), ServerSettings::default());
    let service = start_sharing(seeing_a_dress(), admission, settings, shares).await;
    let looks = futures::future::join_all((0..8).map(|_| post(&service, 96))).await;
    for look in &looks {
        assert_eq!(parts(look), ["cache"]);
        assert!(look["garments"][0]["matches"][0].is_object());
        assert!(!look.to_string().contains("internal"), "{look}");
    }
    let keyed = service.client.post(service.url("/v1/looks")).bearer_auth(token());
    let keyed = keyed.header("Idempotency-Key", "key").multipart(form(png(96, 96)));
    assert_eq!(keyed.send().await.unwrap().status(), 200);
    let id = looks[0]["id"].as_str().unwrap();
    let again = service.get(&format!("/v1/looks/{id}"), &token()).await;
    problem(again, 503, "store_unavailable").await;

    let ready = service.get("/readyz", "").await;
    assert_eq!(ready.status(), 200, "answers are slower, not missing");
    let ready: Value = ready.json().await.unwrap();
    assert_eq!(ready["status"], "degraded");
    assert_eq!(ready["away"][0], "the cache does not answer");
}

#[tokio::test]
async fn without_the_index_the_catalog_works_and_looks_tell_garments_alone() {
    let service = start().await;
    service.index.go_away(true);
    let look = post(&service, 96).await;
    assert_eq!(parts(&look), ["matches"]);
    assert_eq!(look["garments"].as_array().unwrap().len(), 1);
    assert!(!look.to_string().contains("internal"), "{look}");
    assert_eq!(service.get("/v1/catalog/products", &token()).await.status(), 200);
    assert_eq!(service.get("/v1/catalog/products/p1", &token()).await.status(), 200);
    not_ready(&service, &["the index does not answer"]).await;
    service.index.go_away(false);
    assert!(parts(&post(&service, 96).await).is_empty(), "what was poor is not remembered");
}

#[tokio::test]
async fn without_the_database_answered_looks_are_told_and_the_catalog_says_so() {
    let service = start().await;
    let known = post(&service, 96).await;
    service.catalog.go_away(true);
    let id = known["id"].as_str().unwrap();
    let again: Value =
        service.get(&format!("/v1/looks/{id}"), &token()).await.json().await.unwrap();
    assert_eq!(again, known);
    let look = post(&service, 96).await;
    assert_eq!((parts(&look), &look["cached"]), (vec!["matches"], &Value::Bool(true)));

    let keeper = keys().issue(Role::Admin, &sample::merchant(), Duration::from_secs(60)).unwrap();
    for path in [
        "products",
        "products/p1",
        "health",
        "duplicates?by=gtin",
        "imports",
        "feeds",
        "feeds/daily",
    ] {
        let answer = service.get(&format!("/v1/catalog/{path}"), &keeper).await;
        assert!(answer.headers().contains_key("retry-after"), "{path}");
        let body = problem(answer, 503, "store_unavailable").await.to_string();
        assert!(!body.contains("internal"), "{path}: {body}");
    }
    not_ready(&service, &["the catalog does not answer"]).await;

    let figures = service.get("/metrics", "").await;
    assert_eq!(figures.status(), 200);
    let figures = figures.text().await.unwrap();
    let is_told = |name: &str| figures.lines().any(|line| line.starts_with(name));
    assert!(is_told("vitrine_catalog_up 0") && is_told("process_open_fds "), "{figures}");
    assert!(!is_told("vitrine_index_lag") && !is_told("vitrine_imports"), "what is not known");
}

#[tokio::test]
async fn every_part_that_is_away_is_named_at_once() {
    let vision = Arc::new(FakeVision::failing(ModelError::Load("/srv/internal".into())));
    let service = start_with(vision, Admission::new(2, 8), ServerSettings::default()).await;
    service.catalog.go_away(true);
    service.index.go_away(true);
    let away = [
        "the catalog does not answer",
        "the index does not answer",
        "the vision model could not be loaded",
    ];
    not_ready(&service, &away).await;
}
