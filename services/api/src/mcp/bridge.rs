//! From one kind of HTTP to another: rmcp's requests and answers are not those of the server.

use std::sync::Arc;

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    web::{self, Bytes},
};
use http_body_util::{BodyExt, Full};
use rmcp::{
    ErrorData,
    model::JsonRpcError,
    transport::{
        StreamableHttpServerConfig, StreamableHttpService,
        streamable_http_server::session::never::NeverSessionManager,
    },
};

use super::{Message, handler::Handler};
use crate::{caller::Caller, problem::Problem, problems::Code, state::State};

const JSON: &str = "application/json";

/// Answers a message; `headers` are those that it came with.
pub(crate) async fn answer(
    message: Message,
    headers: &HeaderMap,
    caller: Caller,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let asked = asked(message.text, headers)?;
    let handler = Arc::new(Handler::new(caller, state, message.arrived));
    let make = {
        let handler = Arc::clone(&handler);
        move || Ok(Arc::clone(&handler))
    };
    let protocol =
        StreamableHttpService::new(make, Arc::new(NeverSessionManager::default()), settings());
    let (head, body) = protocol.handle(asked).await.into_parts();
    let body = match body.collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(never) => match never {},
    };
    // What speaks the protocol may hold the handler for a while yet.
    handler.release();
    if let Some(problem) = handler.refused() {
        let mut answer = problem.error_response().set_body(BoxBody::new(body));
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        return Ok(answer);
    }
    let status =
        StatusCode::from_u16(head.status.as_u16()).map_err(|_| Problem::of(Code::Internal))?;
    let kind = head.headers.get(http::header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(JSON.as_bytes()));
    Ok(match status {
        status if status.is_success() && body.is_empty() => HttpResponse::build(status).finish(),
        status if is_json => told(status, body),
        // It is JSON, and sent as such: what is wrong is what it says.
        StatusCode::UNSUPPORTED_MEDIA_TYPE => refused(StatusCode::BAD_REQUEST, &body)?,
        status => refused(status, &body)?,
    })
}

/// What the protocol answers in plain words, as an error of JSON-RPC.
fn refused(status: StatusCode, words: &[u8]) -> Result<HttpResponse, Problem> {
    let words = String::from_utf8_lossy(words).into_owned();
    let error = JsonRpcError::new(None, ErrorData::invalid_request(words, None));
    let body = serde_json::to_vec(&error).map_err(|_| Problem::of(Code::Internal))?;
    Ok(told(status, body.into()))
}

fn told(status: StatusCode, body: Bytes) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(JSON)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

/// Answers are whole, so sessions and streams are not needed. Who may ask was found out before:
/// a web page that was led here, under whatever host, has no token.
fn settings() -> StreamableHttpServerConfig {
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
}

/// The message with those of its headers that the protocol knows.
fn asked(text: Vec<u8>, headers: &HeaderMap) -> Result<http::Request<Full<Bytes>>, Problem> {
    let mut asked = http::Request::post("http://vitrine/mcp")
        .header(http::header::CONTENT_TYPE, JSON)
        .header(http::header::ACCEPT, "application/json, text/event-stream");
    for (name, value) in headers {
        if name.as_str().starts_with("mcp-") {
            asked = asked.header(name.as_str(), value.as_bytes());
        }
    }
    asked.body(Full::new(text.into())).map_err(|_| Problem::of(Code::Internal))
}
