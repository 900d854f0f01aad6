use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};

use crate::address::{AddressError, WebAddress};

/// The most redirects that are followed.
pub const MAX_REDIRECTS: usize = 5;

/// How long an answer may take. What each means in seconds is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patience {
    /// Somebody waits for it.
    Waiting,
    /// One of many small things, fetched on the side.
    Picture,
    /// One large file.
    Feed,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRequest {
    pub address: WebAddress,
    /// The most bytes that the body may have.
    pub max_bytes: u64,
    /// The media types wanted, as in an `Accept` header.
    pub accept: String,
    /// The `ETag` that was answered the last time.
    pub etag: Option<String>,
    /// The `Last-Modified` that was answered the last time.
    pub last_modified: Option<String>,
    /// Told to the address itself alone, and to nobody it redirects to.
    pub bearer: Option<Bearer>,
    pub patience: Patience,
}

/// A token that opens what is asked for. Not shown where it is logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

impl Bearer {
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The value of the header `Authorization`.
    pub fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Bearer(hidden)")
    }
}

impl FetchRequest {
    /// Asks for whatever is there.
    pub fn new(address: WebAddress, max_bytes: u64, patience: Patience) -> Self {
        let accept = "*/*".to_owned();
        let (etag, last_modified, bearer) = (None, None, None);
        Self { address, max_bytes, accept, etag, last_modified, bearer, patience }
    }
}

/// What came back.
#[derive(Debug)]
pub enum Fetched {
    /// What is there is what the request's validators stand for.
    NotModified,
    Response(FetchResponse),
}

/// The bytes of a body, as they come; ends after the last one, or after one error.
pub type Body = BoxStream<'static, Result<Bytes, FetchError>>;

/// A successful answer whose body is still to be read.
pub struct FetchResponse {
    /// Where the answer came from, after all redirects.
    pub address: WebAddress,
    pub content_type: Option<String>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// The body's length, where the server says it.
    pub content_length: Option<u64>,
    /// The body as it was sent: a packed one stays packed.
    pub body: Body,
}

impl std::fmt::Debug for FetchResponse {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "FetchResponse({}, {:?})", self.address, self.content_type)
    }
}

impl FetchResponse {
    /// The whole body in memory: within the request's bound.
    pub async fn bytes(self) -> Result<Bytes, FetchError> {
        let mut body = self.body;
        let mut whole = BytesMut::new();
        while let Some(piece) = body.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }
}

/// A body of which `max_bytes` pass; what would go beyond them is an error instead.
pub fn bounded(body: Body, max_bytes: u64) -> Body {
    let state = (body, max_bytes);
    futures::stream::try_unfold(state, move |(mut body, left)| async move {
        let Some(piece) = body.try_next().await? else { return Ok(None) };
        let left =
            left.checked_sub(piece.len() as u64).ok_or(FetchError::TooLarge { max_bytes })?;
        Ok(Some((piece, (body, left))))
    })
    .boxed()
}

/// Where a redirect leads: what its `Location` says, under the rules for every address, and never
/// from https to http.
pub fn redirected(from: &WebAddress, location: Option<&str>) -> Result<WebAddress, FetchError> {
    let host = || from.host().to_string();
    let location = location.ok_or_else(|| FetchError::RedirectInvalid { host: host() })?;
    let to = from.join(location)?;
    if from.is_https() && !to.is_https() {
        return Err(FetchError::RedirectDowngraded { host: host() });
    }
    Ok(to)
}

/// Gets what stands at addresses that strangers gave. Speaks only to hosts that the operator
/// lets it speak to, sends nothing of the shop's own but the bearer it is given, and bounds the time, the redirects and the
/// bytes.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Answers as soon as the headers of the last address are there.
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError>;
}

#[async_trait]
impl<F: Fetch + ?Sized> Fetch for std::sync::Arc<F> {
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched, FetchError> {
        (**self).fetch(request).await
    }
}

/// Why something could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(
        "{host} {why}; give an address on the public internet, or let the operator add it to `outbound.allow_hosts` or `outbound.allow_networks`"
    )]
    Forbidden { host: String, why: &'static str },
    #[error("the name {host} is not known; check its spelling, or try again later")]
    Unresolvable { host: String },
    #[error("{host} can not be reached ({detail}); check that it is up, or try again later")]
    Unreachable { host: String, detail: String },
    #[error(
        "{host} does not speak https that can be trusted ({detail}); let its owner mend its certificate"
    )]
    Tls { host: String, detail: String },
    #[error(
        "{host} answered with a redirect that leads nowhere; give the address it should lead to"
    )]
    RedirectInvalid { host: String },
    #[error("{host} redirects from https to http; give an https address that stays on https")]
    RedirectDowngraded { host: String },
    #[error("it redirects more than {limit} times; give the address that it ends at")]
    TooManyRedirects { limit: usize },
    #[error("{host} answered {status}; {}", status_advice(*status))]
    Status { host: String, status: u16, retry_after: Option<Duration> },
    #[error("it has more than {max_bytes} bytes; give a smaller file")]
    TooLarge { max_bytes: u64 },
    #[error("{host} took longer than {} s {what}; try again later", after.as_secs_f64())]
    TimedOut { host: String, what: &'static str, after: Duration },
    #[error("{host} broke off while answering ({detail}); try again later")]
    Broken { host: String, detail: String },
}

