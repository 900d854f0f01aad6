//! A look on its way out: as one JSON body, or as server-sent events while it is being found.

use std::{pin::Pin, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName, HeaderValue},
    web,
};
use async_stream::stream;
use futures::{Stream, StreamExt};
use serde::Serialize;
use tokio::time::{Instant, sleep_until, timeout};
use utoipa::ToSchema;
use vitrine_core::{
    garment::Garment,
    ids::LookId,
    look::{Match, Suggestion},
    ports::{AdvicePiece, ModelError},
    shopping::{LookEvent, LookRequest, LookStream, Unanswered},
};

use crate::{problem::Problem, problems::Code, requests, state::State};

const EVENTS: &str = "text/event-stream";
/// How long a line may be silent: proxies close one that is for a minute.
const SILENCE: Duration = Duration::from_secs(15);

/// Answers in the form that the client accepts.
pub(crate) async fn answer(
    http: &HttpRequest,
    asked: LookRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if accepts_events(http) { streamed(asked, state).await } else { whole(asked, &state).await }
}

async fn whole(asked: LookRequest, state: &State) -> Result<HttpResponse, Problem> {
    let look = timeout(state.answer_time, state.shop.look(asked, &state.admission))
        .await
        .unwrap_or_else(|_| Err(ModelError::Timeout(state.answer_time.as_secs()).into()))?;
    state.readiness.proven();
    Ok(HttpResponse::Ok()
        .insert_header((header::LOCATION, format!("/v1/looks/{}", look.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(look))
}

/// What stands in the way of the first event is a problem like any other; what happens later is
/// told by the last one.
async fn streamed(asked: LookRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let deadline = Instant::now() + state.answer_time;
    let late = || Err(Problem::of(Code::ModelTimeout));
    let queued = async { Ok(state.shop.advise(asked, &state.admission).await?) };
    let events = tokio::time::timeout_at(deadline, queued).await.unwrap_or_else(|_| late())?;
    let lines = lines(events, deadline, requests::current(), state);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, EVENTS))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ))
        .streaming(lines.map(Ok::<_, actix_web::Error>)))
}

/// Whether the client asks for events (RFC 9110, 12.5.1).
fn accepts_events(http: &HttpRequest) -> bool {
    let accepted = http.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let wanted = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS));
        wanted && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The events as lines (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), ending
/// with one `look.completed` or one `look.failed`.
fn lines(
    mut events: LookStream,
    deadline: Instant,
    request: Option<String>,
    state: web::Data<State>,
) -> impl Stream<Item = web::Bytes> {
    stream! {
        let end = async {
            tokio::select! {
                () = sleep_until(deadline) => Code::ModelTimeout,
                () = state.out_of_time() => Code::Stopping,
            }
        };
        let mut end = std::pin::pin!(end);
        loop {
            let event = match next(&mut events, end.as_mut()).await {
                Next::Event(event) => *event,
                Next::Silence => {
                    yield web::Bytes::from_static(b":\n\n");
                    continue;
                }
                Next::End(code) => {
                    yield failed(&Problem::of(code), request.as_ref());
                    return;
                }
            };
            let last = matches!(event, LookEvent::Completed(_) | LookEvent::Failed(_));
            if matches!(event, LookEvent::Completed(_)) {
                state.readiness.proven();
            }
            yield told(event, request.as_ref());
            if last {
                return;
            }
        }
    }
}

enum Next {
    Event(Box<LookEvent>),
    Silence,
    /// No event comes any more, and why.
    End(Code),
}

async fn next(events: &mut LookStream, end: Pin<&mut impl Future<Output = Code>>) -> Next {
    tokio::select! {
        biased;
        event = events.next() => {
            event.map_or(Next::End(Code::Internal), |event| Next::Event(Box::new(event)))
        }
        code = end => Next::End(code),
        () = tokio::time::sleep(SILENCE) => Next::Silence,
    }
}

/// `look.created`.
#[derive(Serialize, ToSchema)]
pub(crate) struct LookCreated {
    id: LookId,
    photo_id: String,
    model: String,
}

/// `look.garment`.
#[derive(Serialize, ToSchema)]
pub(crate) struct LookGarmentSeen {
    id: String,
    #[serde(flatten)]
    garment: Garment,
}

/// `look.matches`.
#[derive(Serialize, ToSchema)]
pub(crate) struct LookMatches {
    garment_id: String,
    matches: Vec<Match>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// `look.advice.delta`: one of the two.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LookAdviceDelta {
    /// The overall sentence; comes once, first.
    Text(String),
    /// One more suggestion.
    Suggestion(Suggestion),
}

fn told(event: LookEvent, request: Option<&String>) -> web::Bytes {
    match event {
        LookEvent::Created { id, photo_id, model } => {
            line("look.created", &LookCreated { id, photo_id, model })
        }
        LookEvent::Garment { id, garment } => {
            line("look.garment", &LookGarmentSeen { id, garment })
        }
        LookEvent::Matches { garment_id, matches, note } => {
            line("look.matches", &LookMatches { garment_id, matches, note })
        }
        LookEvent::Completion(completion) => line("look.completion", &completion),
        LookEvent::Advice(AdvicePiece::Text(text)) => {
            line("look.advice.delta", &LookAdviceDelta::Text(text))
        }
        LookEvent::Advice(AdvicePiece::Suggestion(suggestion)) => {
            line("look.advice.delta", &LookAdviceDelta::Suggestion(suggestion))
        }
        LookEvent::Completed(look) => line("look.completed", &look),
        LookEvent::Failed(error) => failed(&error.into(), request),
    }
}

fn failed(problem: &Problem, request: Option<&String>) -> web::Bytes {
    line("look.failed", &problem.body(request))
}

/// JSON has no line breaks of its own, so one line holds it.
fn line<T: Serialize>(name: &str, data: &T) -> web::Bytes {
    match serde_json::to_string(data) {
        Ok(json) => format!("event: {name}\ndata: {json}\n\n").into(),
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            web::Bytes::from_static(b":\n\n")
        }
    }
}

impl From<Unanswered> for Problem {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Busy(busy) => busy.into(),
            Unanswered::Model(error) => error.into(),
        }
    }
}
