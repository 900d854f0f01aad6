//! The same request, sent again.

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use common::{
    Service, Shares, keys, png, problem, seeing_a_dress, start, start_sharing, start_with,
};
use futures::{StreamExt, stream};
use reqwest::{
    Body, RequestBuilder, Response,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine_api::{Role, ServerSettings};
use vitrine_core::{
    admission::{Admission, Permit},
    ids::MerchantId,
    photo::Photo,
    ports::{DescribeStream, Locks, ModelError, StoreError, Vision},
};

const FEED: &str = "id\ttitle\tprice\tavailability\tproduct_type\n\
                    d1\tNavy dress\t10.00 EUR\tin_stock\tDresses\n";

fn token(role: Role, merchant: &str) -> String {
    let merchant = MerchantId::new(merchant).unwrap();
    keys().issue(role, &merchant, Duration::from_secs(60)).unwrap()
}

fn keyed(service: &Service, path: &str, token: &str, key: &str) -> RequestBuilder {
    let request = service.client.post(service.url(path)).bearer_auth(token);
    request.header("Idempotency-Key", key)
}

async fn import(service: &Service, key: &str, body: impl Into<Body>) -> Response {
    let token = token(Role::Merchant, "demo");
    keyed(service, "/v1/catalog/imports", &token, key).body(body).send().await.unwrap()
}

fn is_replayed(response: &Response) -> bool {
    response.headers().get("idempotent-replayed").is_some_and(|value| value == "true")
}

/// Status, place and body: all that a client goes by.
async fn told(response: Response) -> (u16, Option<String>, Value) {
    let place = response.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
    assert!(response.headers().contains_key("request-id"));
    (response.status().as_u16(), place, response.json().await.unwrap())
}

#[tokio::test]
async fn a_feed_that_is_sent_again_is_imported_once() {
    let service = start().await;
    let key = Uuid::new_v4().to_string();
    let first = import(&service, &key, FEED).await;
    assert!(!is_replayed(&first));
    let first = told(first).await;
    assert_eq!(first.0, 202);
    for key in [key.clone(), format!("\"{key}\"")] {
        let again = import(&service, &key, FEED).await;
        assert!(is_replayed(&again));
        assert_eq!(told(again).await, first, "the same import");
    }
    let other = told(import(&service, "another key", FEED).await).await;
    assert_ne!(other.1, first.1);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused_and_nothing_is_done() {
    let service = start().await;
    told(import(&service, "key", FEED).await).await;
    for other in [FEED.replace("10.00", "11.00"), String::new(), format!("{FEED}{FEED}")] {
        problem(import(&service, "key", other).await, 422, "idempotency_conflict").await;
    }
    let token = token(Role::Merchant, "demo");
    let mode = keyed(&service, "/v1/catalog/imports?mode=replace", &token, "key");
    problem(mode.body(FEED).send().await.unwrap(), 422, "idempotency_conflict").await;
    let imports: Value = service.get("/v1/catalog/imports", &token).await.json().await.unwrap();
    assert_eq!(imports["imports"].as_array().unwrap().len(), 1, "{imports}");
}

#[tokio::test]
async fn a_feed_that_comes_piece_by_piece_is_told_by_all_of_its_bytes() {
    let service = start().await;
    let streamed = |last: &'static str| {
        let lines = FEED.lines().map(|line| format!("{line}\n"));
        let pieces = lines.chain([last.to_owned()]).map(Ok::<_, std::io::Error>);
        Body::wrap_stream(stream::iter(pieces.collect::<Vec<_>>()))
    };
    let first = told(import(&service, "key", streamed("d2")).await).await;
    assert_eq!(first.0, 202);
    let whole = import(&service, "key", format!("{FEED}d2")).await;
    assert!(is_replayed(&whole), "however it came");
    problem(import(&service, "key", streamed("d3")).await, 422, "idempotency_conflict").await;
}

#[tokio::test]
async fn a_photo_that_is_sent_again_is_the_same_look() {
    let vision = seeing_a_dress();
    let service = start_with(vision.clone(), Admission::new(2, 8), ServerSettings::default()).await;
    let shopper = token(Role::Shopper, "demo");
    let send = async |width| {
        // Each form has a boundary of its own.
        let form = Form::new().part("photo", Part::bytes(png(width, 96)).file_name("photo.png"));
        keyed(&service, "/v1/looks", &shopper, "key").multipart(form).send().await.unwrap()
    };
    let first = told(send(96).await).await;
    assert_eq!(first.0, 200);
    let again = send(96).await;
    assert!(is_replayed(&again));
    assert_eq!(told(again).await, first);
    problem(send(97).await, 422, "idempotency_conflict").await;
    assert_eq!(vision.asked(), 1);
}

#[tokio::test]
async fn every_post_that_creates_may_bear_a_key() {
    let service = start().await;
    let admin = token(Role::Admin, "demo");
    let feed = json!({"url": "http://shop.example/feed.tsv"});
    let put = service.client.put(service.url("/v1/catalog/feeds/daily")).bearer_auth(&admin);
    assert_eq!(put.json(&feed).send().await.unwrap().status(), 201);
    for (path, body) in [
        ("/v1/catalog/offers", json!({"offers": [{"variant_id": "p1-1", "stock": 3}]}).to_string()),
        ("/v1/catalog/reindex", String::new()),
        ("/v1/catalog/feeds/daily/imports", String::new()),
        ("/v1/catalog/imports", feed.to_string()),
    ] {
        let send = async |key: &str| {
            let request = keyed(&service, path, &admin, key).body(body.clone());
            request.header("Content-Type", "application/json").send().await.unwrap()
        };
        let first = told(send(path).await).await;
        assert!(first.0 < 300, "{path}: {first:?}");
        let again = send(path).await;
        assert!(is_replayed(&again), "{path}");
        assert_eq!(told(again).await, first, "{path}");
        let elsewhere = send("/v1/catalog/offers").await;
        if path != "/v1/catalog/offers" {
            problem(elsewhere, 422, "idempotency_conflict").await;
        }
    }
}

#[tokio::test]
async fn a_key_is_for_one_merchant_and_one_role() {
    let service = start().await;
    let send = async |role, merchant| {
        let token = token(role, merchant);
        keyed(&service, "/v1/catalog/imports", &token, "key").body(FEED).send().await.unwrap()
    };
    let first = told(send(Role::Merchant, "demo").await).await;
    let other = send(Role::Merchant, "other").await;
    assert!(!is_replayed(&other));
    assert_ne!(told(other).await.1, first.1);
    problem(send(Role::Shopper, "demo").await, 403, "role_not_allowed").await;
    let bad = keyed(&service, "/v1/catalog/imports", "nonsense", "key").body(FEED);
    problem(bad.send().await.unwrap(), 401, "token_invalid").await;
}

#[tokio::test]
async fn a_key_that_can_not_be_one_is_refused() {
    let service = start().await;
    for key in ["", "\"", "a\"b", &"k".repeat(256)] {
        problem(import(&service, key, FEED).await, 400, "idempotency_key_invalid").await;
    }
    let merchant = token(Role::Merchant, "demo");
    let two = keyed(&service, "/v1/catalog/imports", &merchant, "one");
    let two = two.header("Idempotency-Key", "two").body(FEED).send().await.unwrap();
    problem(two, 400, "idempotency_key_invalid").await;
}

#[tokio::test]
async fn a_bad_request_stays_bad_and_our_own_trouble_does_not() {
    let service = start().await;
    let refused = told(import(&service, "empty", "").await).await;
    assert_eq!((refused.0, refused.2["code"].as_str()), (422, Some("feed_empty")));
    let again = import(&service, "empty", "").await;
    assert!(is_replayed(&again));
    assert_eq!(again.status(), 422);

    service.catalog.go_away(true);
    problem(import(&service, "key", FEED).await, 503, "store_unavailable").await;
    service.catalog.go_away(false);
    let answer = import(&service, "key", FEED).await;
    assert!(!is_replayed(&answer));
    assert_eq!(answer.status(), 202);
}

/// Looks for as long as it is told to.
#[derive(Default)]
struct Patient {
    goes_on: AtomicBool,
    asked: AtomicUsize,
}

#[async_trait]
impl Vision for Patient {
    fn model(&self) -> &str {
        "patient"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    async fn describe(&self, _: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        while !self.goes_on.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(stream::empty().boxed())
    }
}

#[tokio::test]
async fn while_a_request_is_answered_the_same_one_is_told_to_wait() {
    let vision = Arc::new(Patient::default());
    let shares = Shares::default();
    let start = || {
        let (admission, settings) = (Admission::new(4, 8), ServerSettings::default());
        start_sharing(vision.clone(), admission, settings, shares.clone())
    };
    let services = [start().await, start().await];
    let shopper = token(Role::Shopper, "demo");
    let send = |service: usize| {
        let form = Form::new().part("photo", Part::bytes(png(96, 96)).file_name("photo.png"));
        keyed(&services[service], "/v1/looks", &shopper, "key").multipart(form).send()
    };
    let first = tokio::spawn(send(0));
    while vision.asked.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for service in [0, 1] {
        let waiting = send(service).await.unwrap();
        assert!(waiting.headers().contains_key("retry-after"));
        problem(waiting, 409, "idempotency_in_flight").await;
    }
    vision.goes_on.store(true, Ordering::SeqCst);
    let first = told(first.await.unwrap().unwrap()).await;
    assert_eq!(first.0, 200);
    let again = send(1).await.unwrap();
    assert!(is_replayed(&again), "by another service too");
    assert_eq!(told(again).await, first);
}

#[tokio::test]
async fn who_leaves_before_the_answer_may_ask_anew() {
    let vision = Arc::new(Patient::default());
    let service = start_with(vision.clone(), Admission::new(1, 8), ServerSettings::default()).await;
    let shopper = token(Role::Shopper, "demo");
    let send = || {
        let form = Form::new().part("photo", Part::bytes(png(96, 96)).file_name("photo.png"));
        keyed(&service, "/v1/looks", &shopper, "key").multipart(form)
    };
    assert!(send().timeout(Duration::from_millis(300)).send().await.is_err());
    // Its place is free once the service has seen that it left.
    drop(service.admission.enter(&MerchantId::new("demo").unwrap()).await.unwrap());
    vision.goes_on.store(true, Ordering::SeqCst);
    let answer = async {
        loop {
            let answer = send().send().await.unwrap();
            if answer.status() != 409 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), answer).await.unwrap();
    assert!(!is_replayed(&answer));
    assert_eq!(answer.status(), 200);
}

struct Away;

#[async_trait]
impl Locks for Away {
    async fn take(&self, _: &str, _: Uuid, _: Duration) -> Result<bool, StoreError> {
        Err(StoreError::Unavailable { store: "Redis", detail: "gone".into() })
    }

    async fn free(&self, _: &str, _: Uuid) -> Result<(), StoreError> {
        Err(StoreError::Unavailable { store: "Redis", detail: "gone".into() })
    }
}

#[tokio::test]
async fn while_keys_can_not_be_kept_requests_are_answered_all_the_same() {
    let shares = Shares { locks: Arc::new(Away), ..Shares::default() };
    let (admission, settings) = (Admission::new(2, 8), ServerSettings::default());
    let service = start_sharing(seeing_a_dress(), admission, settings, shares).await;
    for _ in 0..2 {
        let answer = import(&service, "key", FEED).await;
        assert!(!is_replayed(&answer));
        assert_eq!(answer.status(), 202);
    }
}
