use std::{error::Error, time::Duration};

use opentelemetry::global;
use opentelemetry_http::HeaderInjector;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect,
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use vitrine_core::ports::ModelError;

use crate::{settings::ServedSettings, text::harmless};

/// How long a server has to take a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Characters that are told of a body that is no answer.
const TOLD: usize = 200;

/// Posts to servers.
pub(super) struct Caller {
    client: Client,
    key: Option<String>,
    authorization: Option<HeaderValue>,
}

/// One try that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: ModelError,
    pub(super) next: Next,
}

/// What may go better than a try that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: it is the request that is wrong, or the model's own words.
    Nothing,
    /// Another server.
    Elsewhere,
    /// Another server, or the same one a little later.
    Later,
    /// The same as `Later`, and the server said when: it is well, and has much to do.
    Busy(Option<Duration>),
}

impl Caller {
    pub(super) fn new(settings: &ServedSettings) -> Result<Self, ModelError> {
        // The key, and customers' pictures, go to these servers alone: neither where a redirect
        // points nor through a proxy of the environment.
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| ModelError::Load(innermost(&error)))?;
        let key = settings.api_key.clone().filter(|key| !key.is_empty());
        let authorization = key.as_deref().map(bearer).transpose()?;
        Ok(Self { client, key, authorization })
    }

    /// An answer of status 2xx, its body still to be read.
    pub(super) async fn post(&self, address: &Url, body: &str) -> Result<Response, Failure> {
        let mut request = self.client.post(address.clone()).body(body.to_owned());
        request = request.header(CONTENT_TYPE, "application/json").headers(trace());
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let response = request.send().await.map_err(|error| unreachable(address, &error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let next = match status.as_u16() {
            429 => Next::Busy(retry_after(&response)),
            502..=504 => Next::Later,
            400 | 413 | 422 => Next::Nothing,
            _ => Next::Elsewhere,
        };
        let told = self.told(response).await;
        let detail = format!("{address} answered {status}{}: {told}", hint(status));
        let error = if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            ModelError::Stopped(detail)
        } else {
            ModelError::Load(detail)
        };
        Err(Failure { error, next })
    }

    /// The beginning of a body that is no answer, without the key that it may repeat.
    async fn told(&self, mut response: Response) -> String {
        let mut body = Vec::new();
        while let Ok(Some(piece)) = response.chunk().await {
            body.extend_from_slice(&piece);
            if body.len() > 64 * TOLD {
                break;
            }
        }
        self.clean(&String::from_utf8_lossy(&body))
    }

    /// What a server wrote, as it may be told.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = match &self.key {
            Some(key) => text.replace(key, "(the key)"),
            None => text.to_owned(),
        };
        harmless(&text, TOLD)
    }
}

pub(super) fn unreachable(address: &Url, error: &reqwest::Error) -> Failure {
    let detail = innermost(error);
    let error = ModelError::Stopped(format!(
        "{address} gave no answer: {detail}; look whether the server runs there"
    ));
    Failure { error, next: Next::Later }
}

/// The trace that the question belongs to (<https://www.w3.org/TR/trace-context/>), which a server may
/// go on with; nothing where no traces are made.
fn trace() -> HeaderMap {
    let (mut headers, context) = (HeaderMap::new(), Span::current().context());
    global::get_text_map_propagator(|writer| {
        writer.inject_context(&context, &mut HeaderInjector(&mut headers));
    });
    headers
}

/// Where requests are sent to. It is told in errors, so it must not hold a password.
pub(super) fn address(url: &str, path: &str) -> Result<Url, ModelError> {
    let whole = format!("{}{path}", url.trim_end_matches('/'));
    match Url::parse(&whole) {
        Ok(address) if address.password().is_some() || !address.username().is_empty() => {
            let detail = "the address of a model server holds a password; set its API key";
            Err(ModelError::Load(detail.into()))
        }
        Ok(address) if ["http", "https"].contains(&address.scheme()) => Ok(address),
        _ => Err(ModelError::Load(format!(
            "`{url}` is no address of a server; one is like http://localhost:8000"
        ))),
    }
}

fn bearer(key: &str) -> Result<HeaderValue, ModelError> {
    let refuse = |_| {
        let detail = "the API key of a model server has letters that no key has; copy it again";
        ModelError::Load(detail.into())
    };
    let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(refuse)?;
    value.set_sensitive(true);
    Ok(value)
}

/// In seconds; the form with a date is not read.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What to look at first.
const fn hint(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..400 => " (set the address that it points to)",
        400 | 422 => " (does the model take pictures, and is the wire format right?)",
        401 | 403 => " (look at the API key)",
        404 | 405 => " (look at the address, the wire format and the model's name)",
        413 => " (let the server take larger requests)",
        _ => "",
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
