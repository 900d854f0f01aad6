//! An answer as it is kept.

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde::{Deserialize, Serialize};

use super::fingerprint::Asked;

pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest answer that is kept, in bytes.
const MAX_ANSWER: u64 = 1024 * 1024;

#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    /// Of the request.
    pub body: Asked,
    status: u16,
    headers: Vec<(String, String)>,
    answer: String,
}

/// What may go better another time is not kept: our own trouble, too much at once, a body that was
/// slow, a caller who lacked the right.
pub(super) fn is_kept(status: StatusCode) -> bool {
    !status.is_server_error() && ![401, 403, 408, 429].contains(&status.as_u16())
}

impl Record {
    /// An answer that is not a stream, nor very long; and that answer again.
    pub(super) async fn of(response: HttpResponse, body: Asked) -> (Option<Self>, HttpResponse) {
        let fits = match response.body().size() {
            BodySize::None => true,
            BodySize::Sized(bytes) => bytes <= MAX_ANSWER,
            BodySize::Stream => false,
        };
        if !fits {
            return (None, response);
        }
        let (head, answer) = response.into_parts();
        let Ok(answer) = to_bytes(answer).await else {
            return (None, head.set_body(BoxBody::new(())));
        };
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let record = String::from_utf8(answer.to_vec()).ok().map(|answer| Self {
            body,
            status: head.status().as_u16(),
            headers: head.headers().iter().filter_map(text).collect(),
            answer,
        });
        (record, head.set_body(BoxBody::new(answer)))
    }

    pub(super) fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            response.insert_header((name, value));
        }
        response.insert_header((REPLAYED, "true")).body(self.answer)
    }
}
