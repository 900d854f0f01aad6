//! The figures at `/metrics`.

mod common;

use std::{collections::BTreeMap, time::Duration};

use common::{Service, problem, seeing_a_dress, start, start_with};
use vitrine_api::ServerSettings;
use vitrine_core::{
    admission::Admission,
    ids::MerchantId,
    imports::{Import, ImportOptions, ImportOrder, Source},
    ports::{Catalog, Duties, Imports, Rebuilds},
    testing::sample,
};

const HOUR: Duration = Duration::from_secs(3_600);

async fn with(settings: ServerSettings) -> Service {
    start_with(seeing_a_dress(), Admission::new(2, 8), settings).await
}

/// A service that reads the figures anew each time.
async fn fresh() -> Service {
    with(ServerSettings { metrics_age: Duration::ZERO, ..ServerSettings::default() }).await
}

async fn text(service: &Service) -> String {
    let answer = service.client.get(service.url("/metrics")).send().await.unwrap();
    assert_eq!(answer.status(), 200, "no token is needed");
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.text().await.unwrap()
}

async fn scrape(service: &Service) -> BTreeMap<String, f64> {
    samples(&text(service).await)
}

/// The samples by name, with their labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    };
    samples.map(sample).collect()
}

#[tokio::test]
async fn the_metrics_tell_of_requests_looks_and_the_process() {
    let service = fresh().await;
    let before = scrape(&service).await;
    service.still_answers().await;
    let answer = service.client.get(service.url("/nothing/of/this/name")).send().await.unwrap();
    problem(answer, 404, "route_unknown").await;
    let after = scrape(&service).await;
    // Other tests of this process are counted too.
    let grew = |name: &str| {
        let of = |figures: &BTreeMap<String, f64>| figures.get(name).copied().unwrap_or_default();
        assert!(of(&after) > of(&before), "{name}");
    };
    let request = "vitrine_http_request_duration_seconds_count";
    grew(&format!("{request}{{route=\"/v1/looks\",method=\"POST\",status=\"200\"}}"));
    grew(&format!("{request}{{route=\"none\",method=\"GET\",status=\"404\"}}"));
    for step in ["queue", "describe", "embed", "search", "join", "advise", "first_match", "total"] {
        grew(&format!("vitrine_look_step_duration_seconds_count{{step=\"{step}\"}}"));
    }
    grew("vitrine_looks_total{outcome=\"answered\"}");
    grew("vitrine_queue_wait_seconds_count");
    grew("vitrine_cache_requests_total{what=\"garments\",result=\"miss\"}");
    assert_eq!(after["vitrine_queue_waiting"], 0.0);
    assert_eq!(after["vitrine_build_info{version=\"0.1.0\"}"], 1.0);
    assert!(after["process_resident_memory_bytes"] > 1e6);
    assert!(after["process_open_fds"] > 3.0 && after["process_cpu_seconds_total"] > 0.0);
    let age = jiff::Timestamp::now().as_second() as f64 - after["process_start_time_seconds"];
    assert!((-2.0..3_600.0).contains(&age), "{age}, by a clock of whole seconds");
}

#[tokio::test]
async fn the_metrics_tell_how_far_the_index_is_behind() {
    let service = fresh().await;
    let figures = scrape(&service).await;
    assert_eq!(figures["vitrine_index_lag_products"], 0.0);
    assert_eq!(figures["vitrine_index_lag_seconds"], 0.0);

    for merchant in ["one", "two"] {
        let merchant = MerchantId::new(merchant).unwrap();
        service.catalog.upsert(&merchant, vec![sample::product("a")]).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(2)).await;
    let figures = scrape(&service).await;
    assert_eq!(figures["vitrine_index_lag_products"], 2.0, "of all merchants");
    let first = figures["vitrine_index_lag_seconds"];
    assert!(first > 0.001, "{first}");
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(scrape(&service).await["vitrine_index_lag_seconds"] > first, "it waits on");

    service.indexer.drain(|_| {}).await.unwrap();
    let figures = scrape(&service).await;
    assert_eq!(figures["vitrine_index_lag_products"], 0.0);
    assert_eq!(figures["vitrine_index_lag_seconds"], 0.0);
}

