//! Answers go out packed (gzip, deflate, br, zstd) to whoever takes them so. What is too short to
//! gain by it, is packed already, or must arrive piece by piece goes out as it is.

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, HeaderMap, HeaderValue},
    middleware::Next,
};

/// Bodies of fewer bytes are not packed: they fit into one packet as they are.
const WORTH_IT: u64 = 1_024;

/// What says to the packer that it should leave an answer alone.
const AS_IT_IS: HeaderValue = HeaderValue::from_static("identity");

/// Inside the packer: tells it what to leave alone.
pub(crate) async fn choose<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    let short = matches!(answer.response().body().size(), BodySize::Sized(1..WORTH_IT));
    let packed = answer.headers().contains_key(header::CONTENT_ENCODING);
    if !packed && (short || goes_as_it_is(&answer)) {
        answer.headers_mut().insert(header::CONTENT_ENCODING, AS_IT_IS);
    }
    Ok(answer)
}

/// Outside the packer: clears what was said to it away, and says to caches that answers differ.
/// Who takes nothing that there is gets it as it is, and no refusal (RFC 9110, section 12.5.3).
pub(crate) async fn tidy<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let offered = [
        Encoding::identity(),
        Encoding::brotli(),
        Encoding::gzip(),
        Encoding::deflate(),
        Encoding::zstd(),
    ];
    let asked = request.get_header::<AcceptEncoding>();
    if asked.is_some_and(|asked| asked.negotiate(offered.iter()).is_none()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let mut answer = next.call(request).await?;
    let headers = answer.headers_mut();
    if headers.get(header::CONTENT_ENCODING) == Some(&AS_IT_IS) {
        headers.remove(header::CONTENT_ENCODING);
    } else if !says_so(headers) {
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    Ok(answer)
}

fn says_so(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(header::VARY).filter_map(|value| value.to_str().ok());
    said.any(|said| said.to_ascii_lowercase().contains("accept-encoding"))
}

/// Events wait for no packer, and what is packed only grows.
fn goes_as_it_is<B>(answer: &ServiceResponse<B>) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| {
        ["event-stream", "gzip", "zip", "zstd"].iter().any(|packed| kind.contains(packed))
    })
}
