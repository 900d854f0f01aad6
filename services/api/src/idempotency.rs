//! Requests that are sent again because their answer was lost: with the same `Idempotency-Key` they
//! are answered as before, and nothing is done twice (draft-ietf-httpapi-idempotency-key-header).

mod fingerprint;
mod key;
mod record;
mod told;

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use actix_web::{
    Error, HttpMessage,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use futures::StreamExt;
use tokio::time::timeout;
use vitrine_core::{
    holding::Holding,
    ports::{Cache, Locks, StoreError},
};

use crate::{problem::Problem, problems::Code, state::State};
use fingerprint::{Body, Fingerprint};
use record::Record;

pub(crate) use record::REPLAYED;

/// Paths whose POST may bear a key.
pub(crate) const PATHS: &[&str] = &[
    "/v1/looks",
    "/v1/looks/{id}/refinements",
    "/v1/catalog/imports",
    "/v1/catalog/offers",
    "/v1/catalog/reindex",
    "/v1/catalog/feeds/{name}/imports",
];

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// When to come back to a request that is still being answered.
const COME_BACK: Duration = Duration::from_secs(2);

/// What was answered, and what is being answered.
pub(crate) struct Idempotency {
    records: Arc<dyn Cache>,
    locks: Arc<dyn Locks>,
}

/// What is known of a key.
enum Begun {
    /// It is new; others wait.
    Now(Holding),
    Already(Record),
    Elsewhere,
}

impl Idempotency {
    pub(crate) fn new(records: Arc<dyn Cache>, locks: Arc<dyn Locks>) -> Self {
        Self { records, locks }
    }

    async fn begin(&self, name: &str) -> Result<Begun, StoreError> {
        if let Some(record) = self.record(name).await? {
            return Ok(Begun::Already(record));
        }
        let Some(holding) = Holding::take(&self.locks, name).await? else {
            return Ok(Begun::Elsewhere);
        };
        // It may have been answered between the two.
        Ok(match self.record(name).await? {
            Some(record) => Begun::Already(record),
            None => Begun::Now(holding),
        })
    }

    async fn record(&self, name: &str) -> Result<Option<Record>, StoreError> {
        let bytes = self.records.get(name).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn keep(&self, name: &str, record: &Record) {
        let Ok(bytes) = serde_json::to_vec(record) else { return };
        if let Err(error) = self.records.put(name, bytes, KEPT).await {
            tracing::warn!(%error, "an answer is not kept for who asks for it again");
        }
    }
}

/// Answers a request once, however often it comes.
pub(crate) async fn once(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let name = match key::name(&request) {
        Ok(Some(name)) => name,
        Ok(None) => return next.call(request).await,
        Err(problem) => return Ok(request.error_response(problem)),
    };
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return next.call(request).await;
    };
    match state.idempotency.begin(&name).await {
        Ok(Begun::Now(holding)) => {
            let answer = answer(&state, &name, request, next).await;
            holding.end().await;
            answer
        }
        Ok(Begun::Already(record)) => Ok(again(&state, record, request).await),
        Ok(Begun::Elsewhere) => {
            let problem = Problem::of(Code::IdempotencyInFlight).retry_after(COME_BACK);
            Ok(request.error_response(problem))
        }
        Err(error) => {
            tracing::warn!(%error, "a request is answered without a look at its key");
            next.call(request).await
        }
    }
}

/// Answers, and keeps the answer with a fingerprint of the body, taken as it passes by.
async fn answer(
    state: &State,
    name: &str,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let fingerprint = Fingerprint::of(&request);
    let body = Rc::new(RefCell::new(Body::new(request.take_payload(), fingerprint)));
    request.set_payload(Payload::Stream { payload: Box::pin(fingerprint::shared(&body)) });
    let answer = next.call(request).await?;
    if !record::is_kept(answer.status()) {
        return Ok(answer);
    }
    // What its handler had no need of.
    let rest = timeout(state.body_time, fingerprint::rest(&body)).await;
    let Some(fingerprint) = rest.ok().flatten() else { return Ok(answer) };
    let (request, response) = answer.into_parts();
    let (record, response) = Record::of(response, fingerprint).await;
    if let Some(record) = record {
        state.idempotency.keep(name, &record).await;
    }
    Ok(ServiceResponse::new(request, response))
}

/// The answer of before, if the body is that of before too; it is read and not kept.
async fn again(state: &State, record: Record, mut request: ServiceRequest) -> ServiceResponse {
    let mut body = Body::new(request.take_payload(), Fingerprint::of(&request));
    let same = loop {
        match timeout(state.body_time, body.next()).await {
            Err(_) => break Err(Problem::of(Code::BodySlow)),
            Ok(Some(Err(_))) => break Err(Problem::of(Code::BodyIncomplete)),
            Ok(Some(Ok(_))) if body.longer_than(&record.body) => break Ok(false),
            Ok(Some(Ok(_))) => {}
            Ok(None) => break Ok(body.fingerprint().as_ref() == Some(&record.body)),
        }
    };
    match same {
        Ok(true) => request.into_response(record.response()),
        Ok(false) => request.error_response(Problem::of(Code::IdempotencyConflict)),
        Err(problem) => request.error_response(problem),
    }
}
