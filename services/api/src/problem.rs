//! An error as it is answered: problem details (RFC 9457).

use std::time::Duration;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::{
    admission::Busy,
    photo::PhotoError,
    ports::{ModelError, StoreError},
    scope::Scope,
    search::SearchError,
};

use crate::{problems::Code, requests, routes::access};

/// When to come back to a model or a store that is being restarted.
const COME_BACK: Duration = Duration::from_secs(5);

/// The most characters said of one field: a parser may repeat all that it was given.
const MAX_DETAIL: usize = 400;

/// One thing that went wrong with one request.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Named where the problem is made, since it may be answered after the request is forgotten;
    /// not known on a thread for blocking work.
    request: Option<String>,
}

/// What is wrong with one field of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// What is wrong.
    pub detail: String,
    /// Where, as a JSON Pointer (RFC 6901) into the body, as a URI fragment.
    #[schema(example = "#/limit")]
    pub pointer: String,
}

/// Every error, as RFC 9457 has it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// Where this kind of problem is explained.
    #[schema(value_type = String, format = UriReference, example = "/problems#photo_too_small")]
    r#type: String,
    #[schema(example = "The photo is too small")]
    title: &'a str,
    #[schema(example = 422)]
    status: u16,
    /// What went wrong this time, and what to do.
    detail: &'a str,
    /// For programs; one of the list at `/problems`.
    #[schema(example = "photo_too_small")]
    code: &'a str,
    /// This one occurrence, by its `Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = UriReference)]
    instance: Option<String>,
    /// The fields to blame, if any are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// With the table's own advice as its detail.
    pub(crate) fn of(code: Code) -> Self {
        Self::new(code, code.remedy())
    }

    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let mut problem = Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
            request: requests::current(),
        };
        if let Some(challenge) = challenge(code) {
            problem.headers.push((header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        problem
    }

    /// A problem with one field of the body.
    pub(crate) fn of_field(code: Code, field: &str, detail: impl Into<String>) -> Self {
        let detail: String = detail.into().chars().take(MAX_DETAIL).collect();
        let mut problem = Self::new(code, format!("{detail}. {}", code.remedy()));
        problem.errors.push(FieldError { detail, pointer: pointer(field) });
        problem
    }

    /// A problem with the photo, wherever it came from.
    fn of_photo(code: Code, detail: &str) -> Self {
        let mut problem = Self::new(code, detail);
        problem.errors.push(FieldError { detail: detail.to_owned(), pointer: pointer("photo") });
        problem
    }

    /// A problem with several fields, each named as `variants[0].price`.
    pub(crate) fn of_fields(
        code: Code,
        fields: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut problem = Self::of(code);
        problem.errors.extend(fields.into_iter().map(|(field, detail)| {
            let field = field.replace(['[', '.'], "/").replace(']', "");
            FieldError { detail, pointer: pointer(&field) }
        }));
        problem
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// What went wrong and what to do, for who sees words alone.
    pub(crate) fn words(&self) -> String {
        let words = format!("{}. {}", self.code.title(), self.detail);
        let wait = self.headers.iter().find(|(name, _)| *name == header::RETRY_AFTER);
        match wait.and_then(|(_, seconds)| seconds.to_str().ok()) {
            Some(seconds) => format!("{words} Retry-After: {seconds}"),
            None => words,
        }
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let mut problem = Self::of(Code::MethodNotAllowed);
        problem.headers.push((header::ALLOW, HeaderValue::from_static(allow)));
        problem
    }

    /// The problem as it is told.
    pub(crate) fn body(&self, request: Option<&String>) -> ProblemBody<'_> {
        ProblemBody {
            r#type: self.code.uri(),
            title: self.code.title(),
            status: self.code.status(),
            detail: &self.detail,
            code: self.code.id(),
            instance: request.map(|id| format!("/requests/{id}")),
            errors: &self.errors,
        }
    }

    /// The token is good, but for other things.
    pub(crate) fn scope_missing(wanted: &[Scope]) -> Self {
        let code = Code::RoleNotAllowed;
        let detail = format!("This needs the scope {}. {}", access::named(wanted), code.remedy());
        let mut problem = Self::new(code, detail);
        let scope = wanted.first().map_or("", |scope| scope.id());
        let challenge =
            format!(r#"Bearer realm="vitrine", error="insufficient_scope", scope="{scope}""#);
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            problem.headers.push((header::WWW_AUTHENTICATE, challenge));
        }
        problem
    }

    /// The issuer's keys are not known, and it does not answer.
    pub(crate) fn issuer_silent() -> Self {
        Self::of(Code::IssuerUnavailable).retry_after(COME_BACK)
    }

    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.headers.push((header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1))));
        self
    }
}

