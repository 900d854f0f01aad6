//! What the service tells of its work while it runs: the log, and traces where a collector is named.

mod post;

use std::{collections::HashMap, io::IsTerminal, time::Duration};

use opentelemetry::{KeyValue, global, trace::TracerProvider};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::Targets,
    fmt,
    layer::SubscriberExt,
    util::{SubscriberInitExt, TryInitError},
};

use crate::{
    error::Error,
    settings::{Log, LogFormat, Settings, Traces},
};
use post::Post;

/// What commands that end log: warnings, but those of the index, which speak to its own makers.
const QUIET: &str = "warn,qdrant_edge=error";
/// The rooms whose spans are sent.
const OURS: [&str; 6] = [
    "vitrine",
    "vitrine_api",
    "vitrine_core",
    "vitrine_models",
    "vitrine_outbound",
    "vitrine_stores",
];
/// How long the last spans may take to be sent when the service ends.
const LAST: Duration = Duration::from_secs(5);

type Layers = Box<dyn Layer<Registry> + Send + Sync>;

/// Keeps traces going; [closed](Self::close) when the process ends.
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Logs to standard error, and sends traces where the settings say so. Commands that end log
    /// warnings alone and send none.
    pub(crate) fn begin(settings: &Settings, serves: bool) -> Result<Self, Error> {
        let mut layers = vec![log(&settings.log, serves)?];
        let traces = serves.then(|| provider(&settings.traces)).transpose()?.flatten();
        if let Some(traces) = &traces {
            let ours = Targets::new().with_targets(OURS.map(|room| (room, LevelFilter::INFO)));
            let layer = tracing_opentelemetry::layer()
                .with_tracer(traces.tracer("vitrine"))
                .with_location(false)
                .with_threads(false)
                .with_filter(ours);
            layers.push(layer.boxed());
        }
        let twice = |error: TryInitError| Error::Settings(format!("the log is taken: {error}"));
        tracing_subscriber::registry().with(layers).try_init().map_err(twice)?;
        Ok(Self { traces })
    }

    /// Sends what was not sent yet.
    pub(crate) async fn close(self) {
        let Some(traces) = self.traces else { return };
        let closing = tokio::task::spawn_blocking(move || traces.shutdown_with_timeout(LAST));
        match closing.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces are not sent"),
            Err(error) => tracing::warn!(%error, "the last traces are not sent"),
        }
    }
}

fn log(log: &Log, serves: bool) -> Result<Layers, Error> {
    let filter = if serves { log.filter.as_str() } else { QUIET };
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| Error::Settings(format!("`log.filter` can not be read: {error}")))?;
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal());
    let lines = lines.with_writer(std::io::stderr);
    Ok(match log.format {
        LogFormat::Text => lines.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    })
}

/// What makes traces and sends them, where a collector is named. From then on what a caller says of
/// its trace is read, where it is believed, and model servers are told of ours.
fn provider(traces: &Traces) -> Result<Option<SdkTracerProvider>, Error> {
    let Some(endpoint) = &traces.otlp else { return Ok(None) };
    let unusable = |why: String| Error::Settings(format!("`traces.otlp`: {why}"));
    let address = address(endpoint).map_err(unusable)?;
    if !(0.0..=1.0).contains(&traces.sample) {
        let told = format!("`traces.sample` is {}; it is a share, 0 to 1", traces.sample);
        return Err(Error::Settings(told));
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Post::new(&address).map_err(|error| unusable(error.to_string()))?)
        .with_headers(traces.headers.clone().into_iter().collect::<HashMap<_, _>>())
        .with_endpoint(address)
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    let resource = Resource::builder()
        .with_service_name(traces.service.clone())
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", uuid::Uuid::now_v7().to_string()),
        ])
        .build();
    if traces.join {
        global::set_text_map_propagator(TraceContextPropagator::new());
    } else {
        global::set_text_map_propagator(post::OutwardOnly::default());
    }
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(traces.sample)));
    Ok(Some(
        SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler)
            .with_batch_exporter(exporter)
            .build(),
    ))
}

/// Where spans are posted to: the collector's own path where it is named by its host alone
/// (<https://opentelemetry.io/docs/specs/otlp/#otlphttp-request>).
fn address(endpoint: &str) -> Result<String, String> {
    let mut url = reqwest::Url::parse(endpoint)
        .map_err(|error| format!("{error}; write it as http://localhost:4318"))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(format!("`{}` is not spoken; write it as http://localhost:4318", url.scheme()));
    }
    if url.path() == "/" {
        url.set_path("/v1/traces");
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_that_is_named_by_its_host_is_asked_at_its_own_path() {
        for (endpoint, asked) in [
            ("http://localhost:4318", "http://localhost:4318/v1/traces"),
            ("https://otlp.example/", "https://otlp.example/v1/traces"),
            ("https://otlp.example/in/traces", "https://otlp.example/in/traces"),
        ] {
            assert_eq!(address(endpoint).unwrap(), asked);
        }
        for endpoint in ["localhost:4318", "grpc://localhost:4317", ""] {
            let error = address(endpoint).unwrap_err();
            assert!(error.contains("write it as http://localhost:4318"), "{error}");
        }
    }
}
