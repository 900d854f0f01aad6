//! What every answer has in common: how it is packed, when it is the same, who may read it.

mod common;

use std::{collections::BTreeMap, io::Read};

use common::{Service, problem, seeing_a_dress, start, start_with, token, token_as, token_for};
use flate2::read::GzDecoder;
use reqwest::{Method, RequestBuilder, Response};
use vitrine_api::{Cors, Role, ServerSettings};
use vitrine_core::{admission::Admission, ids::MerchantId};

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

/// All values of `Vary`, as one.
fn vary(answer: &Response) -> String {
    let values = answer.headers().get_all("vary").iter();
    values.map(|value| value.to_str().unwrap().to_lowercase()).collect::<Vec<_>>().join(", ")
}

async fn packed(service: &Service, path: &str, accepts: &str) -> Response {
    let request = service.client.get(service.url(path)).bearer_auth(token_as(Role::Admin));
    request.header("Accept-Encoding", accepts).send().await.unwrap()
}

#[tokio::test]
async fn a_long_answer_is_packed_for_who_takes_it_so() {
    let service = start().await;
    let plain = packed(&service, "/openapi.json", "identity").await;
    assert_eq!(header(&plain, "content-encoding"), None);
    assert!(vary(&plain).contains("accept-encoding"));
    let plain = plain.bytes().await.unwrap();
    for coding in ["gzip", "br", "zstd", "deflate"] {
        let answer = packed(&service, "/openapi.json", coding).await;
        assert_eq!(header(&answer, "content-encoding"), Some(coding));
        assert!(vary(&answer).contains("accept-encoding"));
        let bytes = answer.bytes().await.unwrap();
        println!("{coding}: {} bytes of {}", bytes.len(), plain.len());
        assert!(bytes.len() * 5 < plain.len(), "{coding}");
        if coding == "gzip" {
            let mut unpacked = Vec::new();
            GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain);
        }
    }
}

#[tokio::test]
async fn a_short_answer_and_who_takes_no_packing_get_it_as_it_is() {
    let service = start().await;
    for (path, accepts) in [
        ("/healthz", "gzip, br"),
        ("/readyz", "gzip"),
        ("/openapi.json", "lzma, identity;q=0"),
        ("/openapi.json", "*;q=0"),
        ("/openapi.json", "\"gzip;;"),
    ] {
        let answer = packed(&service, path, accepts).await;
        assert_eq!(answer.status(), 200, "{path} {accepts}");
        assert_eq!(header(&answer, "content-encoding"), None, "{path} {accepts}");
    }
}

#[tokio::test]
async fn a_download_that_comes_in_pieces_is_packed_too() {
    let service = start().await;
    let answer = packed(&service, "/v1/catalog/export", "gzip").await;
    assert_eq!(header(&answer, "content-encoding"), Some("gzip"));
    let bytes = answer.bytes().await.unwrap();
    let mut text = String::new();
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert!(text.starts_with("{\"id\":\"p1\""), "{text}");
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let service = start().await;
    let path = "/v1/catalog/products/p1";
    let ask = |known: &str| {
        let request = service.client.get(service.url(path)).bearer_auth(token());
        request.header("If-None-Match", known.to_owned()).send()
    };
    let first = service.get(path, &token()).await;
    let tag = header(&first, "etag").unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && tag.len() == 36, "{tag}");
    assert_eq!(header(&first, "cache-control"), Some("private, no-cache"));
    let strong = tag.trim_start_matches("W/").to_owned();
    for known in [tag.clone(), strong, format!("\"a\", {tag} , W/\"b\""), "*".into()] {
        let same = ask(&known).await.unwrap();
        assert_eq!(same.status(), 304, "{known}");
        assert_eq!(header(&same, "etag"), Some(&*tag));
        assert!(vary(&same).contains("accept-encoding"));
        assert!(header(&same, "request-id").is_some());
        assert_eq!(same.bytes().await.unwrap().len(), 0);
    }

    let offers = serde_json::json!({"offers": [{"variant_id": "p1-navy-m", "stock": 1}]});
    let request = service.client.post(service.url("/v1/catalog/offers"));
    let set = request.bearer_auth(token_as(Role::Merchant)).json(&offers).send().await.unwrap();
    assert_eq!(set.status(), 200);
    let changed = ask(&tag).await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(header(&changed, "etag"), Some(&*tag));
}

#[tokio::test]
async fn what_must_not_be_kept_and_what_is_no_read_has_no_tag() {
    let service = start().await;
    for path in ["/healthz", "/readyz", "/metrics", "/v1/catalog/products/none"] {
        let answer = service.get(path, &token()).await;
        assert_eq!(header(&answer, "etag"), None, "{path}");
        assert_eq!(header(&answer, "cache-control"), Some("no-store"), "{path}");
    }
    let look = service.post_photo(common::png(96, 96)).await;
    assert_eq!((header(&look, "etag"), header(&look, "cache-control")), (None, Some("no-store")));
}

