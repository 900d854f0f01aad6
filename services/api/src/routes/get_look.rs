use actix_web::{HttpResponse, http::header::ContentType, web};
use vitrine_core::{ids::LookId, look::Look};

use crate::{
    caller::Caller,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// Fetch a look again
///
/// For an hour after it was answered, and only for the merchant it was answered for.
#[utoipa::path(
    get,
    path = "/v1/looks/{id}",
    operation_id = "getLook",
    tag = "looks",
    security(("token" = [])),
    params(("id" = LookId, Path, description = "As the answer to the photo had it")),
    responses(
        (status = 200, description = "The look, as it was answered", body = Look),
        (status = 400, description = "`id_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`look_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_look(
    caller: Caller,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id: LookId = path.parse().map_err(|_| Problem::of(Code::IdInvalid))?;
    let look = state.shop.find_look_json(&caller.merchant, id).await?;
    let look = look.ok_or_else(|| Problem::of(Code::LookUnknown))?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(look))
}
