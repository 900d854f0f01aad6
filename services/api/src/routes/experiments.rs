use actix_web::{HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    experiments::{Arm, Experiment, ExperimentError},
    ids::ExperimentName,
    ports::ExperimentPut,
};

use crate::{
    body,
    caller::Keeper,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of an experiment.
const MAX_BODY: usize = 64 * 1024;

/// What is tried out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExperimentBody {
    /// Whether visitors are answered under it.
    #[serde(default = "yes")]
    #[schema(default = true)]
    running: bool,
    /// The first is the control that the others are compared with.
    #[schema(min_items = 2, max_items = 10)]
    variants: Vec<Arm>,
}

const fn yes() -> bool {
    true
}

/// An experiment, as kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExperimentState {
    name: ExperimentName,
    running: bool,
    variants: Vec<Arm>,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

/// All experiments of the merchant.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExperimentList {
    /// By name.
    experiments: Vec<ExperimentState>,
}

impl From<Experiment> for ExperimentState {
    fn from(experiment: Experiment) -> Self {
        let Experiment { name, running, arms, created } = experiment;
        Self { name, running, variants: arms, created }
    }
}

/// List the experiments
#[utoipa::path(
    get,
    path = "/v1/experiments",
    operation_id = "listExperiments",
    tag = "experiments",
    security(("token" = [])),
    responses(
        (status = 200, description = "All of them", body = ExperimentList),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn list_experiments(
    keeper: Keeper,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let experiments = state.shop.measuring.experiments.experiments(&keeper.merchant).await?;
    let experiments = experiments.into_iter().map(ExperimentState::from).collect();
    Ok(HttpResponse::Ok().json(ExperimentList { experiments }))
}

/// Tell one experiment
#[utoipa::path(
    get,
    path = "/v1/experiments/{name}",
    operation_id = "getExperiment",
    tag = "experiments",
    security(("token" = [])),
    params(("name" = ExperimentName, Path, description = "As the merchant calls it, percent-encoded")),
    responses(
        (status = 200, description = "As it is now", body = ExperimentState),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`experiment_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`experiment_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_experiment(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let kept = known(&keeper, &name(&path)?, &state).await?;
    Ok(HttpResponse::Ok().json(ExperimentState::from(kept)))
}

/// Begin, stop or go on with an experiment
///
/// Visitors (`visitor_id` of a look) are shared out by the weights, each to the same variant every
/// time. A look tells the variants that it was answered under. Within 5 seconds every process
/// answers by it. Of an experiment that is kept only `running` can change: the counts would else
/// mix what visitors saw before and after.
#[utoipa::path(
    put,
    path = "/v1/experiments/{name}",
    operation_id = "putExperiment",
    tag = "experiments",
    security(("token" = [])),
    params(("name" = ExperimentName, Path, description = "As the merchant calls it, percent-encoded")),
    request_body = ExperimentBody,
    responses(
        (status = 200, description = "As it is now; it was there before", body = ExperimentState),
        (status = 201, description = "As it is now; it is new", body = ExperimentState),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`experiment_conflict`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`experiment_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_experiment(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let name = name(&path)?;
    let body: ExperimentBody = body::described(payload, MAX_BODY, Code::ExperimentInvalid).await?;
    let created = Timestamp::now();
    let experiment = Experiment { name, running: body.running, arms: body.variants, created };
    experiment.check().map_err(refused)?;
    let put =
        state.shop.measuring.experiments.put_experiment(&keeper.merchant, &experiment).await?;
    let mut answer = match put {
        ExperimentPut::New => HttpResponse::Created(),
        ExperimentPut::Changed => HttpResponse::Ok(),
        ExperimentPut::Refused(error) => return Err(refused(error)),
    };
    let kept = known(&keeper, &experiment.name, &state).await?;
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(ExperimentState::from(kept)))
}

/// Forget an experiment
///
/// With all that was counted for it.
#[utoipa::path(
    delete,
    path = "/v1/experiments/{name}",
    operation_id = "deleteExperiment",
    tag = "experiments",
    security(("token" = [])),
    params(("name" = ExperimentName, Path, description = "As the merchant calls it, percent-encoded")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`experiment_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`experiment_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_experiment(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let experiments = &state.shop.measuring.experiments;
    match experiments.remove_experiment(&keeper.merchant, &name(&path)?).await? {
        false => Err(Problem::of(Code::ExperimentUnknown)),
        true => Ok(HttpResponse::NoContent().finish()),
    }
}

fn refused(error: ExperimentError) -> Problem {
    let code = match error {
        ExperimentError::Arms | ExperimentError::Weight(_) | ExperimentError::Settings(_) => {
            Code::ExperimentInvalid
        }
        ExperimentError::Fixed | ExperimentError::Overlapping(_) | ExperimentError::TooMany => {
            Code::ExperimentConflict
        }
    };
    Problem::of_field(code, "variants", error.to_string())
}

fn name(path: &str) -> Result<ExperimentName, Problem> {
    ExperimentName::new(path)
        .map_err(|error| Problem::of_field(Code::ExperimentInvalid, "name", error.to_string()))
}

async fn known(
    keeper: &Keeper,
    name: &ExperimentName,
    state: &State,
) -> Result<Experiment, Problem> {
    let experiments = state.shop.measuring.experiments.experiments(&keeper.merchant).await?;
    let kept = experiments.into_iter().find(|experiment| experiment.name == *name);
    kept.ok_or_else(|| Problem::of(Code::ExperimentUnknown))
}
