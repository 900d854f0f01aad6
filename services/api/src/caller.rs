//! Who sent a request, as its bearer token says. Checked before a byte of the body is read.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header,
    web,
};
use vitrine_core::ids::MerchantId;

use crate::{
    problem::Problem,
    problems::Code,
    state::State,
    tokens::{BadToken, Claims, Role},
};

/// A caller with a good token, of any role.
pub(crate) struct Caller {
    pub merchant: MerchantId,
    role: Role,
}

/// A caller who may change the merchant's catalog.
pub(crate) struct Keeper {
    pub merchant: MerchantId,
}

/// A caller who runs the service.
pub(crate) struct Operator;

impl FromRequest for Operator {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let operator = Caller::from_request(request, payload).into_inner().and_then(|caller| {
            match caller.role {
                Role::Admin => Ok(Self),
                Role::Shopper | Role::Agent | Role::Merchant => {
                    Err(Problem::of(Code::RoleNotAllowed))
                }
            }
        });
        ready(operator)
    }
}

impl FromRequest for Keeper {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let keeper = Caller::from_request(request, payload).into_inner().and_then(|caller| {
            match caller.role {
                Role::Merchant | Role::Admin => Ok(Self { merchant: caller.merchant }),
                Role::Shopper | Role::Agent => Err(Problem::of(Code::RoleNotAllowed)),
            }
        });
        ready(keeper)
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = checked(request);
        if let Ok(caller) = &caller {
            request.extensions_mut().insert(caller.merchant.clone());
        }
        ready(caller)
    }
}

/// Who a good token says that a request is from, for what is counted and kept by caller.
pub(crate) struct Known {
    pub merchant: MerchantId,
    /// Names the token.
    pub caller: String,
    /// What it allows.
    pub rights: String,
}

/// None where there is no token or it is not good: then the handler refuses the request.
pub(crate) fn known(request: &ServiceRequest) -> Option<Known> {
    let Claims { sub: merchant, role, jti, .. } = claims(request.request()).ok()?;
    Some(Known { merchant, caller: jti.to_string(), rights: format!("{role:?}") })
}

fn checked(request: &HttpRequest) -> Result<Caller, Problem> {
    let claims = claims(request)?;
    Ok(Caller { merchant: claims.sub, role: claims.role })
}

fn claims(request: &HttpRequest) -> Result<Claims, Problem> {
    let state =
        request.app_data::<web::Data<State>>().ok_or_else(|| Problem::of(Code::Internal))?;
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(|| Problem::of(Code::TokenMissing))?;
    state.keys.check(token).map_err(|bad| match bad {
        BadToken::Expired => Problem::of(Code::TokenExpired),
        BadToken::Invalid => Problem::of(Code::TokenInvalid),
    })
}