async fn with_pages(origins: &[&str], merchants: &[(&str, &str)]) -> Service {
    let mut of_merchants = BTreeMap::new();
    for (merchant, origin) in merchants {
        let merchant = MerchantId::new(merchant).unwrap();
        of_merchants.insert(merchant, vec![origin.parse().unwrap()]);
    }
    let origins = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    let cors = Cors { origins, merchants: of_merchants };
    let settings = ServerSettings { cors, ..ServerSettings::default() };
    start_with(seeing_a_dress(), Admission::new(2, 8), settings).await
}

fn from_page(service: &Service, method: Method, path: &str, origin: &str) -> RequestBuilder {
    service.client.request(method, service.url(path)).header("Origin", origin.to_owned())
}

#[tokio::test]
async fn a_page_may_read_what_concerns_a_merchant_who_names_it() {
    let all = "https://app.example";
    let service =
        with_pages(&[all], &[("demo", "https://demo.example"), ("b", "https://b.example")]).await;
    for (origin, merchant, allowed) in [
        (all, "demo", true),
        (all, "b", true),
        ("https://demo.example", "demo", true),
        ("https://DEMO.example:443", "demo", true),
        ("https://b.example", "b", true),
        ("https://b.example", "demo", false),
        ("https://demo.example", "b", false),
        ("https://demo.example.evil.example", "demo", false),
        ("http://demo.example", "demo", false),
        ("null", "demo", false),
        ("*", "demo", false),
    ] {
        let request = from_page(&service, Method::GET, "/v1/catalog/products", origin);
        let answer = request.bearer_auth(token_for(merchant)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let may = header(&answer, "access-control-allow-origin");
        assert_eq!(may.is_some(), allowed, "{origin} {merchant}");
        assert_eq!(header(&answer, "access-control-allow-credentials"), None);
        assert!(vary(&answer).contains("origin"), "{}", vary(&answer));
        if allowed {
            assert!(
                header(&answer, "access-control-expose-headers").unwrap().contains("Request-Id")
            );
        }
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_it_may_send() {
    let service = with_pages(&[], &[("b", "https://b.example")]).await;
    let ask = |origin| {
        from_page(&service, Method::OPTIONS, "/v1/looks", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type")
            .send()
    };
    let answer = ask("https://b.example").await.unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("https://b.example"));
    assert!(header(&answer, "access-control-allow-methods").unwrap().contains("POST"));
    assert!(header(&answer, "access-control-allow-headers").unwrap().contains("Authorization"));
    assert!(header(&answer, "request-id").is_some());

    let answer = ask("https://evil.example").await.unwrap();
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
    problem(answer, 405, "method_not_allowed").await;
}

#[tokio::test]
async fn a_page_learns_that_its_token_is_not_good_any_more() {
    let service = with_pages(&[], &[("b", "https://b.example")]).await;
    for (origin, allowed) in [("https://b.example", true), ("https://evil.example", false)] {
        let request = from_page(&service, Method::GET, "/v1/catalog/products", origin);
        let answer = request.bearer_auth("no.such.token").send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin").is_some(), allowed);
        problem(answer, 401, "token_invalid").await;
    }
}

#[tokio::test]
async fn a_service_that_names_no_pages_says_nothing_of_them() {
    let service = start().await;
    let request = from_page(&service, Method::GET, "/v1/catalog/products", "https://b.example");
    let answer = request.bearer_auth(token()).send().await.unwrap();
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
    assert!(!vary(&answer).contains("origin"));
}

#[tokio::test]
async fn the_pages_of_the_contract_need_nothing_from_outside() {
    let service = start().await;
    let page = service.get("/docs", "").await;
    assert!(page.url().path().ends_with("/docs/"), "{}", page.url());
    let policy = header(&page, "content-security-policy").unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("//"), "{html}");
    let named: Vec<&str> = html
        .split(['"', '\''])
        .filter(|text| [".js", ".css", ".png"].iter().any(|end| text.ends_with(end)))
        .collect();
    assert!(named.len() >= 5, "{html}");
    for file in named {
        let path = format!("/docs/{}", file.trim_start_matches("./"));
        let answer = service.get(&path, "").await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(header(&answer, "etag").is_some());
        if path.ends_with("initializer.js") {
            let script = answer.text().await.unwrap();
            assert!(script.contains("\"/openapi.json\""), "{script}");
            assert!(script.contains("\"validatorUrl\": \"none\""), "{script}");
            assert!(!script.contains("://"), "{script}");
        }
    }
    problem(service.get("/docs/no-such.js", "").await, 404, "route_unknown").await;
    problem(service.get("/docs/../Cargo.toml", "").await, 404, "route_unknown").await;
}

#[tokio::test]
async fn only_the_pages_of_the_contract_may_run_scripts() {
    let service = start().await;
    for path in ["/problems", "/openapi.json", "/healthz", "/v1/catalog/products", "/docsx"] {
        let answer = service.get(path, &token()).await;
        let policy = header(&answer, "content-security-policy").unwrap();
        assert!(!policy.contains("script-src"), "{path}: {policy}");
    }
}
