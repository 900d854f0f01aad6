use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator, text_map_propagator::FieldIter},
};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tokio::runtime::Handle;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts spans to a collector. It is called by a thread of the exporter's own, which no runtime
/// knows; the work is done on the service's.
#[derive(Debug)]
pub(super) struct Post {
    client: reqwest::Client,
    runtime: Handle,
    address: String,
    /// Whether the last one came through: what fails is logged once, and once when it is well again.
    is_well: AtomicBool,
}

impl Post {
    /// To be made inside a runtime.
    pub(super) fn new(address: &str) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .no_gzip()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (runtime, is_well) = (Handle::current(), AtomicBool::new(true));
        Ok(Self { client, runtime, address: address.to_owned(), is_well })
    }

    fn note(&self, trouble: Option<&str>) {
        let was_well = self.is_well.swap(trouble.is_none(), Ordering::Relaxed);
        match trouble {
            Some(trouble) if was_well => {
                let address = &self.address;
                tracing::warn!(%address, trouble, "traces are lost; look whether the collector runs");
            }
            None if !was_well => tracing::info!("traces are sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let request =
            self.client.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
        let sending = async move {
            let answer = request.send().await.map_err(reqwest::Error::without_url)?;
            let status = answer.status();
            Ok::<_, reqwest::Error>((status, answer.bytes().await?))
        };
        let sent = self.runtime.spawn(sending).await?;
        let (status, body) = sent.inspect_err(|error| self.note(Some(&error.to_string())))?;
        self.note((!status.is_success()).then_some(status.as_str()));
        Ok(Response::builder().status(status).body(body)?)
    }
}

/// Tells others of our traces, and believes nobody's.
#[derive(Debug, Default)]
pub(super) struct OutwardOnly(TraceContextPropagator);

impl TextMapPropagator for OutwardOnly {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        self.0.inject_context(context, injector);
    }

    fn extract_with_context(&self, context: &Context, _: &dyn Extractor) -> Context {
        context.clone()
    }

    fn fields(&self) -> FieldIter<'_> {
        self.0.fields()
    }
}
