use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;
use vitrine_core::{
    admission::Admission, imports::Importing, indexing::Indexer, ports::Pictures,
    shopping::Shopping,
};

use crate::{
    decoding::Decoding,
    idempotency::Idempotency,
    limits::Limits,
    metrics::Metrics,
    readiness::Readiness,
    server::{Api, ServerSettings},
    tokens::TokenKeys,
};

/// What every handler shares.
pub(crate) struct State {
    pub shop: Arc<Shopping>,
    pub admission: Arc<Admission>,
    pub importing: Importing,
    pub indexer: Arc<Indexer>,
    pub pictures: Arc<dyn Pictures>,
    pub keys: TokenKeys,
    pub readiness: Arc<Readiness>,
    pub metrics: Metrics,
    pub decoding: Decoding,
    pub limits: Limits,
    pub idempotency: Idempotency,
    /// Bodies that are being read or decoded; bounds the memory they take together.
    pub uploads: Semaphore,
    pub body_time: Duration,
    pub answer_time: Duration,
}

impl State {
    pub(crate) fn new(api: Api, settings: &ServerSettings) -> Self {
        let Api { shop, admission, importing, indexer, pictures, keys, shared } = api;
        let limits = Limits::new(shared.rates, settings.rates);
        let idempotency = Idempotency::new(shared.answers, shared.locks);
        let readiness =
            Readiness::new(Arc::clone(&shop), Arc::clone(&admission), settings.readiness_time);
        let metrics = Metrics::new(
            Arc::clone(&shop.catalog),
            Arc::clone(&importing.imports),
            Arc::clone(&indexer),
            settings.metrics_age,
        );
        Self {
            shop,
            admission,
            importing,
            indexer,
            pictures,
            keys,
            readiness: Arc::new(readiness),
            metrics,
            decoding: Decoding::new(settings.decodes),
            limits,
            idempotency,
            uploads: Semaphore::new(settings.uploads.max(1)),
            body_time: settings.body_time,
            answer_time: settings.answer_time,
        }
    }
}
