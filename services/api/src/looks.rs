//! A look on its way out: as one JSON body, or as server-sent events while it is being found.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;
use vitrine_core::{
    garment::Garment,
    ids::LookId,
    look::{Look, Match, Suggestion},
    ports::{AdvicePiece, ModelError},
    shopping::{LookEvent, LookRequest, Unanswered},
};

use crate::{
    problem::Problem,
    problems::Code,
    requests,
    sse::{self, Told, accepts_events, line},
    state::State,
};

/// Answers in the form that the client accepts.
pub(crate) async fn answer(
    http: &HttpRequest,
    asked: LookRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if accepts_events(http.headers()) {
        streamed(asked, state).await
    } else {
        whole(asked, &state).await
    }
}

/// The look, once all of it is found.
pub(crate) async fn found(asked: LookRequest, state: &State) -> Result<Look, Problem> {
    let look = timeout(state.answer_time, state.shop.look(asked, &state.admission))
        .await
        .unwrap_or_else(|_| Err(ModelError::Timeout(state.answer_time.as_secs()).into()))?;
    state.readiness.proven();
    Ok(look)
}

async fn whole(asked: LookRequest, state: &State) -> Result<HttpResponse, Problem> {
    let look = found(asked, state).await?;
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
    let request = requests::current();
    let (readiness, again) = (Arc::clone(&state.readiness), request.clone());
    let told = move |event| {
        let is_completed = matches!(event, LookEvent::Completed(_));
        if is_completed {
            readiness.proven();
        }
        let is_last = is_completed || matches!(event, LookEvent::Failed(_));
        Told { lines: told(event, request.as_ref()), is_last }
    };
    let ended = move |code| failed(&Problem::of(code), again.as_ref());
    Ok(sse::response(sse::lines(events, deadline, state, told, ended)))
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

impl From<Unanswered> for Problem {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Busy(busy) => busy.into(),
            Unanswered::Model(error) => error.into(),
        }
    }
}
