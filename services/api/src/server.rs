use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::Server,
    http::header::{self, STRICT_TRANSPORT_SECURITY},
    middleware::{Compress, Condition, DefaultHeaders, from_fn},
    web,
};
use socket2::SockRef;
use vitrine_core::{
    admission::Admission,
    imports::Importing,
    indexing::Indexer,
    keys::Keyring,
    ports::{Assistant, Cache, Conversations, Fetch, Locks, Pictures, Rates, Webhooks},
    shopping::Shopping,
};

use crate::{
    cors::{self, Cors},
    etags,
    inbound::Inbound,
    limits::RateLimits,
    openai, pace, packing,
    pages::Pages,
    requests, routes,
    state::State,
    stopping::Stopping,
    tls::Certificate,
    tokens::{Issuer, TokenKeys},
};

/// What browsers are told by a service that speaks TLS: to come by TLS alone for a year.
const SECURE_FROM_NOW: (header::HeaderName, &str) = (STRICT_TRANSPORT_SECURITY, "max-age=31536000");

/// What the API answers with.
pub struct Api {
    pub shop: Arc<Shopping>,
    pub admission: Arc<Admission>,
    pub importing: Importing,
    pub indexer: Arc<Indexer>,
    pub pictures: Arc<dyn Pictures>,
    /// Gets photos that are given by their address.
    pub fetch: Arc<dyn Fetch>,
    /// Checks the tokens that this service issued.
    pub keys: TokenKeys,
    /// Checks those of another issuer.
    pub issuer: Option<Arc<Issuer>>,
    /// The merchants' keys for servers.
    pub webhooks: Arc<dyn Webhooks>,
    /// Understands the messages of conversations.
    pub assistant: Arc<dyn Assistant>,
    pub conversations: Arc<dyn Conversations>,
    /// Who may bring messages from elsewhere.
    pub inbound: Arc<Inbound>,
    pub keyring: Arc<Keyring>,
    pub shared: Shared,
}

/// What all processes that answer for the same merchants have in common.
#[derive(Clone)]
pub struct Shared {
    /// What callers have asked so far.
    pub rates: Arc<dyn Rates>,
    pub locks: Arc<dyn Locks>,
    /// Answers for those who ask again with the same `Idempotency-Key`.
    pub answers: Arc<dyn Cache>,
}

/// How the server treats its connections.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Threads that answer.
    pub workers: usize,
    /// Connections open at once, for each worker.
    pub connections: usize,
    /// Bytes of bodies that hold photos or messages, 28 MiB each at most, while they are read and
    /// decoded; who would need more is told to come back.
    pub body_room: usize,
    /// Photos decoded at once.
    pub decodes: usize,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long a request's head may take to arrive.
    pub head_time: Duration,
    /// How long a request's body may take to arrive.
    pub body_time: Duration,
    /// How long a client may read nothing of what is sent to it before its connection is ended.
    pub read_time: Duration,
    /// How long an admitted or queued photo may take.
    pub answer_time: Duration,
    /// How long one readiness check may take.
    pub readiness_time: Duration,
    /// Whether `/metrics` is answered.
    pub metrics: bool,
    /// How long figures that were read from a store are told again.
    pub metrics_age: Duration,
    /// How long requests may still take once the server is asked to stop.
    pub shutdown_time: Duration,
    /// What asks it to.
    pub stopping: Stopping,
    /// Which web pages may read answers.
    pub cors: Cors,
    /// How often callers and merchants may ask.
    pub rates: RateLimits,
    /// The pages for people.
    pub pages: Pages,
    /// What TLS is spoken by; plain HTTP without.
    pub tls: Option<Arc<Certificate>>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            workers: 2,
            connections: 1_024,
            body_room: 256 * 1024 * 1024,
            decodes: 2,
            keep_alive: Duration::from_secs(75),
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(60),
            read_time: Duration::from_secs(60),
            answer_time: Duration::from_secs(300),
            readiness_time: Duration::from_secs(30),
            metrics: true,
            metrics_age: Duration::from_secs(5),
            shutdown_time: Duration::from_secs(30),
            stopping: Stopping::default(),
            cors: Cors::default(),
            rates: RateLimits::default(),
            pages: Pages::default(),
            tls: None,
        }
    }
}

/// A server on a listener that is bound already; await it to run it. Stop it with
/// [`ServerSettings::stopping`]: it finishes what is begun, answers `stopping` to what it can not
/// finish in time, and then ends. When a client leaves, the work done for it is dropped.
pub fn server(api: Api, listener: TcpListener, settings: ServerSettings) -> io::Result<Server> {
    // Connections have both of the listener that took them. Without the second, an answer that is sent
    // in pieces, as packed ones are, waits 40 ms for its last.
    let socket = SockRef::from(&listener);
    socket.set_tcp_user_timeout(Some(settings.read_time))?;
    socket.set_tcp_nodelay(true)?;
    let state = web::Data::new(State::new(api, &settings));
    let is_secure = settings.tls.is_some();
    let app = move || {
        App::new()
            .app_data(state.clone())
            .configure(|config| routes::register(config, settings.metrics, settings.pages.enabled))
            .wrap(from_fn(openai::as_openai))
            .wrap(from_fn(etags::tag))
            .wrap(from_fn(packing::choose))
            .wrap(Compress::default())
            .wrap(from_fn(packing::tidy))
            .wrap(from_fn(pace::keep))
            .wrap(from_fn(cors::share))
            .wrap(Condition::new(is_secure, DefaultHeaders::new().add(SECURE_FROM_NOW)))
            .wrap(from_fn(requests::watch))
    };
    let server = HttpServer::new(app)
        .workers(settings.workers.max(1))
        .max_connections(settings.connections)
        .keep_alive(settings.keep_alive)
        .client_request_timeout(settings.head_time)
        .h1_allow_half_closed(false)
        .shutdown_timeout(settings.shutdown_time.as_secs())
        .shutdown_signal(settings.stopping.begun());
    let server = match &settings.tls {
        None => server.listen(listener)?,
        Some(certificate) => {
            let config = certificate.config().map_err(io::Error::other)?;
            server.listen_rustls_0_23(listener, config)?
        }
    };
    Ok(server.run())
}

/// Waits until the process is asked to end, by Ctrl-C or SIGTERM.
pub async fn stop_requested() -> io::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}
