use std::time::Duration;

use futures::TryStreamExt;

use crate::{
    address::WebAddress,
    ports::{Fetch, FetchError, FetchRequest, FetchResponse, Fetched, MAX_REDIRECTS, Patience},
    testing::Page,
};

const ETAG: &str = "\"one\"";
const CHANGED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
/// The length of the page at `/large` and `/endless`.
const LARGE: u64 = 1_000;

/// The site that the suite is run against, path by path.
pub fn fetch_pages() -> Vec<(String, Page)> {
    let large = vec![b'x'; LARGE as usize];
    let packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
    let mut pages = vec![
        (
            "/feed",
            Page::of("text/csv", "id,title").with("etag", ETAG).with("last-modified", CHANGED),
        ),
        ("/empty", Page::of("text/csv", "")),
        ("/large", Page::of("text/csv", large.clone())),
        ("/endless", Page::of("text/csv", large).unsized_body()),
        ("/packed", Page::of("text/csv", packed).with("content-encoding", "gzip")),
        ("/gone", Page::status(410)),
        ("/broken", Page::status(501)),
        ("/busy", Page::status(429).with("retry-after", "36000")),
        ("/moved", Page::moved("/folder/old")),
        ("/folder/old", Page::moved("../feed")),
        ("/circle", Page::moved("/circle")),
        ("/nowhere", Page::status(302)),
        ("/to-file", Page::moved("file:///etc/passwd")),
        ("/to-login", Page::moved("http://me:hush@shop.example/feed")),
    ]
    .into_iter()
    .map(|(path, page)| (path.to_owned(), page))
    .collect::<Vec<_>>();
    pages.extend(
        (1..=MAX_REDIRECTS + 1)
            .map(|left| (format!("/hop{left}"), Page::moved(&format!("/hop{}", left - 1)))),
    );
    pages.push(("/hop0".to_owned(), Page::of("text/csv", "there")));
    pages
}

/// What the suite asks.
struct Suite<'a> {
    fetch: &'a dyn Fetch,
    site: &'a str,
}

impl Suite<'_> {
    fn request(&self, path: &str) -> FetchRequest {
        let address = WebAddress::parse(&format!("{}{path}", self.site)).expect("a good address");
        FetchRequest::new(address, LARGE, Patience::Waiting)
    }

    async fn response(&self, request: &FetchRequest) -> FetchResponse {
        match self.fetch.fetch(request).await.expect("what is there is answered") {
            Fetched::Response(response) => response,
            Fetched::NotModified => panic!("nothing is unmodified for who knows nothing"),
        }
    }

    async fn text(&self, request: &FetchRequest) -> String {
        let bytes = self.response(request).await.bytes().await.expect("a whole body");
        String::from_utf8(bytes.to_vec()).expect("a text")
    }

    async fn error(&self, request: &FetchRequest) -> FetchError {
        self.fetch.fetch(request).await.expect_err("what is wrong is told")
    }

    async fn is_unmodified(&self, etag: Option<&str>, last_modified: Option<&str>) -> bool {
        let mut request = self.request("/feed");
        request.etag = etag.map(str::to_owned);
        request.last_modified = last_modified.map(str::to_owned);
        matches!(self.fetch.fetch(&request).await, Ok(Fetched::NotModified))
    }
}

/// The contract of [`Fetch`], against an implementation that may speak to `site` (as
/// `http://host:port`), where [`fetch_pages`] stand.
pub async fn fetch(fetch: &dyn Fetch, site: &str) {
    let suite = Suite { fetch, site };
    answers(&suite).await;
    bounds(&suite).await;
    redirects(&suite).await;
    failures(&suite).await;
}

