//! A running service over fakes, and pictures to send it.

#![allow(dead_code)] // each test file uses its own part

pub(crate) mod issuing;
pub(crate) mod odd;
pub(crate) mod operations;
pub(crate) mod schema;

use std::{
    io::{self, Cursor},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::{
    Client, Response,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use vitrine_api::{Api, Inbound, Issuer, Role, ServerSettings, Shared, TokenKeys, server};
use vitrine_core::{
    admission::Admission,
    answers::AnswerRecorder,
    chatting::Chatting,
    ids::MerchantId,
    imports::{ImportSettings, ImportWorker, Importing},
    inbound::ChannelWorker,
    indexing::Indexer,
    keys::{KEPT, Keyring},
    likeness::Balance,
    measuring::Measuring,
    ports::{Assistant, Cache, Catalog, Locks, Rates, Stylist, Vision},
    search::Searching,
    shopping::{Flights, MatchRecorder, PhotoKeeping, Photos, Shopping},
    testing::{
        FakeAssistant, FakeEmbedder, FakeFetch, FakeStylist, FakeTell, FakeVision, MemoryCache,
        MemoryCatalog, MemoryIndex, MemoryKeys, MemoryLocks, MemoryRates, MemoryRules, sample,
    },
    vocabulary::{Category, Colour},
    webhooks::WebhookSecret,
};

pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

/// How long what a process had begun that died is left alone.
pub(crate) const HOLD: Duration = Duration::from_millis(1_500);

/// The most bytes of a feed.
pub(crate) const MAX_FEED: u64 = 1024 * 1024;

pub(crate) struct Service {
    pub address: SocketAddr,
    pub client: Client,
    pub admission: Arc<Admission>,
    /// Runs imports when it is told to.
    pub importer: ImportWorker,
    pub indexer: Arc<Indexer>,
    pub catalog: Arc<MemoryCatalog>,
    /// What stands at addresses.
    pub web: Arc<FakeFetch>,
    pub index: Arc<MemoryIndex>,
    /// Writes what was matched when it is told to.
    pub matched: Arc<MatchRecorder>,
    /// Writes what was answered when it is told to.
    pub answered: Arc<AnswerRecorder>,
    /// Ends when the server has.
    pub running: JoinHandle<io::Result<()>>,
    pub server_keys: Arc<MemoryKeys>,
    /// What is kept to be answered again.
    pub answers: Arc<dyn Cache>,
    /// What other servers were told.
    pub told: Arc<FakeTell>,
    /// Answers and sends what customers write in WhatsApp when it is told to.
    pub channels: ChannelWorker,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

pub(crate) fn seeing_a_dress() -> Arc<FakeVision> {
    Arc::new(FakeVision::seeing(vec![sample::garment(Category::Dress, &[Colour::Navy])]))
}

pub(crate) async fn start() -> Service {
    start_with(seeing_a_dress(), Admission::new(2, 8), ServerSettings::default()).await
}

pub(crate) async fn start_with(
    vision: Arc<dyn Vision>,
    admission: Admission,
    settings: ServerSettings,
) -> Service {
    start_all(None, Models::seeing(vision), admission, settings, Shares::default()).await
}

/// A service that these models answer.
pub(crate) async fn start_over(models: Models) -> Service {
    let (admission, settings) = (Admission::new(2, 8), ServerSettings::default());
    start_all(None, models, admission, settings, Shares::default()).await
}

/// A service that takes another issuer's tokens besides its own.
pub(crate) async fn start_trusting(
    issuer: Option<Issuer>,
    vision: Arc<dyn Vision>,
    admission: Admission,
    settings: ServerSettings,
) -> Service {
    start_all(issuer, Models::seeing(vision), admission, settings, Shares::default()).await
}

/// A service that shares what others share too.
pub(crate) async fn start_sharing(
    vision: Arc<dyn Vision>,
    admission: Admission,
    settings: ServerSettings,
    shares: Shares,
) -> Service {
    start_all(None, Models::seeing(vision), admission, settings, shares).await
}

/// The models that answer.
pub(crate) struct Models {
    pub vision: Arc<dyn Vision>,
    pub stylist: Arc<dyn Stylist>,
    pub assistant: Arc<dyn Assistant>,
}

impl Models {
    /// The usual ones but for this one.
    fn seeing(vision: Arc<dyn Vision>) -> Self {
        Self {
            vision,
            stylist: Arc::new(FakeStylist::default()),
            assistant: Arc::new(FakeAssistant::default()),
        }
    }
}

/// What several services may share.
#[derive(Clone)]
pub(crate) struct Shares {
    pub cache: Arc<dyn Cache>,
    pub locks: Arc<dyn Locks>,
    pub rates: Arc<dyn Rates>,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            cache: Arc::new(MemoryCache::default()),
            locks: Arc::new(MemoryLocks::default()),
            rates: Arc::new(MemoryRates::default()),
        }
    }
}

async fn start_all(
    issuer: Option<Issuer>,
    Models { vision, stylist, assistant }: Models,
    admission: Admission,
    settings: ServerSettings,
    Shares { cache, locks, rates }: Shares,
) -> Service {
    let catalog = Arc::new(MemoryCatalog::default());
    let index = Arc::new(MemoryIndex::default());
    let embedder = Arc::new(FakeEmbedder::default());
    let importing = Importing {
        imports: catalog.clone(),
        feeds: catalog.clone(),
        wake: Arc::default(),
        max_bytes: MAX_FEED,
    };
    let web = Arc::new(FakeFetch::default());
    let importer = ImportWorker::new(
        catalog.clone(),
        catalog.clone(),
        catalog.clone(),
        web.clone(),
        ImportSettings::default(),
        Arc::default(),
    );
    catalog.upsert(&sample::merchant(), vec![sample::product("p1")]).await.unwrap();
    let indexer = Arc::new(Indexer::new(catalog.clone(), index.clone(), embedder.clone()));
    indexer.drain(|_| {}).await.unwrap();
    let matched = Arc::new(MatchRecorder::new(catalog.clone()));
    let answered = Arc::new(AnswerRecorder::new(catalog.clone()));
    let shop = Arc::new(Shopping {
        vision,
        stylist,
        embedder,
        image_embedder: None,
        matched: Arc::clone(&matched),
        answered: Arc::clone(&answered),
        catalog: catalog.clone(),
        photos: Photos::new(Arc::new(MemoryCache::default()), PhotoKeeping::default()),
        index: index.clone(),
        rules: Arc::new(MemoryRules::default()),
        measuring: Measuring::new(catalog.clone()),
        cache: cache.clone(),
        flights: Flights::new(locks.clone()),
        min_similarity: 0.2,
        balance: Balance::default(),
    });
    let admission = Arc::new(admission);
    let (told, inbound) = (Arc::new(FakeTell::default()), Arc::new(inbound(&catalog)));
    let searching =
        Searching { shop: shop.clone(), pictures: catalog.clone(), admission: admission.clone() };
    let chatting = Chatting {
        shop: shop.clone(),
        searching: Arc::new(searching),
        assistant: Arc::clone(&assistant),
        conversations: catalog.clone(),
        admission: admission.clone(),
        hold: HOLD,
    };
    let channels = ChannelWorker {
        chatting: Arc::new(chatting),
        mailbox: catalog.clone(),
        channel: Arc::new(inbound.whatsapp(web.clone(), told.clone(), 1).unwrap()),
        wake: inbound.waker(),
    };
    let server_keys = Arc::new(MemoryKeys::default());
    let api = Api {
        shop,
        admission: Arc::clone(&admission),
        importing,
        indexer: Arc::clone(&indexer),
        pictures: catalog.clone(),
        fetch: web.clone(),
        webhooks: catalog.clone(),
        assistant,
        conversations: catalog.clone(),
        inbound,
        keys: keys(),
        issuer: issuer.map(Arc::new),
        keyring: Arc::new(Keyring::new(server_keys.clone(), cache.clone(), KEPT)),
        shared: Shared { rates, locks, answers: cache.clone() },
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = server(api, listener, settings).unwrap();
    let handle = server.handle();
    let running = tokio::spawn(server);
    Service {
        address,
        // Answers are seen as they are sent.
        client: Client::builder().no_gzip().build().unwrap(),
        admission,
        importer,
        indexer,
        matched,
        answered,
        catalog,
        web,
        running,
        server_keys,
        answers: cache,
        told,
        channels,
        index,
        handle,
    }
}

/// The merchant `demo` has WhatsApp and a chat system `chat`.
fn inbound(catalog: &Arc<MemoryCatalog>) -> Inbound {
    let settings = json!({
        "whatsapp": [{"merchant": "demo", "app_secret": "app-hush", "verify_token": "verify-hush",
                      "access_token": "access-hush", "phone_number_id": "106540352242922"}],
        "webhooks": [{"merchant": "demo", "name": "chat",
                      "secret": WebhookSecret::new([5; 32]).reveal()}],
    });
    Inbound::new(serde_json::from_value(settings).unwrap(), catalog.clone()).unwrap()
}

pub(crate) fn keys() -> TokenKeys {
    TokenKeys::from_secret(SECRET).unwrap()
}

pub(crate) fn token_for(merchant: &str) -> String {
    token_of(Role::Shopper, merchant)
}

pub(crate) fn token_of(role: Role, merchant: &str) -> String {
    let merchant = MerchantId::new(merchant).unwrap();
    keys().issue(role, &merchant, Duration::from_secs(600)).unwrap()
}

/// A token of any role at the usual merchant.
pub(crate) fn token_as(role: Role) -> String {
    token_of(role, "demo")
}

pub(crate) fn token() -> String {
    token_for("demo")
}

impl Service {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Response {
        self.client.get(self.url(path)).bearer_auth(token).send().await.unwrap()
    }

    pub(crate) async fn post_form(&self, form: Form) -> Response {
        let request = self.client.post(self.url("/v1/looks")).bearer_auth(token());
        request.multipart(form).send().await.unwrap()
    }

    pub(crate) async fn post_photo(&self, photo: Vec<u8>) -> Response {
        self.post_form(form(photo)).await
    }

    pub(crate) async fn post_json(&self, body: &Value) -> Response {
        let request = self.client.post(self.url("/v1/looks")).bearer_auth(token());
        request.json(body).send().await.unwrap()
    }

    pub(crate) async fn still_answers(&self) {
        assert_eq!(self.post_photo(png(96, 96)).await.status(), 200);
    }
}

pub(crate) fn form(photo: Vec<u8>) -> Form {
    Form::new().part("photo", Part::bytes(photo).file_name("photo.png"))
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, Rgb([20, 40, 120]));
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Asserts that a response is a problem of this status and code, complete, and gives its body.
pub(crate) async fn problem(response: Response, status: u16, code: &str) -> Value {
    let headers = response.headers().clone();
    let got = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{got}: {text}"));
    assert_eq!((got, body["code"].as_str()), (status, Some(code)), "{text}");
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/problems#{code}"));
    assert!(!body["title"].as_str().unwrap().is_empty());
    assert!(!body["detail"].as_str().unwrap().is_empty());
    let id = headers["request-id"].to_str().unwrap();
    assert_eq!(body["instance"], format!("/requests/{id}"));
    body
}
