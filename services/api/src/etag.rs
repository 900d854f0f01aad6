//! Answers that a client need not be sent twice (RFC 9110, section 8.8.3).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag, EntityTag, Header, IfNoneMatch},
};
use serde::Serialize;

use crate::{problem::Problem, problems::Code};

/// The body with a tag of its bytes, or only the tag where the client has the same body already.
pub(crate) fn tagged(
    request: &HttpRequest,
    body: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(body).map_err(|_| Problem::of(Code::Internal))?;
    let tag = EntityTag::new_strong(blake3::hash(&body).to_hex()[..32].to_owned());
    let is_known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::CACHE_CONTROL, "private, no-cache")).insert_header(ETag(tag));
    if is_known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("application/json").body(body))
}