/// RFC 6750, section 3.
fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::TokenMissing => Some(r#"Bearer realm="vitrine""#),
        Code::TokenInvalid => Some(
            r#"Bearer realm="vitrine", error="invalid_token", error_description="The token is not valid""#,
        ),
        Code::TokenExpired => Some(
            r#"Bearer realm="vitrine", error="invalid_token", error_description="The token has expired""#,
        ),
        _ => None,
    }
}

/// A name that somebody else chose, as it is shown: short, without control characters.
pub(crate) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// `#/photo/data` for `photo/data`: what may stand in a fragment stays, the rest is left out.
fn pointer(field: &str) -> String {
    let shown = field.chars().filter(|c| c.is_ascii_alphanumeric() || "/_-.".contains(*c));
    format!("#/{}", shown.take(60).collect::<String>())
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.code.id(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let request = self.request.clone().or_else(requests::current);
        let mut response = HttpResponse::build(self.status_code());
        response
            .content_type("application/problem+json")
            .insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        let body = self.body(request.as_ref());
        let mut response = response.body(serde_json::to_vec(&body).unwrap_or_default());
        if let Some(id) = &request {
            requests::name(response.headers_mut(), id);
        }
        response
    }
}

impl From<PhotoError> for Problem {
    fn from(error: PhotoError) -> Self {
        let code = match error {
            PhotoError::Empty => Code::PhotoEmpty,
            PhotoError::TooManyBytes => Code::PhotoTooLarge,
            PhotoError::NotAPicture => Code::PhotoNotAPicture,
            PhotoError::Unsupported(_) => Code::PhotoFormatUnsupported,
            PhotoError::Damaged(_) => Code::PhotoDamaged,
            PhotoError::TooManyPixels { .. } => Code::PhotoTooManyPixels,
            PhotoError::TooSmall { .. } => Code::PhotoTooSmall,
            PhotoError::TooNarrow { .. } => Code::PhotoTooNarrow,
        };
        Self::of_photo(code, &error.to_string())
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        Self::new(Code::Busy, busy.to_string()).retry_after(busy.retry_after)
    }
}

/// What a model says of its trouble is for the log; a customer is told what to do.
impl From<ModelError> for Problem {
    fn from(error: ModelError) -> Self {
        let problem = match &error {
            ModelError::Refused(why) => {
                tracing::info!(why = why.id(), "a photo was refused");
                return Self::of_photo(Code::PhotoRefused, why.words());
            }
            ModelError::Load(_) | ModelError::Stopped(_) => {
                Self::of(Code::ModelUnavailable).retry_after(COME_BACK)
            }
            ModelError::Answer(_) => Self::of(Code::ModelAnswerInvalid),
            ModelError::Timeout(_) => Self::of(Code::ModelTimeout),
        };
        tracing::error!(%error, "the model did not answer");
        problem
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Cursor => Self::new(Code::CursorInvalid, error.to_string()),
            SearchError::Busy(busy) => busy.into(),
            SearchError::Model(error) => error.into(),
            SearchError::Store(error) => error.into(),
        }
    }
}

/// What a store says of its trouble is for the log too.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a store did not answer");
        match error {
            StoreError::Unavailable { .. }
            | StoreError::Newer { .. }
            | StoreError::Behind { .. } => Self::of(Code::StoreUnavailable).retry_after(COME_BACK),
            StoreError::Corrupt { .. } => Self::of(Code::Internal),
        }
    }
}
