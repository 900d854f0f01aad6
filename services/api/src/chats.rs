//! A reply on its way out: as one JSON body, or as server-sent events while it is being found.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Serialize;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa::ToSchema;
use vitrine_core::{
    chatting::{ChatError, ChatEvent, Said},
    conversation::Intent,
    ids::{ConversationId, MerchantId, ProductId},
    look::Match,
    ports::ModelError,
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
    merchant: &MerchantId,
    id: ConversationId,
    said: Said,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if !accepts_events(http.headers()) {
        let reply = timeout(state.answer_time, state.chatting.reply(merchant, id, said)).await;
        let late = |_| Err(ModelError::Timeout(state.answer_time.as_secs()).into());
        let reply = reply.unwrap_or_else(late)?;
        return Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(reply));
    }
    let deadline = Instant::now() + state.answer_time;
    let heard = timeout_at(deadline, state.chatting.say(merchant, id, said)).await;
    let events = heard.map_err(|_| Problem::of(Code::ModelTimeout))??;
    let request = requests::current();
    let again = request.clone();
    let told = move |event| told(event, request.as_ref());
    let ended = move |code| failed(&Problem::of(code), again.as_ref());
    Ok(sse::response(sse::lines(events, deadline, state, told, ended)))
}

/// `message.heard`.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageHeard {
    /// The number of the customer's message.
    number: u64,
}

/// `message.understood`.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageUnderstood {
    intent: Intent,
    /// The products shown before that are meant.
    about: Vec<ProductId>,
}

/// `message.products`.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageProducts {
    products: Vec<Match>,
}

fn told(event: ChatEvent, request: Option<&String>) -> Told {
    let is_last = matches!(event, ChatEvent::Completed(_) | ChatEvent::Failed(_));
    let lines = match event {
        ChatEvent::Heard(number) => line("message.heard", &MessageHeard { number }),
        ChatEvent::Understood { intent, about } => {
            line("message.understood", &MessageUnderstood { intent, about })
        }
        ChatEvent::Products(products) => line("message.products", &MessageProducts { products }),
        ChatEvent::Completed(reply) => line("message.completed", &reply),
        ChatEvent::Failed(error) => failed(&error.into(), request),
    };
    Told { lines, is_last }
}

fn failed(problem: &Problem, request: Option<&String>) -> web::Bytes {
    line("message.failed", &problem.body(request))
}

impl From<ChatError> for Problem {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Unknown => Self::of(Code::ConversationUnknown),
            ChatError::Answering => {
                Self::of(Code::ConversationAnswering).retry_after(std::time::Duration::from_secs(1))
            }
            ChatError::Repeated => Self::of(Code::MessageRepeated),
            ChatError::Changed => Self::of(Code::ConversationChanged),
            ChatError::Busy(busy) => busy.into(),
            ChatError::Model(error) => error.into(),
            ChatError::Store(error) => error.into(),
        }
    }
}
