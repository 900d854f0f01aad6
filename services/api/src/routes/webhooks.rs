//! Webhooks: where a merchant's own servers are told what happened.

use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    address::WebAddress,
    ids::WebhookId,
    webhooks::{MAX_WEBHOOKS, Standing, Topic, Webhook},
};

use crate::{
    body,
    caller::Caller,
    key_secret::new_webhook_secret,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of a webhook's description.
const MAX_BODY: usize = 16 * 1024;

/// A webhook that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookBody {
    /// An http or https address on the public internet, without a user name or password.
    #[schema(example = "https://shop.example/hooks/vitrine")]
    url: WebAddress,
    /// What it is told of.
    #[schema(min_items = 1, example = json!(["import.failed", "stock.missing_match"]))]
    events: Vec<Topic>,
}

/// What is to be changed of a webhook; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookChange {
    url: Option<WebAddress>,
    #[schema(min_items = 1)]
    events: Option<Vec<Topic>>,
    /// Whether it is told anything. One whose server answered 410 is enabled again by this.
    enabled: Option<bool>,
}

/// A webhook, without what signs its messages.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(crate) struct WebhookStatus {
    id: WebhookId,
    url: WebAddress,
    events: Vec<Topic>,
    status: Standing,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// Until when messages are signed by the secret before this one too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    old_secret_until: Option<String>,
}

/// A webhook that was just made, or that has a new secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewWebhook {
    /// What its messages are signed with. Told this once.
    #[schema(example = "whsec_…", pattern = "^whsec_[A-Za-z0-9+/]{43}=$")]
    secret: String,
    #[serde(flatten)]
    status: WebhookStatus,
}

/// All webhooks of a merchant.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookList {
    #[schema(max_items = 20)]
    webhooks: Vec<WebhookStatus>,
}

impl From<&Webhook> for WebhookStatus {
    fn from(webhook: &Webhook) -> Self {
        let now = jiff::Timestamp::now();
        let until = webhook.retired.as_ref().map(|(_, until)| *until);
        Self {
            id: webhook.id,
            url: webhook.url.clone(),
            events: webhook.topics.clone(),
            status: webhook.standing,
            created_at: webhook.created.to_string(),
            old_secret_until: until.filter(|until| *until > now).map(|until| until.to_string()),
        }
    }
}

/// Make a webhook
///
/// Its URL is sent what happened, as [Standard Webhooks](https://www.standardwebhooks.com) has it:
/// a JSON body of `type`, `timestamp` and `data`, with the headers `webhook-id`, `webhook-timestamp`
/// and `webhook-signature`. The answer holds the secret that verifies them; it is told this once.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    security(("token" = [])),
    request_body = WebhookBody,
    responses(
        (status = 201, description = "It is made", body = NewWebhook, headers(
            ("Location" = String, description = "Where it is")
        )),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`webhooks_too_many`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`webhook_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn create_webhook(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let WebhookBody { url, events } =
        body::described(payload, MAX_BODY, Code::WebhookInvalid).await?;
    let webhook = Webhook::new(url, some(events)?, secret()?);
    if !state.webhooks.create_webhook(&caller.merchant, &webhook).await? {
        let detail =
            format!("There are {MAX_WEBHOOKS} webhooks. {}", Code::WebhooksTooMany.remedy());
        return Err(Problem::new(Code::WebhooksTooMany, detail));
    }
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/v1/webhooks/{}", webhook.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(with_secret(&webhook)))
}

/// List the webhooks
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    security(("token" = [])),
    responses(
        (status = 200, description = "All of the merchant's, oldest first", body = WebhookList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_webhooks(
    caller: Caller,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let webhooks = state.webhooks.webhooks(&caller.merchant).await?;
    let webhooks = webhooks.iter().map(WebhookStatus::from).collect();
    Ok(HttpResponse::Ok().json(WebhookList { webhooks }))
}

/// Get a webhook
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    operation_id = "getWebhook",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it")),
    responses(
        (status = 200, description = "The webhook", body = WebhookStatus),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_webhook(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let webhook = known(&caller, &path, &state).await?;
    Ok(HttpResponse::Ok().json(WebhookStatus::from(&webhook)))
}

/// Change a webhook
///
/// What is on its way waits while it is disabled, and goes on once it is enabled.
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{id}",
    operation_id = "changeWebhook",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it")),
    request_body = WebhookChange,
    responses(
        (status = 200, description = "The webhook as it is now", body = WebhookStatus),
        (status = 400, description = "`json_invalid`, `body_incomplete`, `id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`webhook_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn change_webhook(
    caller: Caller,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let WebhookChange { url, events, enabled } =
        body::described(payload, MAX_BODY, Code::WebhookInvalid).await?;
    let mut webhook = known(&caller, &path, &state).await?;
    if let Some(url) = url {
        webhook.url = url;
    }
    if let Some(events) = events {
        webhook.set_topics(&some(events)?);
    }
    if let Some(enabled) = enabled {
        webhook.standing = if enabled { Standing::Enabled } else { Standing::Disabled };
    }
    keep(&caller, &webhook, &state).await?;
    Ok(HttpResponse::Ok().json(WebhookStatus::from(&webhook)))
}

/// Give a webhook a new secret
///
/// Messages are signed by both for a day, so that a server can go over to the new one meanwhile.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/secret",
    operation_id = "rotateWebhookSecret",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it")),
    responses(
        (status = 200, description = "The webhook with its new secret", body = NewWebhook),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn rotate_secret(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut webhook = known(&caller, &path, &state).await?;
    webhook.rotate(secret()?);
    keep(&caller, &webhook, &state).await?;
    let mut answer = HttpResponse::Ok();
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(with_secret(&webhook)))
}

/// Forget a webhook
///
/// What is on its way to it is forgotten too.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{id}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    security(("token" = [])),
    params(("id" = WebhookId, Path, description = "As the list has it")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`webhook_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_webhook(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    match state.webhooks.remove_webhook(&caller.merchant, id_in(&path)?).await? {
        false => Err(Problem::of(Code::WebhookUnknown)),
        true => Ok(HttpResponse::NoContent().finish()),
    }
}

pub(super) fn id_in(path: &str) -> Result<WebhookId, Problem> {
    path.parse().map_err(|_| Problem::of(Code::IdInvalid))
}

/// The webhook that a path names.
pub(super) async fn known(caller: &Caller, path: &str, state: &State) -> Result<Webhook, Problem> {
    let webhook = state.webhooks.webhook(&caller.merchant, id_in(path)?).await?;
    webhook.ok_or_else(|| Problem::of(Code::WebhookUnknown))
}

async fn keep(caller: &Caller, webhook: &Webhook, state: &State) -> Result<(), Problem> {
    match state.webhooks.change_webhook(&caller.merchant, webhook).await? {
        false => Err(Problem::of(Code::WebhookUnknown)),
        true => Ok(()),
    }
}

fn some(events: Vec<Topic>) -> Result<Vec<Topic>, Problem> {
    if events.is_empty() {
        let detail = "A webhook without events is told nothing";
        return Err(Problem::of_field(Code::WebhookInvalid, "events", detail));
    }
    Ok(events)
}

fn secret() -> Result<vitrine_core::webhooks::WebhookSecret, Problem> {
    new_webhook_secret().map_err(|error| {
        tracing::error!(%error, "no secret can be made");
        Problem::of(Code::Internal)
    })
}

fn with_secret(webhook: &Webhook) -> NewWebhook {
    NewWebhook { secret: webhook.secret.reveal(), status: WebhookStatus::from(webhook) }
}
