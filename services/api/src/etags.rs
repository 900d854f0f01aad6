//! `ETag` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1.2) for every answer to a GET that
//! comes whole and may be kept. The tag is a hash of the body: equal answers have equal tags,
//! whichever process gives them. It is weak, because the same body goes out packed or not.

use actix_web::{
    Error,
    body::{self, BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
};

/// A client keeps the answer for itself and asks before it uses it again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Hex digits of the hash.
const DIGITS: usize = 32;

/// Tags an answer, and sends none of it to a client that has it.
pub(crate) async fn tag<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let asked = request.method() == Method::GET;
    let answer = next.call(request).await?;
    if !asked || answer.status() != StatusCode::OK || must_not_be_kept(&answer) {
        return Ok(answer.map_into_left_body());
    }
    let (request, answer) = answer.into_parts();
    let (mut head, body) = answer.into_parts();
    let whole = match body.try_into_bytes() {
        Ok(whole) => whole,
        Err(body) => {
            return Ok(ServiceResponse::new(request, head.set_body(body)).map_into_left_body());
        }
    };
    let hash = blake3::hash(&whole).to_hex();
    let tag = format!("\"{}\"", &hash[..DIGITS]);
    let known = request.headers().get_all(header::IF_NONE_MATCH);
    let known = known.filter_map(|value| value.to_str().ok()).any(|tags| holds(tags, &tag));
    let headers = head.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&format!("W/{tag}")) {
        headers.insert(header::ETAG, tag);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    }
    let body = if known {
        headers.remove(header::CONTENT_TYPE);
        *head.status_mut() = StatusCode::NOT_MODIFIED;
        BoxBody::new(body::None::new())
    } else {
        BoxBody::new(whole)
    };
    Ok(ServiceResponse::new(request, head.set_body(body)).map_into_right_body())
}

fn must_not_be_kept<B>(answer: &ServiceResponse<B>) -> bool {
    let said = answer.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.contains("no-store"))
}

/// Whether a list of tags holds one, compared weakly, or stands for all.
fn holds(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}