async fn answers(suite: &Suite<'_>) {
    let request = suite.request("/feed");
    let response = suite.response(&request).await;
    assert_eq!(response.address, request.address, "an answer names its address");
    assert_eq!(response.content_type.as_deref(), Some("text/csv"), "the media type is told");
    assert_eq!(response.etag.as_deref(), Some(ETAG), "the validators are told");
    assert_eq!(response.last_modified.as_deref(), Some(CHANGED), "the validators are told");
    assert_eq!(response.content_length, Some(8), "the length is told where it is known");
    assert_eq!(response.bytes().await.unwrap(), "id,title", "the body comes whole");
    assert_eq!(suite.text(&suite.request("/empty")).await, "", "an empty body is a body");

    assert!(suite.is_unmodified(Some(ETAG), None).await, "who has it already is told so");
    assert!(suite.is_unmodified(None, Some(CHANGED)).await, "who has it already is told so");
    assert!(suite.is_unmodified(Some(ETAG), Some(CHANGED)).await, "both validators may be sent");
    assert!(!suite.is_unmodified(Some("\"two\""), None).await, "another version is answered");

    let packed = suite.response(&suite.request("/packed")).await.bytes().await.unwrap();
    assert_eq!(packed[..2], [0x1f, 0x8b], "a packed body stays packed");
}

async fn bounds(suite: &Suite<'_>) {
    for path in ["/large", "/endless"] {
        let text = suite.text(&suite.request(path)).await;
        assert_eq!(text.len() as u64, LARGE, "a body of just the bound passes");
    }
    let too_large = FetchError::TooLarge { max_bytes: LARGE - 1 };

    let request = FetchRequest { max_bytes: LARGE - 1, ..suite.request("/large") };
    assert_eq!(suite.error(&request).await, too_large, "a length over the bound is enough");

    let request = FetchRequest { max_bytes: LARGE - 1, ..suite.request("/endless") };
    let mut body = suite.response(&request).await.body;
    let mut passed = 0;
    let error = loop {
        match body.try_next().await {
            Ok(Some(piece)) => passed += piece.len() as u64,
            Ok(None) => panic!("a body over the bound ends with an error"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, too_large, "a body over the bound is an error");
    assert!(passed < LARGE, "nothing passes beyond the bound");
    assert!(matches!(body.try_next().await, Ok(None)), "nothing follows the error");
}

async fn redirects(suite: &Suite<'_>) {
    let response = suite.response(&suite.request("/moved")).await;
    assert_eq!(response.address, suite.request("/feed").address, "the last address is told");
    assert_eq!(response.bytes().await.unwrap(), "id,title", "the last body is answered");

    let most = suite.request(&format!("/hop{MAX_REDIRECTS}"));
    assert_eq!(suite.text(&most).await, "there", "so many redirects are followed");
    let limit = FetchError::TooManyRedirects { limit: MAX_REDIRECTS };
    let more = suite.request(&format!("/hop{}", MAX_REDIRECTS + 1));
    assert_eq!(suite.error(&more).await, limit, "one more is not");
    assert_eq!(suite.error(&suite.request("/circle")).await, limit, "a circle has an end");

    for (path, code) in [
        ("/nowhere", "redirect_invalid"),
        ("/to-file", "address_not_http"),
        ("/to-login", "address_has_credentials"),
    ] {
        assert_eq!(suite.error(&suite.request(path)).await.code(), code, "{path}");
    }
}

async fn failures(suite: &Suite<'_>) {
    for (path, wanted, code, transient) in [
        ("/gone", 410, "status_4xx", false),
        ("/broken", 501, "status_5xx", false),
        ("/busy", 429, "status_4xx", true),
    ] {
        let error = suite.error(&suite.request(path)).await;
        assert!(
            matches!(error, FetchError::Status { status, .. } if status == wanted),
            "{path} tells its status: {error}"
        );
        assert_eq!((error.code(), error.is_transient()), (code, transient), "{path}");
        assert!(error.to_string().contains(&wanted.to_string()), "the message names the status");
    }
    let busy = suite.error(&suite.request("/busy")).await;
    assert_eq!(busy.retry_after(), Some(Duration::from_secs(36_000)), "when to come is told");
}
