//! The agents' side of conversations.

use std::str::FromStr;

use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{
    chatting::{AgentAnswer, Change},
    conversation::{ChatMessage, ChatStatus, MAX_AGENT, MAX_TEXT, MESSAGES_KEPT, ReplySuggestion},
    garment::Garment,
    ids::{ConversationId, ProductId},
    ports::{After, Kept, Queued},
    vocabulary::UnknownWord,
};

use super::conversations::{known, messages};
use crate::{
    body,
    caller::Caller,
    conversation_status::ConversationStatus,
    page::{Page, after_of, limit_of},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of an agent's message.
const MAX_BODY: usize = 32 * 1024;
/// Messages that are told with a conversation.
const MESSAGES: usize = 20;
/// Products that an agent's message names at most.
const MAX_PRODUCTS: usize = 20;

/// Which conversations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Those that wait for an agent where not given.
    #[param(value_type = Option<ChatStatus>)]
    status: Option<String>,
    /// Conversations on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of conversations, those that wait longest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentQueue {
    conversations: Vec<ConversationStatus>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A conversation as an agent needs it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentView {
    conversation: ConversationStatus,
    /// Its last 20 messages, the newest first; all of them are at `/v1/conversations/{id}`.
    messages: Vec<ChatMessage>,
    /// The garments of the photo that was sent last.
    garments: Vec<Garment>,
    /// Replies to send as they are, or to change; prices in them are those of now.
    suggestions: Vec<ReplySuggestion>,
}

/// The bytes of a photo.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct PhotoFile(Vec<u8>);

/// What an agent writes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentMessageBody {
    /// The agent's name, as the customer is told it.
    #[schema(min_length = 1, max_length = 60, example = "Robin")]
    agent: String,
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
    /// Products that the message shows.
    #[serde(default)]
    #[schema(max_items = 20)]
    product_ids: Vec<ProductId>,
    /// The suggestion that was sent, or that this was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    suggestion: Option<String>,
}

/// Who answers from now on.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationChange {
    status: ChatStatus,
    /// The agent who answers; needed where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 60)]
    agent: Option<String>,
}

/// A place in the queue, as cursors have it.
struct Place(After);

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.0.since, self.0.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (since, id) = text.split_once(' ').ok_or(())?;
        let since = since.parse().map_err(|_| ())?;
        Ok(Self(After { since, id: id.parse().map_err(|_| ())? }))
    }
}

/// List conversations
///
/// Those that wait for an agent, or have another status; those that have it longest first.
#[utoipa::path(
    get,
    path = "/v1/agent/conversations",
    operation_id = "listConversations",
    tag = "conversations",
    security(("token" = [])),
    params(Asked),
    responses(
        (status = 200, description = "A page of conversations", body = AgentQueue),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`filter_invalid`, `limit_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_conversations(
    caller: Caller,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Asked { status, limit, cursor } =
        asked.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?.into_inner();
    let unknown =
        |error: UnknownWord| Problem::of_field(Code::FilterInvalid, "status", error.to_string());
    let status = status.map(|status| status.parse().map_err(unknown)).transpose()?;
    let limit = limit_of(limit.as_deref())?;
    let after: Option<Place> = after_of(cursor.as_deref())?;
    let mut queued = state
        .chatting
        .conversations
        .conversations(
            &caller.merchant,
            status.unwrap_or(ChatStatus::Waiting),
            after.map(|place| place.0),
            limit.saturating_add(1),
        )
        .await?;
    let has_more = queued.len() > limit;
    queued.truncate(limit);
    let last = queued.last().filter(|_| has_more);
    let next = last.map(|Queued { after, .. }| Page::cursor(&Place(*after)));
    let conversations =
        queued.iter().map(|queued| ConversationStatus::from(&queued.conversation)).collect();
    Ok(HttpResponse::Ok().json(AgentQueue { conversations, next }))
}

/// Get a conversation as an agent needs it
#[utoipa::path(
    get,
    path = "/v1/agent/conversations/{id}",
    operation_id = "getConversationAsAgent",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As the list has it")),
    responses(
        (status = 200, description = "The conversation, what the customer's photo shows, and suggested replies", body = AgentView),
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
pub(crate) async fn get_conversation(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Kept { conversation, .. } = known(&caller, &path, &state).await?;
    let page = crate::page::Paged { limit: MESSAGES, after: None };
    let (messages, _) = messages(&caller, conversation.id, page, &state).await?;
    let suggestions = state.chatting.suggestions(&caller.merchant, &conversation).await?;
    let garments = conversation.memory.garments.clone();
    let conversation = ConversationStatus::from(&conversation);
    Ok(HttpResponse::Ok().json(AgentView { conversation, messages, garments, suggestions }))
}

/// Get a photo of a conversation
///
/// Upright, as large as it is kept; the boxes of garments are fractions of it. Photos are kept an
/// hour at most where nothing else is set.
#[utoipa::path(
    get,
    path = "/v1/agent/conversations/{id}/photos/{photo_id}",
    operation_id = "getConversationPhoto",
    tag = "conversations",
    security(("token" = [])),
    params(
        ("id" = ConversationId, Path, description = "As the list has it"),
        ("photo_id" = String, Path, description = "As a message of the conversation has it")
    ),
    responses(
        (status = 200, description = "The photo", body = PhotoFile, content_type = "image/jpeg"),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`, `photo_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_photo(
    caller: Caller,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (id, photo_id) = path.into_inner();
    let id = known(&caller, &id, &state).await?.conversation.id;
    let conversations = &state.chatting.conversations;
    let kept = usize::try_from(MESSAGES_KEPT).unwrap_or(usize::MAX);
    let messages = conversations.messages(&caller.merchant, id, None, kept).await?;
    if !messages.iter().any(|message| message.photo_ids.contains(&photo_id)) {
        return Err(Problem::of(Code::PhotoUnknown));
    }
    let side = state.shop.vision.photo_side();
    let photo = state.shop.photos.find(&caller.merchant, &photo_id, side).await?;
    let photo = photo.ok_or_else(|| Problem::of(Code::PhotoUnknown))?;
    let jpeg = web::block(move || photo.jpeg()).await.map_err(|_| Problem::of(Code::Internal))?;
    Ok(HttpResponse::Ok()
        .content_type("image/jpeg")
        // It must reach no disk, that of a browser neither.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(jpeg))
}

/// Answer as an agent
///
/// The agent answers from now on; the assistant says nothing until the conversation is given back
/// to it.
#[utoipa::path(
    post,
    path = "/v1/agent/conversations/{id}/messages",
    operation_id = "answerAsAgent",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As the list has it")),
    request_body = AgentMessageBody,
    responses(
        (status = 201, description = "The message as it is kept", body = ChatMessage),
        (status = 400, description = "`id_invalid`, `json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`conversation_changed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`message_empty`, `message_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn answer(
    caller: Caller,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let AgentMessageBody { agent, text, product_ids, suggestion } =
        body::described(payload, MAX_BODY, Code::MessageInvalid).await?;
    let id = known(&caller, &path, &state).await?.conversation.id;
    let agent = name(agent)?;
    let text = line("text", text)?;
    if text.is_empty() {
        return Err(Problem::of(Code::MessageEmpty));
    }
    let suggestion = suggestion.map(|suggestion| line("suggestion", suggestion)).transpose()?;
    let product_ids = all_known(&caller, product_ids, &state).await?;
    let answer = AgentAnswer { agent, text, product_ids, suggestion };
    let message = state.chatting.answer_as_agent(&caller.merchant, id, answer).await?;
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(message))
}

