use actix_web::{HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use vitrine_core::events::Taken;

use crate::{
    body,
    caller::Caller,
    event_line::EventLine,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Events of one request at most, and its bytes.
const MAX_EVENTS: usize = 1_000;
const MAX_BODY: usize = 2 * 1024 * 1024;
/// The most characters that are said of one event.
const MAX_DETAIL: usize = 400;

/// What customers did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsBody {
    #[schema(value_type = Vec<EventLine>, min_items = 1, max_items = 1000)]
    events: Vec<Value>,
}

/// What was taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventsAnswer {
    /// Events that count from now on.
    taken: u64,
    /// Events whose id was known already; they count once.
    repeated: u64,
    /// Events that are not taken.
    problems: Vec<EventProblem>,
}

/// Why an event was not taken; the others were.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventProblem {
    /// Which event, from 0.
    index: usize,
    /// `event_invalid`, `time_future`, `time_old`, `answer_ambiguous`, `answer_missing`,
    /// `product_missing`, `purchase_incomplete`, `value_unexpected` or `value_invalid`.
    #[schema(example = "time_old")]
    code: &'static str,
    /// What is wrong, and what to do.
    detail: String,
}

/// Tell what customers did
///
/// Views, clicks, carts, purchases and thumbs, each with an id chosen by who sends it. An event
/// counts once, however often and by however many it is sent: send a batch again where no answer
/// came. An event that can not be taken is told; the others are taken.
#[utoipa::path(
    post,
    path = "/v1/events",
    operation_id = "sendEvents",
    tag = "events",
    security(("token" = [])),
    request_body = EventsBody,
    responses(
        (status = 200, description = "What was taken and what was not", body = EventsAnswer),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`events_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn send_events(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let EventsBody { events } = body::json(payload, MAX_BODY).await?;
    if !(1..=MAX_EVENTS).contains(&events.len()) {
        let detail = format!("There are {} events", events.len());
        return Err(Problem::of_field(Code::EventsInvalid, "events", detail));
    }
    let now = Timestamp::now();
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for (index, line) in events.into_iter().enumerate() {
        let read = serde_json::from_value::<EventLine>(line).map_err(|error| {
            let detail: String = error.to_string().chars().take(MAX_DETAIL).collect();
            (
                "event_invalid",
                format!("{detail}; send the fields and words that `/openapi.json` lists"),
            )
        });
        let event = read.and_then(|line| {
            line.event(&caller.merchant, now).map_err(|error| (error.code(), error.to_string()))
        });
        match event {
            Ok(event) => good.push(event),
            Err((code, detail)) => problems.push(EventProblem { index, code, detail }),
        }
    }
    let Taken { new, repeated } =
        state.shop.measuring.events.take_events(&caller.merchant, good).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(EventsAnswer {
        taken: new,
        repeated,
        problems,
    }))
}
