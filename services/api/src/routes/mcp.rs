use actix_web::{HttpRequest, HttpResponse, web};
use tokio::time::timeout;

use crate::{
    caller::Caller,
    mcp::{self, Message},
    problem::Problem,
    problems::Code,
    state::State,
};

/// The door for models that speak the Model Context Protocol.
pub(super) async fn mcp(
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let place = state.place()?;
    let reading = timeout(state.body_time, Message::read(&request, payload, place));
    let message = reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    mcp::answer(message, request.headers(), caller, state).await
}
