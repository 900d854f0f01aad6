use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use vitrine_core::reports::{Conversion, Days, ExperimentReport, Latency, Overview, Queries};

use crate::{
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    reporting::answer,
    state::State,
};

/// Which days, in UTC. A look counts on the day that it was answered.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DaysAsked {
    /// The first day, as `2026-11-01`; 30 days up to the last where left out.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day; today where left out. At most 1,100 days in all.
    #[param(format = Date)]
    to: Option<String>,
}

type Asked = Result<web::Query<DaysAsked>, actix_web::Error>;

fn days(asked: Asked) -> Result<Days, Problem> {
    let asked = asked.map_err(|error| Problem::new(Code::FieldUnknown, error.to_string()))?;
    Days::read(asked.from.as_deref(), asked.to.as_deref(), Timestamp::now())
        .map_err(|error| Problem::of_field(Code::DaysInvalid, "from", error.to_string()))
}

/// What was answered and what came of it
///
/// How many looks and searches there were, day by day; how many had a match, a click, a purchase,
/// with 95 % confidence intervals.
#[utoipa::path(
    get,
    path = "/v1/reports/overview",
    operation_id = "getOverviewReport",
    tag = "reports",
    security(("token" = [])),
    params(DaysAsked),
    responses(
        (status = 200, description = "The report; as a chart, in English, German or Chinese by `Accept-Language`, or as a table where `Accept` says so", content(
            (Overview = "application/json"), (String = "image/svg+xml"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`days_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn overview(
    keeper: Keeper,
    http: HttpRequest,
    asked: Asked,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = Overview::of(&*state.shop.measuring.events, &keeper.merchant, days(asked)?);
    answer(&http, &report.await?)
}

/// How far answers led
///
/// From the answer to the click, the cart and the purchase, each as a share of all answers with its
/// 95 % confidence interval; and what purchases came to. An event counts for the answer that it
/// names.
#[utoipa::path(
    get,
    path = "/v1/reports/conversion",
    operation_id = "getConversionReport",
    tag = "reports",
    security(("token" = [])),
    params(DaysAsked),
    responses(
        (status = 200, description = "The report; as a chart, in English, German or Chinese by `Accept-Language`, or as a table where `Accept` says so", content(
            (Conversion = "application/json"), (String = "image/svg+xml"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`days_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn conversion(
    keeper: Keeper,
    http: HttpRequest,
    asked: Asked,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = Conversion::of(&*state.shop.measuring.events, &keeper.merchant, days(asked)?);
    answer(&http, &report.await?)
}

/// What customers look for and do not find
///
/// Garments by kind and main colour: those that most often had no match, and those that were sought
/// most often.
#[utoipa::path(
    get,
    path = "/v1/reports/queries",
    operation_id = "getQueriesReport",
    tag = "reports",
    security(("token" = [])),
    params(DaysAsked),
    responses(
        (status = 200, description = "The report; as a chart, in English, German or Chinese by `Accept-Language`, or as a table where `Accept` says so", content(
            (Queries = "application/json"), (String = "image/svg+xml"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`days_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn queries(
    keeper: Keeper,
    http: HttpRequest,
    asked: Asked,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = Queries::of(&*state.shop.measuring.events, &keeper.merchant, days(asked)?);
    answer(&http, &report.await?)
}

/// How long answers took
///
/// Percentiles in milliseconds, by the nearest rank, off by 1.6 % at most.
#[utoipa::path(
    get,
    path = "/v1/reports/latency",
    operation_id = "getLatencyReport",
    tag = "reports",
    security(("token" = [])),
    params(DaysAsked),
    responses(
        (status = 200, description = "The report; as a chart, in English, German or Chinese by `Accept-Language`, or as a table where `Accept` says so", content(
            (Latency = "application/json"), (String = "image/svg+xml"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`days_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn latency(
    keeper: Keeper,
    http: HttpRequest,
    asked: Asked,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = Latency::of(&*state.shop.measuring.events, &keeper.merchant, days(asked)?);
    answer(&http, &report.await?)
}

/// How the variants of experiments did
///
/// Of the visitors that were first answered under a variant on these days, those who clicked, put
/// something in the cart, bought; and each variant next to the control.
#[utoipa::path(
    get,
    path = "/v1/reports/experiments",
    operation_id = "getExperimentsReport",
    tag = "reports",
    security(("token" = [])),
    params(DaysAsked),
    responses(
        (status = 200, description = "The report; as a chart, in English, German or Chinese by `Accept-Language`, or as a table where `Accept` says so", content(
            (ExperimentReport = "application/json"), (String = "image/svg+xml"), (String = "text/csv")
        )),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`days_invalid`, `field_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn experiments(
    keeper: Keeper,
    http: HttpRequest,
    asked: Asked,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let report = ExperimentReport::of(
        &*state.shop.measuring.events,
        &*state.shop.measuring.experiments,
        &keeper.merchant,
        days(asked)?,
    );
    answer(&http, &report.await?)
}
