//! The door for what speaks OpenAI's chat.

use actix_web::{HttpResponse, http::header, web};
use tokio::time::timeout;

use crate::{
    body,
    caller::Caller,
    openai::{Answer, ChatRequest, History, ModelList, Role, whole},
    problem::Problem,
    problems::Code,
    sse,
    state::State,
};

/// A photo of 20 MiB as base64, and what goes with it.
const MAX_BODY: usize = 28 * 1024 * 1024;

/// Answers the last message of a chat, whole or in chunks.
pub(crate) async fn create(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let _place = state.place()?;
    let reading = timeout(state.body_time, body::described(payload, MAX_BODY, Code::ChatInvalid));
    let asked: ChatRequest = reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    let asked = asked.checked()?;
    let (shape, tool) = (asked.shape()?, asked.tool()?);
    let merchant = &caller.merchant;
    let history = History::of(merchant, &asked.messages);
    let history = history.ok_or_else(|| Problem::of(Code::ChatInvalid))?;
    let answered = async {
        let mut conversation = history.conversation(&state).await;
        if asked.messages.last().is_some_and(|last| last.role == Role::Tool) {
            return Ok(Answer::again(conversation.memory.last_said()));
        }
        let said = history.said(&state).await?;
        let chatting = &state.chatting;
        let reply = chatting.answer_elsewhere(merchant, &mut conversation, &said).await?;
        let answer = Answer::of(reply, &shape, tool);
        history.remember(&answer.content, &conversation, &state).await;
        Ok(answer)
    };
    let late = |_| Err(Problem::of(Code::ModelTimeout));
    let answer = timeout(state.answer_time, answered).await.unwrap_or_else(late)?;
    if asked.stream == Some(true) {
        return Ok(sse::head().body(answer.chunks()));
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(whole(answer)))
}

/// The models that there are.
pub(crate) async fn models() -> HttpResponse {
    HttpResponse::Ok().json(ModelList::own())
}

/// The one model.
pub(crate) async fn model(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let entry = ModelList::own().named(&path);
    entry
        .map(|entry| HttpResponse::Ok().json(entry))
        .ok_or_else(|| Problem::of(Code::ChatModelUnknown))
}
