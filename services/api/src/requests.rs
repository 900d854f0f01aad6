//! What holds for every request: its name, its line in the log, headers that every answer bears,
//! and that a panic in one is an answer to that one only.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use futures::FutureExt;
use tracing::{Instrument, Span, field::Empty};
use vitrine_core::{
    ids::{KeyId, MerchantId},
    meters::meters,
};

use crate::{problem::Problem, problems::Code, state::State, trace};

/// The header that names a request.
const HEADER: HeaderName = HeaderName::from_static("request-id");

/// When another service answers in place of one that stops.
const COME_BACK: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// The request that is being answered.
    static REQUEST_ID: String;
}

/// Watches over one request from its first byte to its answer.
pub(crate) async fn watch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = requested_id(&request).unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let span = tracing::info_span!(
        "request", otel.kind = "server", request_id = %id, trace_id = Empty,
        method = %request.method(), route = Empty, merchant = Empty, key = Empty,
        status = Empty, ms = Empty
    );
    trace::join(&span, request.headers());
    let method = request.method().to_string();
    let line = Line { span: span.clone(), started: Instant::now(), method, answered: false };
    let state = request.app_data::<web::Data<State>>().cloned();
    let work = in_time(state, caught(request, next));
    let work = REQUEST_ID.scope(id.clone(), work).instrument(span);
    let mut answer = work.await;
    line.answered(&answer);
    if let Ok(response) = &mut answer {
        name(response.headers_mut(), &id);
    }
    answer
}

/// The request that is being answered; not known on a thread for blocking work.
pub(crate) fn current() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

async fn caught<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    match AssertUnwindSafe(async { next.call(request).await }).catch_unwind().await {
        Ok(answer) => answer,
        Err(_) => {
            tracing::error!("the handler panicked");
            Err(Problem::of(Code::Internal).into())
        }
    }
}

/// Gives work up that would not be done before a service that stops is gone.
async fn in_time<T>(
    state: Option<web::Data<State>>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(state) = state else { return work.await };
    tokio::select! {
        done = work => done,
        () = state.out_of_time() => Err(Problem::of(Code::Stopping).retry_after(COME_BACK).into()),
    }
}

/// Sets the headers that every answer bears.
pub(crate) fn name(headers: &mut HeaderMap, id: &str) {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
}

/// The client's own name for the request, if it is harmless in a log: 1 to 64 letters, digits,
/// `.`, `_` and `-`.
fn requested_id(request: &ServiceRequest) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    ((1..=64).contains(&id.len()) && id.bytes().all(harmless)).then(|| id.to_owned())
}

/// The one line that the log has of a request, written when it is answered or given up.
struct Line {
    span: Span,
    started: Instant,
    method: String,
    answered: bool,
}

impl Line {
    fn answered<B>(mut self, answer: &Result<ServiceResponse<B>, Error>) {
        let status = match answer {
            Ok(response) => {
                let request = response.request();
                let route = request.match_pattern();
                let route = route.as_deref().unwrap_or("none");
                self.span.record("route", route);
                let status = response.status().as_u16();
                meters().request(route, &self.method, status, self.started.elapsed());
                trace::answered(&self.span, &self.method, route, status);
                if let Some(merchant) = request.extensions().get::<MerchantId>() {
                    self.span.record("merchant", merchant.as_str());
                }
                if let Some(key) = request.extensions().get::<KeyId>() {
                    self.span.record("key", tracing::field::display(key));
                }
                response.status()
            }
            Err(error) => error.as_response_error().status_code(),
        };
        self.span.record("status", status.as_u16());
        self.answered = true;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.span.record("ms", self.started.elapsed().as_millis() as u64);
        let said = if self.answered { "answered" } else { "the client left" };
        tracing::info!(parent: &self.span, "{said}");
    }
}
