//! Where Meta brings what customers write in WhatsApp.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::Value;
use tokio::time::timeout;
use vitrine_core::conversation::Conversation;

use crate::{
    body,
    inbound::{Account, WHATSAPP, payload},
    problem::Problem,
    problems::Code,
    state::State,
};

/// The most bytes of what Meta brings at once.
const MAX_BODY: usize = 256 * 1024;
const SIGNATURE: &str = "x-hub-signature-256";

/// Answers Meta's question whether this address is meant.
pub(crate) async fn verify(
    path: web::Path<String>,
    asked: Result<web::Query<HashMap<String, String>>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let account = account(&path, &state)?;
    let asked = asked.map(web::Query::into_inner).unwrap_or_default();
    let of = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    if of("hub.mode") != "subscribe" || !account.verifies(of("hub.verify_token")) {
        return Err(Problem::of(Code::VerifyTokenWrong));
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body(of("hub.challenge").to_owned()))
}

/// Keeps what Meta brings; it is answered as soon as its turn comes.
pub(crate) async fn receive(
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let account = account(&path, &state)?;
    let signature = request.headers().get(SIGNATURE).and_then(|value| value.to_str().ok());
    let signature = signature.ok_or_else(|| Problem::of(Code::SignatureInvalid))?;
    let body = {
        let _place = state.place()?;
        let reading = timeout(state.body_time, body::whole(payload, MAX_BODY)).await;
        reading.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?
    };
    if !account.signed(&body, signature) {
        return Err(Problem::of(Code::SignatureInvalid));
    }
    let body: Value = body::from_json(&body)?;
    let incoming = payload::messages(&body, &account.phone_number_id);
    for payload::Incoming { from, received } in &incoming {
        let conversation = Conversation {
            id: account.conversation(from),
            address: Some(from.clone()),
            ..Conversation::new(WHATSAPP)
        };
        state.inbound.mailbox.receive(&account.merchant, &conversation, received).await?;
    }
    if !incoming.is_empty() {
        state.inbound.waker().notify_one();
    }
    Ok(HttpResponse::Ok().finish())
}

fn account<'a>(merchant: &str, state: &'a State) -> Result<&'a Account, Problem> {
    state.inbound.account(merchant).ok_or_else(|| Problem::of(Code::InboundUnknown))
}
