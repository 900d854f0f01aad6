//! Where chat systems bring what customers write there, signed as Standard Webhooks has it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{self, Bytes},
};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::time::timeout;
use vitrine_core::{
    chatting::Said,
    conversation::Conversation,
    digest,
    ids::MerchantId,
    inbound::conversation_id,
    ports::ModelError,
    webhooks::{SenderSecret, Signed, Unsigned},
};

use crate::{
    body,
    idempotency::REPLAYED,
    problem::Problem,
    problems::Code,
    state::State,
    upload::{chat::SentMessage, json::MAX_JSON},
};

/// The most characters of what a chat system calls a conversation, and a message.
const MAX_CONVERSATION: usize = 200;
const MAX_ID: usize = 255;

/// A message, and what the chat system calls its conversation.
struct Told {
    conversation: String,
    message: SentMessage,
}

/// Answers a message. The same one again is answered as before.
pub(crate) async fn receive(
    path: web::Path<(String, String)>,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (merchant, name) = path.into_inner();
    let sender = state.inbound.sender(&merchant, &name);
    let (merchant, secret) = sender.ok_or_else(|| Problem::of(Code::InboundUnknown))?;
    let signed = headers(&request)?;
    let key = format!("inbound:{}", digest(&[merchant.as_str(), &name, &signed.id]));
    let (conversation, said) = {
        let _place = state.place()?;
        let reading = timeout(state.body_time, body::whole(payload, MAX_JSON)).await;
        let body = reading.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
        let origin = signed.id.clone();
        let Told { conversation, message } = read(secret.clone(), signed, body).await?;
        if let Some(told) = state.idempotency.told(&key).await? {
            return Ok(answer(told, true));
        }
        let said = message.said(merchant, &state).await?;
        (conversation, Said { origin: Some(origin), ..said })
    };
    let conversation = Conversation {
        id: conversation_id(secret.bytes(), merchant, &name, &conversation),
        ..Conversation::new(name)
    };
    // To its end, whoever listens: else there would be no answer to tell again.
    let (state, merchant) = (state.clone(), merchant.clone());
    let answering = tokio::spawn(async move {
        let replied = replied(&state, &merchant, &conversation, said);
        state.idempotency.tell_once(&key, replied).await
    });
    let (told, before) = answering.await.map_err(|_| Problem::of(Code::Internal))??;
    Ok(answer(told, before))
}

fn answer(told: Vec<u8>, before: bool) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).content_type("application/json");
    if before {
        answer.insert_header((REPLAYED, "true"));
    }
    answer.body(told)
}

async fn replied(
    state: &State,
    merchant: &MerchantId,
    conversation: &Conversation,
    said: Said,
) -> Result<Vec<u8>, Problem> {
    let chatting = &state.chatting;
    chatting.conversations.create_conversation(merchant, conversation).await?;
    let reply = timeout(state.answer_time, chatting.reply(merchant, conversation.id, said)).await;
    let late = |_| Err(ModelError::Timeout(state.answer_time.as_secs()).into());
    let reply = reply.unwrap_or_else(late)?;
    serde_json::to_vec(&reply).map_err(|_| Problem::of(Code::Internal))
}

fn headers(request: &HttpRequest) -> Result<Signed, Problem> {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.ok_or_else(|| Problem::of(Code::SignatureInvalid))
    };
    let id = header("webhook-id")?;
    if !(1..=MAX_ID).contains(&id.len()) {
        return Err(Problem::of(Code::SignatureInvalid));
    }
    let (timestamp, signatures) = (header("webhook-timestamp")?, header("webhook-signature")?);
    Signed::new(id, timestamp, signatures, Timestamp::now()).map_err(unsigned)
}

fn unsigned(error: Unsigned) -> Problem {
    Problem::new(Code::SignatureInvalid, format!("{error}. {}", Code::SignatureInvalid.remedy()))
}

/// Checks the signature and reads what is signed, on a thread for work that takes its time.
async fn read(secret: SenderSecret, signed: Signed, body: Bytes) -> Result<Told, Problem> {
    let reading = tokio::task::spawn_blocking(move || {
        secret.signed(&signed, &body).map_err(unsigned)?;
        told(&body)
    });
    reading.await.unwrap_or_else(|_| Err(Problem::of(Code::Internal)))
}

fn told(body: &[u8]) -> Result<Told, Problem> {
    let mut fields: Map<String, Value> = body::from_json(body)?;
    let conversation = match fields.shift_remove("conversation") {
        Some(Value::String(name)) if (1..=MAX_CONVERSATION).contains(&name.chars().count()) => name,
        _ => {
            let detail = format!("This is no string of 1 to {MAX_CONVERSATION} characters");
            return Err(Problem::of_field(Code::MessageInvalid, "conversation", detail));
        }
    };
    Ok(Told { conversation, message: SentMessage::of(fields)? })
}
