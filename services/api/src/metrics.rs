//! Figures for who watches over the service, in the text format of Prometheus.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::{sync::Mutex, time::timeout};
use vitrine_core::{
    admission::Admission,
    indexing::{Indexer, Rebuild, RebuildState},
    meters::meters,
    ports::{Catalog, Imports, Lag, StoreError, UnderWay},
};

use crate::process;

/// The longest that the store may take: less than Prometheus waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// What is told of all processes together comes from the store, read again after `age` at the
/// earliest: whoever asks needs no token, and must not be able to keep the store busy.
pub(crate) struct Metrics {
    catalog: Arc<dyn Catalog>,
    imports: Arc<dyn Imports>,
    indexer: Arc<Indexer>,
    admission: Arc<Admission>,
    age: Duration,
    read: Mutex<Option<(Instant, Result<Shared, StoreError>)>>,
}

/// The same for all processes that share the store.
#[derive(Debug, Clone)]
struct Shared {
    lag: Lag,
    imports: UnderWay,
    rebuild: Option<Rebuild>,
}

impl Metrics {
    pub(crate) fn new(
        catalog: Arc<dyn Catalog>,
        imports: Arc<dyn Imports>,
        indexer: Arc<Indexer>,
        admission: Arc<Admission>,
        age: Duration,
    ) -> Self {
        Self { catalog, imports, indexer, admission, age, read: Mutex::default() }
    }

    /// All figures, as they are scraped. While the catalog is away those that are read from it are
    /// left out: who watches needs the others then most.
    pub(crate) async fn text(&self) -> String {
        let shared = self.shared().await;
        if let Err(error) = &shared {
            tracing::warn!(%error, "figures of the catalog are left out");
        }
        let here = Here { on_duty: self.indexer.is_on_duty(), queued: self.admission.queued() };
        // Writing to a String can not fail.
        text(shared.ok().as_ref(), &here).unwrap_or_default()
    }

    /// Those who ask meanwhile wait for the same answer.
    async fn shared(&self) -> Result<Shared, StoreError> {
        let mut read = self.read.lock().await;
        if let Some((when, known)) = &*read
            && when.elapsed() < self.age
        {
            return known.clone();
        }
        let fresh = timeout(PATIENCE, self.ask()).await.unwrap_or_else(|_| Err(silent()));
        *read = Some((Instant::now(), fresh.clone()));
        fresh
    }

    async fn ask(&self) -> Result<Shared, StoreError> {
        Ok(Shared {
            lag: self.catalog.lag().await?,
            imports: self.imports.under_way().await?,
            rebuild: self.indexer.rebuild_state().await?,
        })
    }
}

/// What is of this process alone.
struct Here {
    on_duty: bool,
    queued: usize,
}

fn silent() -> StoreError {
    let detail = format!("nothing was told within {} s", PATIENCE.as_secs());
    StoreError::Unavailable { store: "the catalog", detail }
}

fn text(shared: Option<&Shared>, here: &Here) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("vitrine");
    let mut tell = |name, help, value| registry.register(name, help, gauge(value));
    tell(
        "catalog_up",
        "1 while the catalog can be read; while it can not, figures of the index and of imports are left out",
        shared.is_some().into(),
    );
    tell(
        "indexer_on_duty",
        "1 while this process is the one that writes to the index, else 0",
        here.on_duty.into(),
    );
    tell(
        "queue_waiting",
        "What waits for its turn at the models of this process: photos, and messages of chats",
        here.queued as u64,
    );
    if let Some(shared) = shared {
        tell_shared(shared, &mut registry);
    }
    let build = Family::<[(&str, &str); 1], Gauge>::default();
    build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
    registry.register("build_info", "1, under the version that runs", build);
    meters().register(&mut registry);

    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    prometheus_text::encode(&mut text, &process::figures())?;
    Ok(text)
}

fn tell_shared(shared: &Shared, registry: &mut Registry) {
    let Shared { lag, imports, rebuild } = shared;
    let mut tell = |name, help, value| registry.register(name, help, gauge(value));
    tell(
        "index_lag_products",
        "Products of all merchants that wait to be indexed; counted up to 10000, beyond that an estimate that is not too low",
        lag.products,
    );
    let (under_way, done, total) = match rebuild.as_ref().map(|rebuild| &rebuild.state) {
        None | Some(RebuildState::Failed { .. }) => (false, 0, 0),
        Some(RebuildState::Waiting) => (true, 0, 0),
        Some(RebuildState::Running { done, total }) => (true, *done, *total),
        Some(RebuildState::Done { products }) => (false, *products, *products),
    };
    tell(
        "index_rebuild_under_way",
        "1 while building the index anew is asked for and has not ended, else 0",
        under_way.into(),
    );
    tell(
        "index_rebuild_done_products",
        "Products that the new index holds so far, or held at its end",
        done,
    );
    tell(
        "index_rebuild_expected_products",
        "Products that the new index is to hold, as counted when building it was begun",
        total,
    );
    let waits = Gauge::<f64, AtomicU64>::default();
    waits.set(lag.oldest.map_or(0.0, seconds_since));
    registry.register(
        "index_lag_seconds",
        "How long the product waits to be indexed that waits longest, 0 where none does",
        waits,
    );
    let by_state = Family::<[(&str, &str); 1], Gauge>::default();
    for (state, count) in [("waiting", imports.waiting), ("running", imports.running)] {
        by_state.get_or_create(&[("state", state)]).set(whole(count));
    }
    registry.register("imports", "Imports of all merchants that have not ended", by_state);
}

fn gauge(value: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(whole(value));
    gauge
}

fn whole(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn seconds_since(when: Timestamp) -> f64 {
    Timestamp::now().duration_since(when).as_secs_f64().max(0.0)
}
