//! Conversations with customers.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;
use vitrine_core::{
    chatting::{Reply, Said},
    conversation::{ChatMessage, Conversation},
    ids::{ConversationId, CustomerId},
    ports::Kept,
    scope::Scope,
};

use crate::{
    body,
    caller::Caller,
    chats,
    conversation_status::{ConversationPage, ConversationStatus},
    page::{Page, Paged},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
    upload::{
        ask,
        chat::{MessageBody, MessageForm, SentMessage},
    },
};

/// The most bytes of a conversation's description.
const MAX_BODY: usize = 4 * 1024;

/// A conversation that is wanted.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationBody {
    /// A customer whom the merchant told of (`putCustomer`): their sizes, budget and purchases count.
    /// Needs the scope `customers`.
    customer_id: Option<CustomerId>,
    /// The language to answer in (BCP 47).
    #[schema(example = "en-GB")]
    locale: Option<String>,
}

/// Begin a conversation
#[utoipa::path(
    post,
    path = "/v1/conversations",
    operation_id = "createConversation",
    tag = "conversations",
    security(("token" = [])),
    request_body = ConversationBody,
    responses(
        (status = 201, description = "It has begun", body = ConversationStatus, headers(
            ("Location" = String, description = "Where it is")
        )),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`conversation_invalid`, `locale_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn create_conversation(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let body: serde_json::Value = body::json(payload, MAX_BODY).await?;
    if !body.is_object() {
        return Err(Problem::of(Code::ConversationInvalid));
    }
    let ConversationBody { customer_id, locale } =
        body::described_by(body, Code::ConversationInvalid)?;
    if customer_id.is_some() && !caller.scopes.has(Scope::Customers) {
        return Err(Problem::scope_missing(&[Scope::Customers]));
    }
    let locale = locale.map(|locale| ask::locale(locale.into())).transpose()?;
    let conversation = Conversation { customer_id, locale, ..Conversation::new("api") };
    state.chatting.conversations.create_conversation(&caller.merchant, &conversation).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/v1/conversations/{}", conversation.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ConversationStatus::from(&conversation)))
}

/// Get a conversation
///
/// Its last 200 messages are kept; of those before them the summary tells.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}",
    operation_id = "getConversation",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As it was given when it began"), Page),
    responses(
        (status = 200, description = "The conversation and a page of its messages, the newest first", body = ConversationPage),
        (status = 400, description = "`id_invalid`, `cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`limit_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_conversation(
    caller: Caller,
    path: web::Path<String>,
    page: Result<web::Query<Page>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let paged = Page::read(page)?;
    let Kept { conversation, .. } = known(&caller, &path, &state).await?;
    let (messages, next) = messages(&caller, conversation.id, paged, &state).await?;
    let conversation = ConversationStatus::from(&conversation);
    Ok(HttpResponse::Ok().json(ConversationPage { conversation, messages, next }))
}

/// Say something
///
/// A customer's message, words or photos or both. It is understood and answered out of the shop:
/// products shown can be called by their places (`the second one in green, size 40`). Prices, sizes
/// and stock in the reply are those of now. Where a person is asked for or needed, the conversation
/// waits for an agent; while one answers, messages are kept and have no reply here.
///
/// With `Accept: text/event-stream` it comes as server-sent events: `message.heard` (MessageHeard),
/// `message.understood` (MessageUnderstood), `message.products` (MessageProducts), and at the end
/// exactly one `message.completed`, whose data is the Reply, or `message.failed`, whose data is a
/// Problem. The reply is found and kept even where the client leaves.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/messages",
    operation_id = "sendMessage",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As it was given when it began")),
    request_body(content((MessageBody = "application/json"), (MessageForm = "multipart/form-data"))),
    responses(
        (status = 200, description = "The reply, whole or as events", content((Reply = "application/json"), (String = "text/event-stream"))),
        (status = 400, description = "`id_invalid`, `json_invalid`, `multipart_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`, `photo_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`conversation_answering`, `conversation_changed`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 413, description = "`photo_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`photo_not_a_picture`, `photo_format_unsupported`, `body_unsupported`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`message_empty`, `message_invalid`, `photo_missing`, `photo_empty`, `photo_base64_invalid`, `photo_unreachable`, `photo_damaged`, `photo_too_many_pixels`, `photo_too_small`, `photo_too_narrow`, `locale_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`busy`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "`model_answer_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`model_unavailable`, `store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn send_message(
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, said) = read(&caller, &path, &request, payload, &state).await?;
    chats::answer(&request, &caller.merchant, id, said, state).await
}

/// The bytes have their place from the first one until they are photos.
async fn read(
    caller: &Caller,
    path: &str,
    request: &HttpRequest,
    payload: web::Payload,
    state: &State,
) -> Result<(ConversationId, Said), Problem> {
    let _place = state.place()?;
    let reading = timeout(state.body_time, SentMessage::read(request, payload));
    let message = reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    let id = known(caller, path, state).await?.conversation.id;
    Ok((id, message.said(&caller.merchant, state).await?))
}

/// Delete a conversation
///
/// It and its messages are forgotten at once. The photos go with their own time, an hour where
/// nothing else is set.
#[utoipa::path(
    delete,
    path = "/v1/conversations/{id}",
    operation_id = "deleteConversation",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As it was given when it began")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_conversation(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = path.parse().map_err(|_| Problem::of(Code::IdInvalid))?;
    if !state.chatting.conversations.remove_conversation(&caller.merchant, id).await? {
        return Err(Problem::of(Code::ConversationUnknown));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The conversation that a path names.
pub(super) async fn known(caller: &Caller, id: &str, state: &State) -> Result<Kept, Problem> {
    let id: ConversationId = id.parse().map_err(|_| Problem::of(Code::IdInvalid))?;
    let kept = state.chatting.conversations.conversation(&caller.merchant, id).await?;
    kept.ok_or_else(|| Problem::of(Code::ConversationUnknown))
}

/// A page of messages, and the cursor of the one after it.
pub(super) async fn messages(
    caller: &Caller,
    id: ConversationId,
    Paged { limit, after }: Paged<u64>,
    state: &State,
) -> Result<(Vec<ChatMessage>, Option<String>), Problem> {
    let conversations = &state.chatting.conversations;
    let mut messages =
        conversations.messages(&caller.merchant, id, after, limit.saturating_add(1)).await?;
    let has_more = messages.len() > limit;
    messages.truncate(limit);
    let last = messages.last().filter(|_| has_more);
    let next = last.map(|message| Page::cursor(&message.number));
    Ok((messages, next))
}
