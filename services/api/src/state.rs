use std::{sync::Arc, time::Duration};

use vitrine_core::{
    admission::Admission,
    chatting::Chatting,
    imports::Importing,
    indexing::Indexer,
    ports::{Fetch, Pictures, Webhooks},
    search::Searching,
    shopping::Shopping,
};

use crate::{
    cors::Cors,
    decoding::Decoding,
    idempotency::Idempotency,
    identity::Identities,
    inbound::Inbound,
    limits::Limits,
    metrics::Metrics,
    pages::Pages,
    problem::Problem,
    readiness::Readiness,
    room::{Place, Room},
    server::{Api, ServerSettings},
    stopping::Stopping,
};

/// What it takes to tell clients that their requests fail, before a service that stops cuts them
/// off.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What every handler shares.
pub(crate) struct State {
    pub shop: Arc<Shopping>,
    pub searching: Arc<Searching>,
    pub chatting: Arc<Chatting>,
    pub admission: Arc<Admission>,
    pub importing: Importing,
    pub indexer: Arc<Indexer>,
    pub pictures: Arc<dyn Pictures>,
    pub fetch: Arc<dyn Fetch>,
    pub webhooks: Arc<dyn Webhooks>,
    pub inbound: Arc<Inbound>,
    pub identities: Identities,
    pub readiness: Arc<Readiness>,
    pub metrics: Metrics,
    pub decoding: Decoding,
    pub limits: Limits,
    pub idempotency: Idempotency,
    /// What bodies may take together while they are read and decoded.
    pub room: Room,
    pub cors: Cors,
    pub pages: Pages,
    pub stopping: Stopping,
    /// What is begun has so long once the service is asked to stop.
    pub finish_time: Duration,
    pub body_time: Duration,
    pub answer_time: Duration,
}

impl State {
    pub(crate) fn new(api: Api, settings: &ServerSettings) -> Self {
        let Api {
            shop,
            admission,
            importing,
            indexer,
            pictures,
            fetch,
            webhooks,
            assistant,
            conversations,
            inbound,
            keys,
            issuer,
            keyring,
            shared,
        } = api;
        let limits = Limits::new(shared.rates, settings.rates);
        let idempotency = Idempotency::new(shared.answers, shared.locks);
        let readiness =
            Readiness::new(Arc::clone(&shop), Arc::clone(&admission), settings.readiness_time);
        let metrics = Metrics::new(
            Arc::clone(&shop.catalog),
            Arc::clone(&importing.imports),
            Arc::clone(&indexer),
            Arc::clone(&admission),
            settings.metrics_age,
        );
        let searching = Arc::new(Searching {
            shop: Arc::clone(&shop),
            pictures: Arc::clone(&pictures),
            admission: Arc::clone(&admission),
        });
        let chatting = Arc::new(Chatting {
            shop: Arc::clone(&shop),
            searching: Arc::clone(&searching),
            assistant,
            conversations,
            admission: Arc::clone(&admission),
            hold: settings.answer_time,
        });
        Self {
            shop,
            searching,
            chatting,
            admission,
            importing,
            indexer,
            pictures,
            fetch,
            webhooks,
            inbound,
            identities: Identities { tokens: keys, issuer, keys: keyring },
            readiness: Arc::new(readiness),
            metrics,
            decoding: Decoding::new(settings.decodes),
            limits,
            idempotency,
            room: Room::new(settings.body_room),
            cors: settings.cors.clone(),
            pages: settings.pages.clone(),
            stopping: settings.stopping.clone(),
            finish_time: settings.shutdown_time.saturating_sub(LAST_WORDS),
            body_time: settings.body_time,
            answer_time: settings.answer_time,
        }
    }

    /// A place for a body that may hold a photo, to be kept until that is decoded.
    pub(crate) fn place(&self) -> Result<Place, Problem> {
        self.room.place().map_err(Problem::from)
    }

    /// Waits until what was begun has to be given up, because the service stops: there is just time
    /// enough left to tell its client.
    pub(crate) async fn out_of_time(&self) {
        self.stopping.over(self.finish_time).await;
    }
}
