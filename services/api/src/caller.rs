//! Who sent a request, as its bearer token says. Checked before a byte of the body is read, and
//! before its handler is reached: a handler can not forget it.

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};
use vitrine_core::{
    ids::{KeyId, MerchantId},
    scope::Scopes,
};

use crate::{
    identity::Identity,
    problem::Problem,
    problems::Code,
    routes::access::{self, Access},
    state::State,
};

/// A caller whom the [table of routes](access) lets in.
#[derive(Clone)]
pub(crate) struct Caller {
    pub merchant: MerchantId,
    /// All that they may do.
    pub scopes: Scopes,
}

/// A caller of a route that changes a merchant's catalog or tells what customers do not see.
pub(crate) type Keeper = Caller;

/// A caller of a route that concerns all merchants.
pub(crate) type Operator = Caller;

/// Lets a request to its handler if the table allows it; `allow` are the methods that the path has.
pub(crate) async fn admit(
    path: &'static str,
    allow: &'static str,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    match admitted(path, allow, &request).await {
        Ok(()) => next.call(request).await,
        Err(problem) => Ok(request.error_response(problem)),
    }
}

async fn admitted(path: &str, allow: &str, request: &ServiceRequest) -> Result<(), Problem> {
    let method = request.method().as_str();
    let wanted = match access::of(method, path) {
        Some(Access::Everybody) => return Ok(()),
        Some(Access::Any(scopes)) => scopes,
        None if allow.split(", ").all(|allowed| allowed != method) => return Ok(()),
        None => {
            tracing::error!(method, path, "nobody is let in: the table of routes lacks it");
            return Err(Problem::of(Code::Internal));
        }
    };
    let state =
        request.app_data::<web::Data<State>>().ok_or_else(|| Problem::of(Code::Internal))?;
    let bearer = bearer(request).ok_or_else(|| Problem::of(Code::TokenMissing))?;
    let Identity { merchant, scopes, key } = state.identities.of(bearer).await?;
    let mut notes = request.extensions_mut();
    notes.insert(merchant.clone());
    if let Some(key) = key {
        notes.insert(key);
    }
    if !scopes.has_any_of(wanted) {
        return Err(Problem::scope_missing(wanted));
    }
    notes.insert(Caller { merchant, scopes });
    Ok(())
}

/// Who a request is from, for what is counted and kept by caller.
pub(crate) struct Known {
    pub merchant: MerchantId,
    /// Names the token or key, without giving it away.
    pub caller: String,
    /// What it allows.
    pub rights: String,
}

/// None where [`admit`] let in whom it need not know.
pub(crate) fn known(request: &ServiceRequest) -> Option<Known> {
    let notes = request.extensions();
    let Caller { merchant, scopes } = notes.get::<Caller>()?;
    let caller = match notes.get::<KeyId>() {
        Some(key) => key.to_string(),
        None => blake3::hash(bearer(request)?.as_bytes()).to_hex()[..32].to_owned(),
    };
    Some(Known { merchant: merchant.clone(), caller, rights: scopes.to_string() })
}

fn bearer(request: &ServiceRequest) -> Option<&str> {
    let (scheme, token) =
        request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// Whom [`admit`] let in. Nobody where a handler asks on a path that is for everybody.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| Problem::of(Code::Internal)))
    }
}
