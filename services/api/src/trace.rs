//! A request's place in a trace that other services write too.

use actix_web::http::header::HeaderMap;
use opentelemetry::{
    KeyValue, global,
    propagation::Extractor,
    trace::{Status, TraceContextExt},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// Makes a request's span a part of the trace that its caller writes, if it says so
/// (<https://www.w3.org/TR/trace-context/>), and notes the trace's name for the log. Nothing where
/// no traces are sent.
pub(crate) fn join(span: &Span, headers: &HeaderMap) {
    let caller = global::get_text_map_propagator(|reader| reader.extract(&Headers(headers)));
    // A span that no trace takes has no parent either.
    let _ = span.set_parent(caller);
    let context = span.context();
    let trace = context.span().span_context().trace_id();
    if trace != opentelemetry::TraceId::INVALID {
        span.record("trace_id", tracing::field::display(trace));
    }
}

/// Says of a request's span what became of it, by OpenTelemetry's names
/// (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>).
pub(crate) fn answered(span: &Span, method: &str, route: &str, status: u16) {
    let context = span.context();
    let span = context.span();
    span.update_name(format!("{method} {route}"));
    span.set_attributes([
        KeyValue::new("http.request.method", method.to_owned()),
        KeyValue::new("http.route", route.to_owned()),
        KeyValue::new("http.response.status_code", i64::from(status)),
    ]);
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}
