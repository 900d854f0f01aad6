//! How often callers and merchants may ask (RateLimit header fields for HTTP,
//! draft-ietf-httpapi-ratelimit-headers-10).

use std::{fmt::Write, sync::Arc, time::Duration};

use actix_web::{
    Error,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use vitrine_core::{
    ids::MerchantId,
    ports::{Rates, Taken},
    quota::{Quota, Standing},
};

use crate::{caller, problem::Problem, problems::Code, state::State};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Requests that may come in a minute; none where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// With one token.
    pub caller: Option<Quota>,
    /// With all tokens of a merchant together.
    pub merchant: Option<Quota>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { caller: Quota::a_minute(600), merchant: Quota::a_minute(6_000) }
    }
}

/// What was let through, and what may be.
pub(crate) struct Limits {
    rates: Arc<dyn Rates>,
    limits: RateLimits,
}

/// A quota by the name that it is told by.
struct Policy {
    name: &'static str,
    quota: Quota,
}

impl Limits {
    pub(crate) fn new(rates: Arc<dyn Rates>, limits: RateLimits) -> Self {
        Self { rates, limits }
    }

    /// What one more request comes to; none where nothing bounds it. What was let through is not
    /// known while its store is away: then all is.
    async fn take(&self, request: &ServiceRequest) -> Option<(Vec<Policy>, Taken)> {
        let known = caller::known(request)?;
        let merchant = known.merchant.as_str();
        let all = [
            ("caller", self.limits.caller, format!("{}:{merchant}", known.caller)),
            ("merchant", self.limits.merchant, merchant.to_owned()),
        ];
        let (mut policies, mut quotas) = (Vec::new(), Vec::new());
        for (name, quota, key) in all {
            if let Some(quota) = quota {
                policies.push(Policy { name, quota });
                quotas.push((format!("{name}:{key}"), quota));
            }
        }
        if policies.is_empty() {
            return None;
        }
        match self.rates.take(&quotas).await {
            Ok(taken) => Some((policies, taken)),
            Err(error) => {
                tracing::warn!(%error, "a request is let through uncounted");
                None
            }
        }
    }

    /// Counts one more who is let in without a token, by where they come from and for the merchant.
    pub(crate) async fn take_guest(
        &self,
        merchant: &MerchantId,
        peer: &str,
    ) -> Result<(), Problem> {
        let all = [
            (format!("guest:{peer}"), self.limits.caller),
            (format!("merchant:{merchant}"), self.limits.merchant),
        ];
        let quotas: Vec<_> =
            all.into_iter().filter_map(|(key, quota)| Some((key, quota?))).collect();
        match self.rates.take(&quotas).await {
            Ok(taken) if taken.allowed => Ok(()),
            Ok(taken) => Err(too_many(&taken.standings)),
            Err(error) => {
                tracing::warn!(%error, "a guest is let in uncounted");
                Ok(())
            }
        }
    }
}

/// What is told to one too many.
fn too_many(standings: &[Standing]) -> Problem {
    let wait = standings.iter().map(|it| it.next).max().unwrap_or_default();
    Problem::of(Code::RateLimited).retry_after(whole_seconds(wait))
}

/// Answers a request, or turns it away where it is one too many; tells how many are left.
pub(crate) async fn hold(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return next.call(request).await;
    };
    let Some((policies, taken)) = state.limits.take(&request).await else {
        return next.call(request).await;
    };
    let mut answer = if taken.allowed {
        next.call(request).await?
    } else {
        request.error_response(too_many(&taken.standings))
    };
    tell(answer.headers_mut(), &policies, &taken.standings);
    Ok(answer)
}

fn tell(headers: &mut HeaderMap, policies: &[Policy], standings: &[Standing]) {
    let (mut policy, mut limit) = (String::new(), String::new());
    for (Policy { name, quota }, Standing { left, whole, .. }) in policies.iter().zip(standings) {
        let between = if policy.is_empty() { "" } else { ", " };
        let (q, w) = (quota.requests(), quota.window().as_secs());
        let t = whole_seconds(*whole).as_secs();
        // Writing to a String can not fail.
        let _ = write!(policy, r#"{between}"{name}";q={q};w={w}"#);
        let _ = write!(limit, r#"{between}"{name}";r={left};t={t}"#);
    }
    for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

/// Up to the next one.
fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_secs() + u64::from(time.subsec_nanos() > 0))
}
