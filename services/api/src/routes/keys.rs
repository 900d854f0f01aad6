//! Keys for servers.

use actix_web::{HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    ids::{KeyId, KeyName},
    keys::{Key, MAX_KEYS},
    scope::{Scope, Scopes},
};

use crate::{
    body,
    caller::Caller,
    key_secret::new_key_secret,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of a key's description.
const MAX_BODY: usize = 16 * 1024;

/// A key that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyBody {
    #[schema(example = "shop server")]
    name: KeyName,
    /// What its holder may do; nothing that the token may not do that asks for it.
    #[schema(min_items = 1, example = json!(["looks", "search"]))]
    scopes: Vec<Scope>,
    /// When it stops by itself; never where not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A key, without what proves it.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyStatus {
    id: KeyId,
    name: KeyName,
    scopes: Vec<Scope>,
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    /// To the minute; absent where it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<String>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewKey {
    /// What proves it, sent as `Authorization: Bearer …`. Told this once.
    #[schema(example = "vk_6d8a1c…", pattern = "^vk_[0-9a-f]{64}$")]
    secret: String,
    #[serde(flatten)]
    status: KeyStatus,
}

/// All keys of a merchant.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyList {
    #[schema(max_items = 100)]
    keys: Vec<KeyStatus>,
}

impl From<&Key> for KeyStatus {
    fn from(key: &Key) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            scopes: key.scopes.iter().collect(),
            created_at: key.created.to_string(),
            expires_at: key.expires.map(|expires| expires.to_string()),
            last_used_at: key.used.map(|used| used.to_string()),
        }
    }
}

/// Make a key
///
/// For a server of the merchant's own, to be used as a bearer token. Its secret is told in this
/// answer and never again. A merchant has 100 keys at most.
#[utoipa::path(
    post,
    path = "/v1/keys",
    operation_id = "createKey",
    tag = "keys",
    security(("token" = [])),
    request_body = KeyBody,
    responses(
        (status = 201, description = "The key and its secret", body = NewKey, headers(
            ("Location" = String, description = "Where it can be revoked")
        )),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`, for scopes that the token has not itself too", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`keys_too_many`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`key_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn create_key(
    caller: Caller,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let KeyBody { name, scopes, expires_at } =
        body::described(payload, MAX_BODY, Code::KeyInvalid).await?;
    let scopes: Scopes = scopes.into_iter().collect();
    if scopes.is_empty() {
        let detail = "A key without scopes opens nothing";
        return Err(Problem::of_field(Code::KeyInvalid, "scopes", detail));
    }
    if expires_at.is_some_and(|expires| expires <= Timestamp::now()) {
        let detail = "This time is past";
        return Err(Problem::of_field(Code::KeyInvalid, "expires_at", detail));
    }
    let beyond = scopes.beyond(caller.scopes);
    if !beyond.is_empty() {
        let detail = format!("Your own token has not: {beyond}");
        return Err(Problem::of_field(Code::RoleNotAllowed, "scopes", detail));
    }
    let secret = new_key_secret().map_err(|error| {
        tracing::error!(%error, "no key can be made");
        Problem::of(Code::Internal)
    })?;
    let key = Key::new(caller.merchant, name, scopes, expires_at);
    if !state.identities.keys.create(&key, &secret).await? {
        let detail = format!("There are {MAX_KEYS} keys. {}", Code::KeysTooMany.remedy());
        return Err(Problem::new(Code::KeysTooMany, detail));
    }
    tracing::info!(key = %key.id, scopes = %key.scopes, "a key was made");
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/v1/keys/{}", key.id)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(NewKey { secret: secret.reveal(), status: KeyStatus::from(&key) }))
}

/// List the keys
///
/// Oldest first, those that have expired too, none with its secret.
#[utoipa::path(
    get,
    path = "/v1/keys",
    operation_id = "listKeys",
    tag = "keys",
    security(("token" = [])),
    responses(
        (status = 200, description = "All of the merchant's", body = KeyList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_keys(
    caller: Caller,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let keys = state.identities.keys.list(&caller.merchant).await?;
    let keys = keys.iter().map(KeyStatus::from).collect();
    Ok(HttpResponse::Ok().json(KeyList { keys }))
}

/// Revoke a key
///
/// For good. It stops at once in the process that is asked, and within five seconds in all others
/// that share the catalog.
#[utoipa::path(
    delete,
    path = "/v1/keys/{id}",
    operation_id = "revokeKey",
    tag = "keys",
    security(("token" = [])),
    params(("id" = KeyId, Path, description = "As the list has it")),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`key_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn revoke_key(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id: KeyId = path.parse().map_err(|_| Problem::of(Code::IdInvalid))?;
    match state.identities.keys.revoke(&caller.merchant, id).await? {
        false => Err(Problem::of(Code::KeyUnknown)),
        true => {
            tracing::info!(key = %id, "a key was revoked");
            Ok(HttpResponse::NoContent().finish())
        }
    }
}
