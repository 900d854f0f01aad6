//! What a merchant wants of searches.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{
    rules::{BadRule, MOST, Rule},
    search::{Preview, SearchRequest},
};

use super::search::{self, SearchPage};
use crate::{
    body,
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    search_body::{Search, SearchBody},
    state::State,
    upload::json,
};

/// The longest rule, in bytes of JSON; the longest name, in characters.
const MAX_RULE: usize = 64 * 1024;
const MAX_NAME: usize = 100;

/// A rule and its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedRule {
    name: String,
    #[serde(flatten)]
    rule: Rule,
}

/// All rules.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleList {
    rules: Vec<NamedRule>,
}

/// A search as it would be answered under other rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// As it is sent to `searchProducts`.
    #[serde(default)]
    #[schema(value_type = SearchBody)]
    search: Map<String, Value>,
    /// Rules by their names, in the place of kept ones of these names; the others hold as they are.
    #[serde(default)]
    rules: BTreeMap<String, Rule>,
    /// When the search is made; now where not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
}

/// List the rules
#[utoipa::path(
    get,
    path = "/v1/catalog/rules",
    operation_id = "listRules",
    tag = "rules",
    security(("token" = [])),
    responses(
        (status = 200, description = "All, by name, which is the order they are applied in", body = RuleList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_rules(
    keeper: Keeper,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let rules = state.shop.rules.rules(&keeper.merchant).await?;
    let rules = rules.into_iter().map(|(name, rule)| NamedRule { name, rule }).collect();
    Ok(HttpResponse::Ok().json(RuleList { rules }))
}

/// Keep a rule
///
/// It holds from the next search on, or from `starts_at`. A merchant has 200 at most.
#[utoipa::path(
    put,
    path = "/v1/catalog/rules/{name}",
    operation_id = "putRule",
    tag = "rules",
    security(("token" = [])),
    params(("name" = String, Path, description = "As the merchant calls it, at most 100 characters")),
    request_body = Rule,
    responses(
        (status = 200, description = "The rule as it is now; it was there before", body = NamedRule),
        (status = 201, description = "The rule as it is now; it is new", body = NamedRule),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`rule_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_rule(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let rule: Rule = body::described(payload, MAX_RULE, Code::RuleInvalid).await?;
    rule.check().map_err(bad)?;
    let name = name_of(&path, Code::RuleInvalid)?;
    let rules = &state.shop.rules;
    let known = rules.rules(&keeper.merchant).await?;
    if known.len() >= MOST && known.iter().all(|(known, _)| *known != name) {
        return Err(Problem::new(Code::RuleInvalid, format!("There are {MOST} rules already")));
    }
    let new = rules.put_rule(&keeper.merchant, &name, &rule).await?;
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(NamedRule { name, rule }))
}

/// Forget a rule
#[utoipa::path(
    delete,
    path = "/v1/catalog/rules/{name}",
    operation_id = "deleteRule",
    tag = "rules",
    security(("token" = [])),
    params(("name" = String, Path, description = "As the merchant calls it")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`rule_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_rule(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    if state.shop.rules.remove_rule(&keeper.merchant, path.trim()).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(Problem::of(Code::RuleUnknown))
    }
}

/// See what rules would do
///
/// Answers a search as it would be under other rules, or at another time. Nothing is kept.
#[utoipa::path(
    post,
    path = "/v1/catalog/rules/preview",
    operation_id = "previewRules",
    tag = "rules",
    security(("token" = [])),
    request_body = PreviewBody,
    responses(
        (status = 200, description = "The first page of the search, with the names of the rules that were applied", body = SearchPage),
        (status = 400, description = "`json_invalid`, `multipart_invalid`, `body_incomplete`, `cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`photo_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`photo_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "`photo_not_a_picture`, `photo_format_unsupported`, `body_unsupported`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`rule_invalid`, `photo_missing`, `photo_empty`, `photo_base64_invalid`, `photo_unreachable`, `photo_damaged`, `photo_too_many_pixels`, `photo_too_small`, `photo_too_narrow`, `photo_refused`, `text_invalid`, `text_too_long`, `filters_invalid`, `search_invalid`, `limit_invalid`, `locale_invalid`, `field_unknown`, `field_repeated`", body = ProblemBody, content_type = "application/problem+json"),
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
pub(crate) async fn preview_rules(
    keeper: Keeper,
    http: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let described = |fields| {
        let PreviewBody { search, rules, at } =
            body::described_by(Value::Object(fields), Code::RuleInvalid)?;
        rules.values().try_for_each(Rule::check).map_err(bad)?;
        let Search { photo, request } = Search::of_json(keeper.merchant, search)?;
        let preview = Preview { drafts: rules.into_iter().collect(), at };
        Ok(Search { photo, request: SearchRequest { preview: Some(preview), ..request } })
    };
    let asked = search::read(json::fields(&http, payload, described), &state).await?;
    search::answer(asked, &state).await
}

fn bad(error: BadRule) -> Problem {
    Problem::of_fields(Code::RuleInvalid, [(error.field.to_owned(), error.detail)])
}

/// The name in the path.
pub(super) fn name_of(path: &str, invalid: Code) -> Result<String, Problem> {
    let name = path.trim();
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        let detail = "A name has 1 to 100 characters, none of them control characters";
        Err(Problem::of_field(invalid, "name", detail))
    }
}
