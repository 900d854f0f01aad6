//! What was and is on its way to webhooks.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{
    ids::{DeliveryId, WebhookId},
    vocabulary::UnknownWord,
    webhooks::{Attempt, Delivery, DeliveryState, Topic},
};

use super::webhooks::known;
use crate::{
    body,
    caller::Caller,
    page::{Page, after_of, limit_of},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of what is to be sent again.
const MAX_BODY: usize = 4 * 1024;

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// All where not given.
    #[param(value_type = Option<DeliveryState>)]
    state: Option<String>,
    /// Deliveries on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of deliveries, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    deliveries: Vec<DeliveryStatus>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A message on its way to a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(crate) struct DeliveryStatus {
    id: DeliveryId,
    /// The header `webhook-id`: the same however often the message is sent.
    #[schema(example = "msg_01a20bf0f8ca73339c124ea8a190ebbc")]
    message_id: String,
    event: Topic,
    state: DeliveryState,
    /// Tries since it was told, or since it was last sent again.
    attempts: u32,
    /// When it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<String>,
    /// The last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Attempt>,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// What is sent.
    #[schema(value_type = Object)]
    body: Value,
}

/// What is to be sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayBody {
    /// One delivery, whatever became of it; all dead ones where not given.
    delivery_id: Option<DeliveryId>,
}

/// How much is sent again.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplayAnswer {
    replayed: u64,
}

impl DeliveryStatus {
    fn of(delivery: Delivery) -> Result<Self, Problem> {
        let waits = delivery.state == DeliveryState::Waiting;
        let last = delivery.last.map(|last| Attempt { retry_after: None, ..last });
        Ok(Self {
            id: delivery.id,
            message_id: delivery.message.header(),
            event: delivery.topic,
            state: delivery.state,
            attempts: delivery.attempts,
            next_at: waits.then(|| delivery.next.to_string()),
            last,
            created_at: delivery.created.to_string(),
            body: serde_json::from_str(&delivery.body).map_err(|error| {
                tracing::error!(%error, "a kept message is no JSON");
                Problem::of(Code::Internal)
            })?,
        })
    }
}

/// List what was and is on its way to a webhook
///
/// Each message is tried until it is taken: at once, then after 5 seconds, 5 minutes, 30 minutes, 2,
/// 5, 10, 14, 20 and 24 hours. After that it is dead. What came to its end is kept for 30 days.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    operation_id = "listDeliveries",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it"), Asked),
    responses(
        (status = 200, description = "A page of deliveries", body = DeliveryPage),
        (status = 400, description = "`id_invalid`, `cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`filter_invalid`, `field_unknown`, `limit_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_deliveries(
    caller: Caller,
    path: web::Path<String>,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Asked { state: wanted, limit, cursor } =
        asked.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?.into_inner();
    let invalid =
        |error: UnknownWord| Problem::of_field(Code::FilterInvalid, "state", error.to_string());
    let wanted: Option<DeliveryState> =
        wanted.map(|wanted| wanted.parse().map_err(invalid)).transpose()?;
    let limit = limit_of(limit.as_deref())?;
    let before: Option<DeliveryId> = after_of(cursor.as_deref())?;
    let webhook = known(&caller, &path, &state).await?;
    let (merchant, webhooks) = (&caller.merchant, &state.webhooks);
    let mut kept = webhooks.deliveries(merchant, webhook.id, wanted, before, limit + 1).await?;
    let more = kept.len() > limit;
    kept.truncate(limit);
    let next = kept.last().filter(|_| more).map(|last| Page::cursor(&last.id));
    let deliveries = kept.into_iter().map(DeliveryStatus::of).collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(DeliveryPage { deliveries, next }))
}

/// Send again
///
/// One delivery, whatever became of it, or all dead ones of the webhook.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/replays",
    operation_id = "replayDeliveries",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it")),
    request_body = ReplayBody,
    responses(
        (status = 202, description = "They are on their way again", body = ReplayAnswer),
        (status = 400, description = "`json_invalid`, `body_incomplete`, `id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`webhook_invalid`, `delivery_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn replay_deliveries(
    caller: Caller,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ReplayBody { delivery_id } =
        body::described(payload, MAX_BODY, Code::WebhookInvalid).await?;
    let webhook = known(&caller, &path, &state).await?;
    let replayed = state.webhooks.replay(&caller.merchant, webhook.id, delivery_id).await?;
    if delivery_id.is_some() && replayed == 0 {
        return Err(Problem::of(Code::DeliveryUnknown));
    }
    Ok(HttpResponse::Accepted().json(ReplayAnswer { replayed }))
}