impl FetchError {
    /// The identifier that programs compare.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address(error) => error.code(),
            Self::Forbidden { .. } => "address_forbidden",
            Self::Unresolvable { .. } => "address_unresolvable",
            Self::Unreachable { .. } => "not_reachable",
            Self::Tls { .. } => "tls_failed",
            Self::RedirectInvalid { .. } => "redirect_invalid",
            Self::RedirectDowngraded { .. } => "redirect_downgraded",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::Status { status: 400..=499, .. } => "status_4xx",
            Self::Status { status: 500..=599, .. } => "status_5xx",
            Self::Status { .. } => "status_unexpected",
            Self::TooLarge { .. } => "too_large",
            Self::TimedOut { .. } => "timed_out",
            Self::Broken { .. } => "broken_off",
        }
    }

    /// Whether the same request may well succeed a little later.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Unresolvable { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Broken { .. } => true,
            Self::Status { status, .. } => {
                matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 520..=524)
            }
            Self::Address(_)
            | Self::Forbidden { .. }
            | Self::Tls { .. }
            | Self::RedirectInvalid { .. }
            | Self::RedirectDowngraded { .. }
            | Self::TooManyRedirects { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// How long the server asked to be left alone.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// What a customer may be told of an address that they gave: nothing that shows what else can
    /// be reached from here.
    pub const fn for_customers(&self) -> &'static str {
        match self {
            Self::Address(_) => "this is not an address that can be used; send the photo itself",
            Self::TooLarge { .. } => "the photo at the address is too large; send a smaller one",
            _ => "the photo can not be had from this address; send the photo itself",
        }
    }
}

const fn status_advice(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "let Vitrine's requests in, or give an address that is open to all",
        404 | 410 => "check the address: nothing is there",
        408 | 425 | 429 => "it wants to be asked less often; try again later",
        400..=499 => "check the address in a browser",
        500..=599 => "try again later, or tell who runs it",
        _ => "give an address that answers 200 with the file",
    }
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;

    fn pieces(lengths: &[usize]) -> Body {
        let pieces: Vec<_> =
            lengths.iter().map(|length| Ok(Bytes::from(vec![b'x'; *length]))).collect();
        stream::iter(pieces).boxed()
    }

    #[tokio::test]
    async fn a_body_of_just_the_bound_passes_and_one_byte_more_does_not() {
        for lengths in [&[10][..], &[4, 6], &[0, 9, 1, 0], &[]] {
            let body: Result<Vec<_>, _> = bounded(pieces(lengths), 10).try_collect().await;
            assert!(body.is_ok(), "{lengths:?}");
        }
        for lengths in [&[11][..], &[10, 1], &[4, 7]] {
            let body: Result<Vec<_>, _> = bounded(pieces(lengths), 10).try_collect().await;
            assert_eq!(body, Err(FetchError::TooLarge { max_bytes: 10 }), "{lengths:?}");
        }
    }

    #[tokio::test]
    async fn a_body_over_its_bound_ends_with_its_one_error() {
        let told: Vec<_> = bounded(pieces(&[6, 6, 1]), 10).collect().await;
        assert_eq!(told.len(), 2);
        assert!(told[0].is_ok() && told[1].is_err());
    }

    #[test]
    fn a_redirect_never_leaves_https() {
        let [safe, open] = ["https://a.example/feed", "http://a.example/feed"]
            .map(|text| WebAddress::parse(text).unwrap());
        let code = |from: &WebAddress, location| {
            redirected(from, location).map_or_else(|error| error.code(), |_| "followed")
        };
        assert_eq!(code(&safe, Some("http://a.example/")), "redirect_downgraded");
        assert_eq!(code(&safe, Some("http://b.example:443/")), "redirect_downgraded");
        assert_eq!(code(&safe, Some("//b.example/")), "followed");
        assert_eq!(code(&open, Some("https://a.example/")), "followed");
        assert_eq!(code(&open, Some("other")), "followed");
        assert_eq!(code(&open, Some("file:///etc/passwd")), "address_not_http");
        assert_eq!(code(&open, Some("http://me:hush@b.example/")), "address_has_credentials");
        assert_eq!(code(&open, None), "redirect_invalid");
    }

    #[test]
    fn a_customer_learns_nothing_of_what_is_near() {
        let host = || "db.internal".to_owned();
        let near = [
            FetchError::Forbidden { host: host(), why: "is a private address" },
            FetchError::Unresolvable { host: host() },
            FetchError::Unreachable { host: host(), detail: "connection refused".into() },
            FetchError::Status { host: host(), status: 401, retry_after: None },
            FetchError::TimedOut { host: host(), what: "to answer", after: Duration::from_secs(1) },
            FetchError::Broken { host: host(), detail: "not HTTP".into() },
        ];
        for error in &near {
            assert_eq!(error.for_customers(), near[0].for_customers(), "{error}");
        }
    }

    #[test]
    fn every_message_says_what_to_do() {
        let host = || "shop.example".to_owned();
        let status = |status| FetchError::Status { host: host(), status, retry_after: None };
        for error in [status(403), status(404), status(429), status(418), status(503), status(304)]
        {
            let message = error.to_string();
            assert!(message.starts_with("shop.example answered "), "{message}");
            assert!(message.contains("; "), "{message}");
        }
        assert!(status(503).is_transient() && status(429).is_transient());
        assert!(!status(404).is_transient() && !status(501).is_transient());
        let slow = FetchError::TimedOut {
            host: host(),
            what: "to begin its answer",
            after: Duration::from_secs(15),
        };
        assert_eq!(
            slow.to_string(),
            "shop.example took longer than 15 s to begin its answer; try again later"
        );
    }
}
