//! Stands in for a Qdrant server: its gRPC doors, as far as the client here goes through them, over
//! real qdrant-edge shards. What it does not know it answers with `unimplemented`, so that nothing
//! is taken for granted. It can be told to refuse, to hang and to ask for a key.

mod collections;
mod convert;
mod points;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use qdrant_client::qdrant::{
    CreateCollection, HealthCheckReply, HealthCheckRequest,
    collections_server::CollectionsServer,
    points_server::PointsServer,
    qdrant_server::{Qdrant, QdrantServer},
};
use qdrant_edge::EdgeShard;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

/// A server on a free port, for as long as it is kept.
pub struct StandIn {
    doors: Doors,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What all its doors share.
#[derive(Clone)]
struct Doors(Arc<State>);

struct State {
    collections: RwLock<HashMap<String, Arc<Collection>>>,
    aliases: RwLock<HashMap<String, String>>,
    created: Mutex<Vec<CreateCollection>>,
    calls: Mutex<Vec<&'static str>>,
    refusals: AtomicUsize,
    hangs: AtomicBool,
    key: Mutex<Option<String>>,
    numbers: AtomicUsize,
    // Dropped after the collections in it.
    dir: TempDir,
}

struct Collection {
    shard: EdgeShard,
    /// qdrant-edge takes one change at a time.
    changing: Mutex<()>,
}

impl StandIn {
    /// Runs in a thread of its own, so that a test that blocks does not stop it.
    pub fn start() -> Self {
        let doors = Doors(Arc::new(State {
            dir: tempfile::tempdir().unwrap(),
            collections: RwLock::default(),
            aliases: RwLock::default(),
            created: Mutex::default(),
            calls: Mutex::default(),
            refusals: AtomicUsize::new(0),
            hangs: AtomicBool::new(false),
            key: Mutex::default(),
            numbers: AtomicUsize::new(0),
        }));
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let served = doors.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
                tell.send(incoming.local_addr().unwrap()).unwrap();
                let served = Server::builder()
                    .add_service(QdrantServer::new(served.clone()))
                    .add_service(CollectionsServer::new(served.clone()))
                    .add_service(PointsServer::new(served).max_decoding_message_size(usize::MAX))
                    .serve_with_incoming(incoming);
                tokio::select! {
                    served = served => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        let address = told.recv().unwrap();
        Self { doors, address, stop: Some(stop), thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Refuses the next calls with `Unavailable`.
    pub fn refuse(&self, calls: usize) {
        self.doors.0.refusals.store(calls, Ordering::SeqCst);
    }

    /// From here on takes calls and answers none, or answers again.
    pub fn hang(&self, hangs: bool) {
        self.doors.0.hangs.store(hangs, Ordering::SeqCst);
    }

    /// From here on answers only calls with this key.
    pub fn ask_for_key(&self, key: &str) {
        *self.doors.0.key.lock().unwrap() = Some(key.into());
    }

    /// What it was asked to create.
    pub fn created(&self) -> Vec<CreateCollection> {
        self.doors.0.created.lock().unwrap().clone()
    }

    /// The calls since this was asked last, those refused too.
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.doors.0.calls.lock().unwrap())
    }

    pub fn collections(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.doors.0.collections.read().unwrap().keys().cloned().collect();
        names.sort_unstable();
        names
    }

    pub fn aliases(&self) -> HashMap<String, String> {
        self.doors.0.aliases.read().unwrap().clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Doors {
    /// Every call comes by here first.
    async fn enter<T>(&self, call: &'static str, request: Request<T>) -> Result<T, Status> {
        let state = &self.0;
        state.calls.lock().unwrap().push(call);
        if state.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let fewer = |left: usize| left.checked_sub(1);
        if state.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_ok() {
            return Err(Status::unavailable("it is starting"));
        }
        let key = state.key.lock().unwrap().clone();
        let given = request.metadata().get("api-key").and_then(|value| value.to_str().ok());
        if key.is_some() && key.as_deref() != given {
            return Err(Status::unauthenticated("Invalid API key"));
        }
        Ok(request.into_inner())
    }

    /// By its own name or an alias.
    fn collection(&self, name: &str) -> Result<Arc<Collection>, Status> {
        let aliases = self.0.aliases.read().unwrap();
        let own = aliases.get(name).map_or(name, String::as_str);
        let collection = self.0.collections.read().unwrap().get(own).cloned();
        collection.ok_or_else(|| Status::not_found(format!("Collection `{name}` doesn't exist!")))
    }
}

#[tonic::async_trait]
impl Qdrant for Doors {
    async fn health_check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckReply>, Status> {
        self.enter("health_check", request).await?;
        let version = "0.7.2-stand-in".to_owned();
        Ok(Response::new(HealthCheckReply { title: "stand-in".into(), version, commit: None }))
    }
}

fn not_here<T>() -> Result<T, Status> {
    Err(Status::unimplemented("the stand-in does not know this"))
}

/// Methods of a door that nobody here goes through.
macro_rules! not_here_at_all {
    ($($name:ident: $request:ident => $answer:ident,)*) => {$(
        fn $name<'life0, 'async_trait>(
            &'life0 self,
            _: tonic::Request<qdrant_client::qdrant::$request>,
        ) -> std::pin::Pin<Box<
            dyn Future<Output = Result<tonic::Response<qdrant_client::qdrant::$answer>, tonic::Status>>
                + Send + 'async_trait,
        >>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async { $crate::support::stand_in::not_here() })
        }
    )*};
}
use not_here_at_all;
