use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitrine_core::{
    duplicates::{DuplicateGroup, DuplicatesBy, duplicates},
    vocabulary::UnknownWord,
};

use crate::{
    caller::Keeper,
    page::{Page, after_of, limit_of},
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Which duplicates.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// What they share.
    #[param(value_type = DuplicatesBy)]
    by: String,
    /// Groups on the page at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of groups, in the order of what they share.
#[derive(Serialize, ToSchema)]
pub(crate) struct DuplicatesPage {
    groups: Vec<DuplicateGroup>,
    /// The cursor of the page after this one; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// List products that are there more than once
#[utoipa::path(
    get,
    path = "/v1/catalog/duplicates",
    operation_id = "listDuplicates",
    tag = "catalog",
    security(("token" = [])),
    params(Asked),
    responses(
        (status = 200, description = "A page of groups", body = DuplicatesPage),
        (status = 400, description = "`cursor_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`duplicates_invalid`, `limit_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_duplicates(
    keeper: Keeper,
    asked: Result<web::Query<Asked>, actix_web::Error>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let invalid = |error: String| {
        Problem::new(
            Code::DuplicatesInvalid,
            format!("{error}. {}", Code::DuplicatesInvalid.remedy()),
        )
    };
    let Asked { by, limit, cursor } =
        asked.map_err(|error| invalid(error.to_string()))?.into_inner();
    let by: DuplicatesBy = by.parse().map_err(|error: UnknownWord| invalid(error.to_string()))?;
    let limit = limit_of(limit.as_deref())?;
    let after: Option<String> = after_of(cursor.as_deref())?;
    let (catalog, pictures, same) = (&*state.shop.catalog, &*state.pictures, state.shop.same_by());
    let mut groups =
        duplicates(catalog, pictures, same, &keeper.merchant, by, after.as_deref(), limit + 1)
            .await?;
    let more = groups.len() > limit;
    groups.truncate(limit);
    let next = groups.last().filter(|_| more).map(|group| Page::cursor(&group.value));
    Ok(HttpResponse::Ok().json(DuplicatesPage { groups, next }))
}
