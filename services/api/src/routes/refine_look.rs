use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value};
use tokio::time::timeout;
use utoipa::ToSchema;
use vitrine_core::{
    filter::Filters,
    ids::{LookId, VisitorId},
    look::Look,
    shopping::{LookRequest, Sight},
    vocabulary::Tone,
};

use crate::{
    body,
    caller::Caller,
    looks,
    problem::{Problem, ProblemBody, shown},
    problems::Code,
    state::State,
    upload::{Ask, CustomerAsk},
};

const MAX_BODY: usize = 64 * 1024;

/// What is wanted of an answered look.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct RefinementBody {
    /// The garments to look for again, as `g1`; all of them where there are none.
    garment_ids: Option<Vec<String>>,
    /// The customer's own words. Colours, sizes and prices that they say outright hold as filters
    /// do, and stand in `understood` of the answer.
    #[schema(max_length = 500, example = "the same in blue, under 50 euro")]
    text: Option<String>,
    filters: Option<Filters>,
    customer: Option<CustomerAsk>,
    /// Whether products for the places that the photo leaves empty, such as shoes to a dress, are
    /// looked for too.
    #[schema(default = false)]
    complete_the_look: Option<bool>,
    /// What the clothes are for, as `a wedding in June`.
    #[schema(max_length = 100)]
    occasion: Option<String>,
    tone: Option<Tone>,
    /// Matches for each garment at most.
    #[schema(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
    /// The language to answer in (BCP 47).
    #[schema(example = "en-GB")]
    locale: Option<String>,
    /// The device or session, the same each time; who asks without one is in no experiment. Kept as a
    /// hash.
    visitor_id: Option<VisitorId>,
}

/// Refine a look
///
/// Looks for the garments of an answered look again under other conditions, without the photo being
/// sent or looked at again: a look of its own, which can be refined in turn. What the look before
/// was asked for does not hold any more unless it is asked for again. With `Accept:
/// text/event-stream` it comes as events, as `createLook` does.
#[utoipa::path(
    post,
    path = "/v1/looks/{id}/refinements",
    operation_id = "refineLook",
    tag = "looks",
    security(("token" = [])),
    params(("id" = LookId, Path, description = "As the answer to the photo had it")),
    request_body = RefinementBody,
    responses(
        (status = 200, description = "The look, whole or as events", content((Look = "application/json"), (String = "text/event-stream")), headers(
            ("Location" = String, description = "Where the look can be fetched for an hour; not with events")
        )),
        (status = 400, description = "`id_invalid`, `json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`look_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "`body_slow`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`garment_unknown`, `text_invalid`, `text_too_long`, `filters_invalid`, `customer_invalid`, `complete_the_look_invalid`, `occasion_invalid`, `tone_invalid`, `limit_invalid`, `locale_invalid`, `visitor_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 504, description = "`model_timeout`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn refine_look(
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id: LookId = path.parse().map_err(|_| Problem::of(Code::IdInvalid))?;
    let reading = timeout(state.body_time, body::json(payload, MAX_BODY));
    let mut fields: Map<String, Value> =
        reading.await.unwrap_or_else(|_| Err(Problem::of(Code::BodySlow)))?;
    let garment_ids = garment_ids(fields.shift_remove("garment_ids"))?;
    let ask = Ask::take(&mut fields)?;
    if let Some(name) = fields.keys().next() {
        let detail = format!("`{}` is not known here", shown(name));
        return Err(Problem::of_field(Code::FieldUnknown, name, detail));
    }
    let answered = state.shop.find_answered(&caller.merchant, id).await?;
    let mut answered = answered.ok_or_else(|| Problem::of(Code::LookUnknown))?;
    if !garment_ids.is_empty() {
        answered.only(&garment_ids).map_err(|id| unknown_garment(&id))?;
    }
    let bare = LookRequest::of(caller.merchant.clone(), Sight::Look(answered));
    let asked = ask.put_into(bare, &caller, &state).await?;
    looks::answer(&request, asked, state).await
}

fn garment_ids(value: Option<Value>) -> Result<Vec<String>, Problem> {
    let value = value.filter(|value| !value.is_null());
    let ids = value.map(serde_json::from_value::<Vec<String>>).transpose();
    ids.map(Option::unwrap_or_default)
        .map_err(|error| Problem::of_field(Code::GarmentUnknown, "garment_ids", error.to_string()))
}

fn unknown_garment(id: &str) -> Problem {
    let detail = format!("There is no `{}` in this look", shown(id));
    Problem::of_field(Code::GarmentUnknown, "garment_ids", detail)
}
