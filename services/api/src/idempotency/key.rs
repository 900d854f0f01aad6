//! The key that a client gives a request, and what it is kept under.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, header::HeaderName},
};

use super::PATHS;
use crate::{caller, problem::Problem, problems::Code, sse::accepts_events};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// The most characters of a key.
const MAX_KEY: usize = 255;

/// What the answer to a request is kept under, if it bears a key and may: the merchant, what the
/// caller may do, and the key. An answer that is a stream of events is not kept.
pub(super) fn name(request: &ServiceRequest) -> Result<Option<String>, Problem> {
    let path = request.match_pattern().unwrap_or_default();
    if request.method() != Method::POST || !PATHS.contains(&path.as_str()) {
        return Ok(None);
    }
    let mut keys = request.headers().get_all(HEADER);
    let (Some(key), more) = (keys.next(), keys.next().is_some()) else { return Ok(None) };
    let key = key.to_str().ok().and_then(key_of).filter(|_| !more);
    let key = key.ok_or_else(|| Problem::of(Code::IdempotencyKeyInvalid))?;
    if accepts_events(request.headers()) {
        return Ok(None);
    }
    // Who is not known is refused before anything is done.
    Ok(caller::known(request).map(|known| {
        let parts = [known.merchant.as_str(), &known.rights, key];
        format!("idempotency:{}", vitrine_core::digest(&parts))
    }))
}

/// A key as a string of RFC 8941 or as it is: 1 to 255 visible characters of ASCII, and spaces
/// within.
fn key_of(value: &str) -> Option<&str> {
    let value = value.trim();
    let key = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => value,
    };
    let fits = (1..=MAX_KEY).contains(&key.len());
    let plain =
        key.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\');
    (fits && plain).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_with_and_without_quotes() {
        for good in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "a", "order 7, try", &"k".repeat(255)]
        {
            assert_eq!(key_of(good), Some(good));
            assert_eq!(key_of(&format!("\"{good}\"")), Some(good));
        }
        for bad in ["", "\"\"", "\"a", "a\"b", "a\\b", "\u{7f}", &"k".repeat(256)] {
            assert_eq!(key_of(bad), None, "{bad}");
        }
    }
}
