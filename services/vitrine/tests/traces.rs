//! Traces: what a collector is sent of a look, and what it is not.

mod common;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{
    root, run,
    servers::{Asked, dress, serve},
    serving::Serving,
    text, vitrine,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use tempfile::{TempDir, tempdir};

/// A caller's trace, and its span in it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// What a collector got, and what a model server was told of traces.
#[derive(Default)]
struct Heard {
    sent: Vec<ExportTraceServiceRequest>,
    keys: Vec<String>,
    asked: Vec<String>,
}

/// A service whose model and collector are played here.
struct Traced {
    serving: Serving,
    heard: Arc<Mutex<Heard>>,
    data: TempDir,
}

impl Traced {
    fn begin(command: &str, set: &[&str]) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (collected, asked) = (Arc::clone(&heard), Arc::clone(&heard));
        let collector = serve(move |request: &Asked| {
            assert!(request.head.starts_with("post /v1/traces http/1.1"), "{}", request.head);
            let mut heard = collected.lock().unwrap();
            heard.keys.extend(request.header("x-key").map(str::to_owned));
            heard.sent.push(ExportTraceServiceRequest::decode(&*request.body).unwrap());
            Vec::new()
        });
        let model = serve(move |request: &Asked| {
            let parent = request.header("traceparent").unwrap_or_default().to_owned();
            asked.lock().unwrap().asked.push(parent);
            dress(request)
        });
        let data = tempdir().unwrap();
        let (servers, otlp) =
            (format!("models.servers={model}"), format!("traces.otlp={collector}"));
        let mut command = vitrine(&[command, "--listen", "127.0.0.1:0", "--data"]);
        command.arg(data.path()).env("OTEL_BSP_SCHEDULE_DELAY", "200");
        for set in [&["models.vision=eye", &servers, &otlp], set].concat() {
            command.args(["--set", set]);
        }
        let serving = Serving::wait(command, data.path(), data.path());
        Self { serving, heard, data }
    }

    /// Sends a photo as a caller that traces, and waits for the whole answer.
    async fn look(&self, token: &str) {
        let photo = std::fs::read(root().join("demo/photos/outfit.jpg")).unwrap();
        let photo = reqwest::multipart::Part::bytes(photo).file_name("outfit.jpg");
        let form = reqwest::multipart::Form::new().part("photo", photo);
        let response = reqwest::Client::new()
            .post(format!("{}/v1/looks", self.serving.url))
            .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
            .bearer_auth(token)
            .multipart(form)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap();
    }

    fn token(&self) -> String {
        let token = ["token", "--role", "shopper", "--merchant", "demo", "--data"];
        run(vitrine(&token).arg(text(self.data.path()))).out.trim().to_owned()
    }

    /// Ends it; answers all that was sent up to its end.
    fn end(self) -> (Vec<Span>, Heard) {
        self.serving.stop();
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let scopes = heard.sent.iter().flat_map(|sent| &sent.resource_spans);
        let spans = scopes.flat_map(|resource| &resource.scope_spans);
        (spans.flat_map(|scope| scope.spans.clone()).collect(), heard)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_told_as_a_trace_with_a_span_a_step_in_its_callers_own() {
    let traced = Traced::begin("demo", &["traces.headers.x-key=hush", "traces.service=looks"]);
    let token = traced.token();
    traced.look(&token).await;
    let (spans, heard) = traced.end();
    let ours: Vec<&Span> = spans.iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let names: HashSet<&str> = ours.iter().map(|span| span.name.as_str()).collect();
    let steps = ["look", "queue", "describe", "garment", "embed", "search", "join", "advise"];
    for name in [&["POST /v1/looks", "model"], &steps[..]].concat() {
        assert!(names.contains(name), "{name} is missing in {names:?}");
    }
    let by_id: HashMap<&[u8], &Span> = ours.iter().map(|span| (&*span.span_id, *span)).collect();
    let root: Vec<_> = ours.iter().filter(|span| hex(&span.parent_span_id) == CALLER).collect();
    assert_eq!(root.len(), 1, "{names:?}");
    assert_eq!((root[0].name.as_str(), root[0].kind()), ("POST /v1/looks", SpanKind::Server));
    for span in ours.iter().filter(|span| span.span_id != root[0].span_id) {
        let parent = by_id.get(&*span.parent_span_id).expect(&span.name);
        assert!(span.start_time_unix_nano >= parent.start_time_unix_nano, "{}", span.name);
        let above = match span.name.as_str() {
            "look" => "POST /v1/looks",
            "queue" | "describe" | "garment" => "look",
            "join" => "garment",
            _ => continue,
        };
        assert_eq!(parent.name, above, "{}", span.name);
    }
    let told = format!("{:?}", heard.sent);
    assert!(told.contains("http.response.status_code") && told.contains("\"looks\""));
    assert!(!told.contains(&token) && !told.contains("hush"), "a token is told of");
    assert!(heard.keys.iter().all(|key| key == "hush") && !heard.keys.is_empty());
    let asked = heard.asked.iter().filter(|parent| parent.starts_with(&format!("00-{TRACE}-")));
    assert_eq!(asked.count(), 2, "to see and to advise: {:?}", heard.asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_decide_what_is_traced_where_they_are_not_believed() {
    let traced = Traced::begin("serve", &["traces.join=false", "traces.sample=0"]);
    traced.look(&traced.token()).await;
    let (spans, heard) = traced.end();
    assert!(spans.is_empty(), "{:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    assert!(heard.asked.iter().all(|parent| !parent.contains(TRACE)), "{:?}", heard.asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_costs_the_traces_alone() {
    let traced = Traced::begin("serve", &["traces.otlp=http://127.0.0.1:1"]);
    let token = traced.token();
    for _ in 0..3 {
        traced.look(&token).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let log = traced.data.path().join("err");
    traced.serving.stop();
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("traces are lost; look whether the collector runs").count(), 1, "{log}");
}

#[test]
fn settings_of_traces_that_can_not_be_used_say_what_to_write() {
    let data = tempdir().unwrap();
    for (set, told) in [
        ("traces.otlp=localhost:4318", "write it as http://localhost:4318"),
        ("traces.sample=7", "it is a share, 0 to 1"),
    ] {
        let otlp = "traces.otlp=http://127.0.0.1:1";
        let mut serve = vitrine(&["serve", "--set", otlp, "--set", set, "--data"]);
        let ran = run(serve.arg(text(data.path())));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(told), "{ran:?}");
    }
}
