use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::ids::MerchantId;

use crate::{
    body,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
    tokens::Role,
};

/// The most bytes of a request.
const MAX_BODY: usize = 1024;
/// How long a visitor's token is good. Who stays longer is given another.
const VISIT: Duration = Duration::from_secs(60 * 60);
/// The same for who tries the other pages.
const TRIAL: Duration = Duration::from_secs(12 * 60 * 60);

/// As whom to sign in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInBody {
    role: Role,
}

/// A token for the pages.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer …`.
    token: String,
    role: Role,
    merchant_id: MerchantId,
    /// When it is good no more (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Sign in without a token
///
/// As a shopper where the operator opened a shop to guests (`pages.guests`). `vitrine demo` lets who
/// sits at its machine in as an agent or a merchant too.
#[utoipa::path(
    post,
    path = "/v1/sign-in",
    operation_id = "signIn",
    tag = "pages",
    request_body = SignInBody,
    responses(
        (status = 201, description = "A token", body = SignedIn),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`sign_in_closed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`sign_in_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sign_in(
    http: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let SignInBody { role } = body::described(payload, MAX_BODY, Code::SignInInvalid).await?;
    let merchant = state.pages.merchant(role, &http);
    let merchant = merchant.ok_or_else(|| Problem::of(Code::SignInClosed))?;
    let peer = http.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    state.limits.take_guest(merchant, &peer).await?;
    let good_for = if role == Role::Shopper { VISIT } else { TRIAL };
    let token = state.identities.tokens.issue(role, merchant, good_for).map_err(|error| {
        tracing::error!(%error, "a token can not be issued");
        Problem::of(Code::Internal)
    })?;
    let expires_at = Timestamp::now() + good_for;
    let signed_in = SignedIn { token, role, merchant_id: merchant.clone(), expires_at };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(signed_in))
}