#[tokio::test]
async fn the_metrics_tell_of_imports_and_of_building_anew() {
    let service = fresh().await;
    let merchant = MerchantId::new("demo").unwrap();
    let order = ImportOrder {
        source: Source::Body,
        reading: Default::default(),
        options: ImportOptions::default(),
    };
    for _ in 0..2 {
        let import = Import::new(merchant.clone(), order.clone());
        service.catalog.create(&import).await.unwrap();
        service.catalog.body_complete(import.id, 0).await.unwrap();
    }
    service.catalog.claim(HOUR).await.unwrap().unwrap();
    let figures = scrape(&service).await;
    assert_eq!(figures["vitrine_imports{state=\"waiting\"}"], 1.0);
    assert_eq!(figures["vitrine_imports{state=\"running\"}"], 1.0);

    let rebuild = |figures: BTreeMap<String, f64>| {
        ["under_way", "done_products", "expected_products"]
            .map(|name| figures[&format!("vitrine_index_rebuild_{name}")])
    };
    assert_eq!(rebuild(figures), [0.0, 0.0, 0.0]);
    service.catalog.ask_rebuild().await.unwrap();
    assert_eq!(rebuild(scrape(&service).await), [1.0, 0.0, 0.0]);
    let duty = service.catalog.take("indexing", "another", HOUR).await.unwrap().unwrap();
    service.catalog.start_rebuild(&duty).await.unwrap();
    service.catalog.tell_rebuild(&duty, 512, 1_000).await.unwrap();
    assert_eq!(rebuild(scrape(&service).await), [1.0, 512.0, 1_000.0]);
    service.catalog.end_rebuild(&duty, Ok(1_001)).await.unwrap();
    assert_eq!(rebuild(scrape(&service).await), [0.0, 1_001.0, 1_001.0]);
}

#[tokio::test]
async fn every_figure_says_what_it_is_and_names_no_merchant() {
    let service = fresh().await;
    service.still_answers().await;
    let text = text(&service).await;
    let figures = samples(&text);
    assert_eq!(figures["vitrine_indexer_on_duty"], 0.0);
    for sample in figures.keys() {
        let name = sample.split('{').next().unwrap();
        assert!(name.starts_with("vitrine_") || name.starts_with("process_"), "{name}");
        let parts = ["_bucket", "_sum", "_count"];
        let whole = parts.into_iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        let said = |what: &str| {
            text.lines().find_map(|line| line.strip_prefix(&format!("# {what} {whole} ")))
        };
        let kind = said("TYPE").unwrap_or_else(|| panic!("{name} has no type"));
        assert_eq!(kind == "counter", whole.ends_with("_total"), "{name} is a {kind}");
        assert_eq!(kind == "histogram", whole != name, "{name} is a {kind}");
        let help = said("HELP").unwrap_or_else(|| panic!("{name} has no help"));
        assert!(help.len() > 10, "{name}: {help}");
    }
    assert!(!text.contains("demo"), "{text}");
}

#[tokio::test]
async fn who_asks_often_is_told_what_was_read_before() {
    let service = with(ServerSettings { metrics_age: HOUR, ..ServerSettings::default() }).await;
    let of_stores = |figures: BTreeMap<String, f64>| -> Vec<(String, f64)> {
        let read = |name: &str| name.starts_with("vitrine_index_") || name.contains("_imports{");
        figures.into_iter().filter(|(name, _)| read(name)).collect()
    };
    let before = of_stores(scrape(&service).await);
    assert!(before.len() > 5, "{before:?}");
    let merchant = MerchantId::new("demo").unwrap();
    service.catalog.upsert(&merchant, vec![sample::product("new")]).await.unwrap();
    assert_eq!(of_stores(scrape(&service).await), before);
}

#[tokio::test]
async fn a_service_that_is_to_have_no_metrics_has_none() {
    let service = with(ServerSettings { metrics: false, ..ServerSettings::default() }).await;
    let answer = service.client.get(service.url("/metrics")).send().await.unwrap();
    problem(answer, 404, "route_unknown").await;
    let post = start().await;
    let answer = post.client.post(post.url("/metrics")).send().await.unwrap();
    problem(answer, 405, "method_not_allowed").await;
}