/// Have somebody else answer
///
/// An agent takes a conversation over with the status `agent`, gives it back to the assistant with
/// `assistant`, has another agent take it with `waiting`, or ends it with `closed`; a customer who
/// writes again after that is answered by the assistant.
#[utoipa::path(
    patch,
    path = "/v1/agent/conversations/{id}",
    operation_id = "changeConversation",
    tag = "conversations",
    security(("token" = [])),
    params(("id" = ConversationId, Path, description = "As the list has it")),
    request_body = ConversationChange,
    responses(
        (status = 200, description = "The conversation as it is then", body = ConversationStatus),
        (status = 400, description = "`id_invalid`, `json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`conversation_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`conversation_changed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`conversation_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn change(
    caller: Caller,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let body: serde_json::Value = body::json(payload, MAX_BODY).await?;
    let id = known(&caller, &path, &state).await?.conversation.id;
    if !body.is_object() {
        return Err(Problem::of(Code::ConversationInvalid));
    }
    let ConversationChange { status, agent } = body::described_by(body, Code::ConversationInvalid)?;
    let agent = agent.map(name).transpose()?;
    let needs_one = status == ChatStatus::Agent;
    if needs_one != agent.is_some() {
        let detail = "An `agent` is named where the status is `agent`, and only there";
        return Err(Problem::of_field(Code::ConversationInvalid, "agent", detail));
    }
    let changed = state.chatting.change(&caller.merchant, id, Change { status, agent }).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(ConversationStatus::from(&changed)))
}

fn name(name: String) -> Result<String, Problem> {
    let fits = (1..=MAX_AGENT).contains(&name.trim().chars().count());
    if !fits || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {MAX_AGENT} characters and no control characters");
        return Err(Problem::of_field(Code::MessageInvalid, "agent", detail));
    }
    Ok(name.trim().to_owned())
}

fn line(field: &str, text: String) -> Result<String, Problem> {
    if text.chars().count() > MAX_TEXT {
        let detail = format!("The text has more than {MAX_TEXT} characters");
        return Err(Problem::of_field(Code::MessageInvalid, field, detail));
    }
    Ok(text.trim().to_owned())
}

/// Products that the shop sells.
async fn all_known(
    caller: &Caller,
    ids: Vec<ProductId>,
    state: &State,
) -> Result<Vec<ProductId>, Problem> {
    let invalid = |detail: &str| Problem::of_field(Code::MessageInvalid, "product_ids", detail);
    if ids.len() > MAX_PRODUCTS {
        return Err(invalid("These are too many products"));
    }
    let known = state.shop.catalog.products(&caller.merchant, &ids).await?;
    let is_known = |id: &ProductId| known.iter().any(|product| product.id == *id);
    if ids.iter().all(is_known) { Ok(ids) } else { Err(invalid("A product is not in the catalog")) }
}
