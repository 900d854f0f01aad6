//! What the service tells of its work: logs and traces.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the service tells of its work on standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// What is logged, as in `info` or `vitrine_api=debug,warn`.
    pub filter: String,
    /// "text" for people, "json" for programs.
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Traces: where the time of single requests went, a span for each step of a look, with neither photos
/// nor tokens in them. OpenTelemetry's variables for batches, as `OTEL_BSP_SCHEDULE_DELAY`, hold too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Traces {
    /// The collector that they are sent to by OTLP over HTTP; none are made where not set.
    #[schemars(example = &"http://localhost:4318")]
    pub otlp: Option<String>,
    /// Headers that the collector wants, as its key. Better given by the environment or a file.
    #[schemars(example = serde_json::json!({"x-key": "secret"}), extend("x-secret" = true))]
    pub headers: HashMap<String, String>,
    /// What this service is called in them.
    pub service: String,
    /// The share of requests that are traced, 0 to 1, where the caller has not decided it.
    pub sample: f64,
    /// Whether a request goes on in the trace that its caller names in `traceparent`, and is traced where
    /// the caller says so. `false` where strangers' requests come straight to this service.
    pub join: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info,mistralrs=warn,mistralrs_core=warn,qdrant_edge=error,rmcp=error".into(),
            format: LogFormat::Text,
        }
    }
}

impl Default for Traces {
    fn default() -> Self {
        Self {
            otlp: None,
            headers: HashMap::new(),
            service: "vitrine".into(),
            sample: 1.0,
            join: true,
        }
    }
}
