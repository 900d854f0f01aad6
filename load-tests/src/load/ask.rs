//! One request of a user, as goose and our own ledger count it. Goose takes the time until an
//! answer begins, the ledger until its last byte.

use std::time::{Duration, Instant};

use goose::{
    goose::GooseResponse,
    prelude::{GooseMethod, GooseRequest, GooseUser},
};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
    multipart::Form,
};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    ledger::{Answer, Asked},
    world::{World, part},
};

/// A user who is told to come back does so, but waits no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

pub(super) struct Ask<'a> {
    /// What it is called in reports.
    pub(super) name: &'static str,
    pub(super) method: GooseMethod,
    pub(super) path: &'a str,
    pub(super) token: &'a str,
    pub(super) body: Body,
    /// A status that is right too.
    pub(super) or: Option<u16>,
}

pub(super) enum Body {
    None,
    Json(Value),
    Photo(Vec<u8>),
    /// In Vitrine's own JSON lines.
    Feed(String),
}

impl<'a> Ask<'a> {
    pub(super) fn get(name: &'static str, path: &'a str, token: &'a str) -> Self {
        Self { name, method: GooseMethod::Get, path, token, body: Body::None, or: None }
    }

    pub(super) fn post(name: &'static str, path: &'a str, token: &'a str, body: Body) -> Self {
        Self { name, method: GooseMethod::Post, path, token, body, or: None }
    }

    pub(super) fn or(self, status: u16) -> Self {
        Self { or: Some(status), ..self }
    }
}

impl World {
    /// The body of a good answer; none of any other.
    pub(super) async fn ask(&self, user: &mut GooseUser, ask: Ask<'_>) -> Option<Value> {
        let (name, or) = (ask.name, ask.or);
        let request = request(user, ask)?;
        let (at, started) = (self.ledger.now(), Instant::now());
        let GooseResponse { request: mut metric, response } = user.request(request).await.ok()?;
        let (status, headers, body) = match response {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                (Some(status), headers, response.bytes().await.ok())
            }
            Err(_) => (None, HeaderMap::new(), None),
        };
        let took = started.elapsed();
        let whole = body.is_some();
        let body: Value = serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
        let wait = retry_after(&headers);
        let answer = match status {
            Some(status) if whole && (status.is_success() || Some(status.as_u16()) == or) => {
                Answer::Taken(status.as_u16())
            }
            Some(StatusCode::TOO_MANY_REQUESTS) => Answer::Refused { told_when: wait.is_some() },
            status => Answer::Failed(status.map(|status| status.as_u16())),
        };
        self.ledger.write(Asked { name, at, took, answer });
        // To goose a 429 is a failure, and half an answer is none.
        let _ = match answer {
            Answer::Taken(_) | Answer::Refused { told_when: true } => user.set_success(&mut metric),
            Answer::Refused { told_when: false } | Answer::Failed(_) => {
                let code = body["code"].as_str().unwrap_or(&metric.error);
                self.ledger.write_failure(format!("{name} at {at:.1?}: {answer:?} {code}"));
                user.set_failure(name, &mut metric, None, None)
            }
        };
        match answer {
            Answer::Taken(status) if Some(status) != or => Some(body),
            Answer::Refused { .. } => {
                sleep(wait.unwrap_or_default().min(LONGEST_WAIT)).await;
                None
            }
            Answer::Taken(_) | Answer::Failed(_) => None,
        }
    }
}

fn request<'a>(user: &GooseUser, ask: Ask<'a>) -> Option<GooseRequest<'a>> {
    let request = user.get_request_builder(&ask.method, ask.path).ok()?.bearer_auth(ask.token);
    let request = match ask.body {
        Body::None => request,
        Body::Json(body) => request.json(&body),
        Body::Photo(photo) => request.multipart(Form::new().part("photo", part(photo))),
        Body::Feed(feed) => request.header(CONTENT_TYPE, "application/jsonl").body(feed),
    };
    let named = GooseRequest::builder().method(ask.method).path(ask.path).name(ask.name);
    Some(named.set_request_builder(request).build())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
