//! Errors as OpenAI's clients read them.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};
use serde::Serialize;
use serde_json::Value;

/// The paths of this door.
const OWN: [&str; 2] = ["/v1/chat/completions", "/v1/models"];
const PROBLEM: &str = "application/problem+json";

/// An error of this door.
#[derive(Serialize)]
struct OpenAiError {
    error: OpenAiErrorBody,
}

#[derive(Serialize)]
struct OpenAiErrorBody {
    /// What went wrong this time, and what to do.
    message: String,
    /// `invalid_request_error`, `rate_limit_error` or `server_error`.
    r#type: String,
    /// The field to blame.
    param: Option<String>,
    /// One of the list at `/problems`.
    code: String,
}

/// Tells every problem of this door as OpenAI's clients read errors.
pub(crate) async fn as_openai<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_own = OWN.iter().any(|path| request.path().starts_with(path));
    let response = next.call(request).await?.map_into_boxed_body();
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !is_own || kind.is_none_or(|kind| kind != PROBLEM) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = to_bytes(body).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    let json = serde_json::to_vec(&told(&problem)).unwrap_or_default();
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let response = response.set_body(BoxBody::new(json));
    Ok(ServiceResponse::new(request, response))
}

/// The problem in the other words.
fn told(problem: &Value) -> OpenAiError {
    let text = |field: &str| problem[field].as_str().unwrap_or_default().to_owned();
    let status = problem["status"].as_u64().unwrap_or(500);
    let kind = match status {
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let pointer = problem["errors"][0]["pointer"].as_str();
    let param = pointer.map(|pointer| pointer.trim_start_matches("#/").to_owned());
    OpenAiError {
        error: OpenAiErrorBody {
            message: text("detail"),
            r#type: kind.to_owned(),
            param,
            code: text("code"),
        },
    }
}
