//! Which web pages may read answers (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>):
//! those that the merchant names whose token a request bears. A question that comes before the
//! request itself bears no token, so it is answered to pages that any merchant names; so is what
//! concerns no merchant, a refused token among it, that a page may learn to ask for a new one.

use std::{collections::BTreeMap, fmt, str::FromStr};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_core::ids::MerchantId;

use crate::state::State;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// What a page may send besides what every page may.
const SENT: HeaderValue = HeaderValue::from_static(
    "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, \
     Mcp-Method, Mcp-Name, MCP-Protocol-Version, Request-Id, traceparent, tracestate",
);
/// What a page may read besides what every page may.
const READ: HeaderValue = HeaderValue::from_static(
    "Deprecation, ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, \
     Request-Id, Retry-After, Sunset",
);
/// Seconds for which a browser need not ask again.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// Where a web page comes from, as its browser says it: `https://shop.example`, and the port where
/// it is not the scheme's own (RFC 6454, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// A text that no browser would say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin; write scheme and host alone, as https://shop.example")]
pub struct BadOrigin(String);

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let bad = || BadOrigin(text.chars().take(80).collect());
        let lower = text.trim().to_ascii_lowercase();
        let (scheme, host) = lower.split_once("://").ok_or_else(bad)?;
        let of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]_".contains(&byte);
        let fits = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(of_scheme)
            && !host.is_empty()
            && host.bytes().all(of_host);
        if !fits {
            return Err(bad());
        }
        let own_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => "",
        };
        Ok(Self(format!("{scheme}://{}", host.strip_suffix(own_port).unwrap_or(host))))
    }
}

impl TryFrom<String> for Origin {
    type Error = BadOrigin;

    fn try_from(text: String) -> Result<Self, BadOrigin> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The web pages that may read answers; none of them is asked for a password, so a page is named
/// by where it comes from alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cors {
    /// Pages that may read what concerns any merchant: scheme, host, and the port where it is not the
    /// scheme's own. Apps and servers need none of it.
    #[schemars(with = "Vec<String>", example = ["https://shop.example"])]
    pub origins: Vec<Origin>,
    /// Pages that may read what concerns one merchant, besides.
    #[schemars(
        with = "BTreeMap<String, Vec<String>>",
        example = serde_json::json!({"my-shop": ["https://shop.example", "https://www.shop.example"]})
    )]
    pub merchants: BTreeMap<MerchantId, Vec<Origin>>,
}

impl Cors {
    fn is_empty(&self) -> bool {
        self.origins.is_empty() && self.merchants.is_empty()
    }

    /// Whether a page may read what concerns this merchant; or what concerns none.
    fn allows(&self, merchant: Option<&MerchantId>, origin: &Origin) -> bool {
        let of_merchant = match merchant {
            Some(merchant) => self.merchants.get(merchant).is_some_and(|it| it.contains(origin)),
            None => self.merchants.values().flatten().any(|it| it == origin),
        };
        of_merchant || self.origins.contains(origin)
    }
}

/// Answers the question that comes before a request, and says of each answer who may read it.
pub(crate) async fn share<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let Some(state) = state.filter(|state| !state.cors.is_empty()) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let origin = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let origin: Option<Origin> = origin.and_then(|text| text.parse().ok());
    if let Some(origin) = origin.as_ref().filter(|_| asks_first(&request))
        && state.cors.allows(None, origin)
    {
        let answer = HttpResponse::NoContent().finish();
        let mut answer = request.into_response(answer).map_into_right_body();
        allow(answer.headers_mut(), origin);
        let headers = answer.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        vary(headers);
        return Ok(answer);
    }
    let mut answer = next.call(request).await?;
    let merchant = answer.request().extensions().get::<MerchantId>().cloned();
    let headers = answer.headers_mut();
    vary(headers);
    if let Some(origin) = origin.filter(|origin| state.cors.allows(merchant.as_ref(), origin)) {
        allow(headers, &origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    }
    Ok(answer.map_into_left_body())
}

/// Whether a browser asks if it may send a request.
fn asks_first(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn allow(headers: &mut HeaderMap, origin: &Origin) {
    if let Ok(origin) = HeaderValue::from_str(&origin.0) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
}

/// A cache between must not give one page's answer to another.
fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_an_odd_port() {
        for (text, wanted) in [
            ("https://shop.example", "https://shop.example"),
            (" https://Shop.Example:443 ", "https://shop.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), wanted);
        }
        for bad in [
            "",
            "*",
            "null",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://a@shop.example",
            "https://shop.example?x",
            "://shop.example",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
