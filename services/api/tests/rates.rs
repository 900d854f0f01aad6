//! How often one may ask, told and held.

mod common;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use common::{
    Service, Shares, keys, png, problem, seeing_a_dress, start_sharing, start_with, token_for,
};
use reqwest::Response;
use vitrine_api::{RateLimits, Role, ServerSettings};
use vitrine_core::{
    admission::Admission,
    ids::MerchantId,
    ports::{Rates, StoreError, Taken},
    quota::Quota,
};

fn limits(caller: u32, merchant: u32) -> ServerSettings {
    let (caller, merchant) = (Quota::a_minute(caller), Quota::a_minute(merchant));
    ServerSettings { rates: RateLimits { caller, merchant }, ..ServerSettings::default() }
}

async fn limited(caller: u32, merchant: u32) -> Service {
    start_with(seeing_a_dress(), Admission::new(2, 8), limits(caller, merchant)).await
}

async fn ask(service: &Service, token: &str) -> Response {
    service.get("/v1/catalog/products", token).await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_tells_how_many_requests_are_left() {
    let service = limited(4, 6).await;
    let token = token_for("demo");
    let one = ask(&service, &token).await;
    assert_eq!(header(&one, "ratelimit-policy"), r#""caller";q=4;w=60, "merchant";q=6;w=60"#);
    assert_eq!(header(&one, "ratelimit"), r#""caller";r=3;t=15, "merchant";r=5;t=10"#);
    let other = service.get("/v1/looks/nonsense", &token).await;
    assert_eq!(header(&other, "ratelimit"), r#""caller";r=2;t=30, "merchant";r=4;t=20"#);
    problem(other, 400, "id_invalid").await;
    let stranger = ask(&service, "nonsense").await;
    assert_eq!(header(&stranger, "ratelimit"), "", "who is not known is not counted");
    problem(stranger, 401, "token_invalid").await;
}

#[tokio::test]
async fn one_request_too_many_is_told_when_to_come_back_and_costs_nobody_else() {
    let vision = seeing_a_dress();
    let service = start_with(vision.clone(), Admission::new(2, 8), limits(2, 100)).await;
    let (greedy, modest) = (token_for("demo"), token_for("demo"));
    for _ in 0..2 {
        assert_eq!(ask(&service, &greedy).await.status(), 200);
    }
    let post = service.client.post(service.url("/v1/looks")).bearer_auth(&greedy);
    let refused = post.multipart(common::form(png(96, 96))).send().await.unwrap();
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "two a minute: {wait}");
    assert!(header(&refused, "ratelimit").starts_with(r#""caller";r=0;"#));
    problem(refused, 429, "rate_limited").await;
    assert_eq!(vision.asked(), 0);
    assert_eq!(ask(&service, &modest).await.status(), 200, "another token of the same merchant");
}

#[tokio::test]
async fn the_tokens_of_a_merchant_have_a_bound_together() {
    let service = limited(0, 3).await;
    for _ in 0..3 {
        let answer = ask(&service, &token_for("demo")).await;
        assert_eq!(answer.status(), 200);
        assert!(header(&answer, "ratelimit-policy").starts_with(r#""merchant";q=3;w=60"#));
    }
    problem(ask(&service, &token_for("demo")).await, 429, "rate_limited").await;
    assert_eq!(ask(&service, &token_for("other")).await.status(), 200);
}

#[tokio::test]
async fn without_bounds_nothing_is_told_and_nobody_is_refused() {
    let service = limited(0, 0).await;
    for _ in 0..20 {
        let answer = ask(&service, &token_for("demo")).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "ratelimit")), (200, ""));
    }
}

#[tokio::test]
async fn services_that_share_what_they_count_hold_the_bound_together() {
    let shares = Shares::default();
    let start =
        || start_sharing(seeing_a_dress(), Admission::new(1, 1), limits(4, 0), shares.clone());
    let services = [start().await, start().await];
    let token = token_for("demo");
    let mut answered = 0;
    for n in 0..10 {
        answered += usize::from(ask(&services[n % 2], &token).await.status() == 200);
    }
    assert_eq!(answered, 4);
}

struct Away;

#[async_trait]
impl Rates for Away {
    async fn take(&self, _: &[(String, Quota)]) -> Result<Taken, StoreError> {
        Err(StoreError::Unavailable { store: "Redis", detail: "gone".into() })
    }
}

#[tokio::test]
async fn while_nothing_can_be_counted_all_are_answered() {
    let shares = Shares { rates: Arc::new(Away), ..Shares::default() };
    let service = start_sharing(seeing_a_dress(), Admission::new(2, 8), limits(1, 1), shares).await;
    let merchant = MerchantId::new("demo").unwrap();
    let token = keys().issue(Role::Merchant, &merchant, Duration::from_secs(60)).unwrap();
    for _ in 0..5 {
        assert_eq!(ask(&service, &token).await.status(), 200);
    }
}
