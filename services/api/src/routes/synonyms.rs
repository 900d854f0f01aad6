//! Words that customers use for one and the same.

use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::rules::{MOST, Synonyms};

use super::rules::name_of;
use crate::{
    body,
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The longest group, in bytes of JSON.
const MAX_GROUP: usize = 64 * 1024;

/// A group of synonyms and its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedSynonyms {
    name: String,
    #[serde(flatten)]
    synonyms: Synonyms,
}

/// All groups of synonyms.
#[derive(Serialize, ToSchema)]
pub(crate) struct SynonymList {
    synonyms: Vec<NamedSynonyms>,
}

/// List the synonyms
#[utoipa::path(
    get,
    path = "/v1/catalog/synonyms",
    operation_id = "listSynonyms",
    tag = "rules",
    security(("token" = [])),
    responses(
        (status = 200, description = "All, by name", body = SynonymList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_synonyms(
    keeper: Keeper,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let groups = state.shop.rules.synonyms(&keeper.merchant).await?;
    let named = |(name, synonyms)| NamedSynonyms { name, synonyms };
    Ok(HttpResponse::Ok().json(SynonymList { synonyms: groups.into_iter().map(named).collect() }))
}

/// Keep synonyms
///
/// Whoever searches for one of the words searches for all. A merchant has 200 groups at most.
#[utoipa::path(
    put,
    path = "/v1/catalog/synonyms/{name}",
    operation_id = "putSynonyms",
    tag = "rules",
    security(("token" = [])),
    params(("name" = String, Path, description = "As the merchant calls the group, at most 100 characters")),
    request_body = Synonyms,
    responses(
        (status = 200, description = "The group as it is now; it was there before", body = NamedSynonyms),
        (status = 201, description = "The group as it is now; it is new", body = NamedSynonyms),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`synonyms_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_synonyms(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let invalid = Code::SynonymsInvalid;
    let synonyms: Synonyms = body::described(payload, MAX_GROUP, invalid).await?;
    synonyms.check().map_err(|error| Problem::of_field(invalid, error.field, error.detail))?;
    let name = name_of(&path, invalid)?;
    let rules = &state.shop.rules;
    let known = rules.synonyms(&keeper.merchant).await?;
    if known.len() >= MOST && known.iter().all(|(known, _)| *known != name) {
        return Err(Problem::new(invalid, format!("There are {MOST} groups already")));
    }
    let new = rules.put_synonyms(&keeper.merchant, &name, &synonyms).await?;
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    let shown = NamedSynonyms { name, synonyms };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// Forget synonyms
#[utoipa::path(
    delete,
    path = "/v1/catalog/synonyms/{name}",
    operation_id = "deleteSynonyms",
    tag = "rules",
    security(("token" = [])),
    params(("name" = String, Path, description = "As the merchant calls the group")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`synonyms_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_synonyms(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if state.shop.rules.remove_synonyms(&keeper.merchant, path.trim()).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::of(Code::SynonymsUnknown))
    }
}
