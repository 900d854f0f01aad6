//! The whole service for tests: real models, real stores, real HTTP, on a port of its own.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use vitrine::{Folder, app::App, cli::Common, settings::Settings, steps::Steps};
use vitrine_api::{Pages, Role, ServerSettings, TokenKeys, Trial, server};
use vitrine_core::{ids::MerchantId, shopping::Shopping};

/// A running service with the drawn catalog. It runs until the process ends.
pub struct Service {
    pub address: SocketAddr,
    /// A shopper's.
    pub token: String,
    /// Of who keeps the catalog.
    pub keeper: String,
    pub shop: Arc<Shopping>,
    keys: TokenKeys,
    _data: TempDir,
}

/// The host that pictures of the drawn catalog are said to stand on.
const HOST: &str = "shop.example";

/// The repository's folder `demo`.
pub fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo")
}

/// A Python with what `tests/python.txt` lists; `./test` installs it.
pub fn python() -> Option<PathBuf> {
    std::env::var_os("TEST_PYTHON").map(PathBuf::from)
}

/// A folder with what `tests/node.txt` lists; `./test` installs it.
pub fn node() -> Option<PathBuf> {
    std::env::var_os("TEST_NODE").map(PathBuf::from)
}

/// A Chromium; `./test` installs Debian's where there is none.
pub fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_BROWSER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let programs = ["chromium", "chromium-browser", "google-chrome"];
    let mut places = std::env::split_paths(&path)
        .flat_map(|folder| programs.map(|program| folder.join(program)));
    named.or_else(|| places.find(|place| place.is_file()))
}

/// The merchant of the drawn catalog.
pub fn merchant() -> MerchantId {
    MerchantId::new("demo").expect("a good id")
}

fn token(keys: &TokenKeys, role: Role) -> String {
    keys.issue(role, &merchant(), Duration::from_secs(3600)).expect("a token")
}

impl Service {
    /// Starts on a thread and runtime of its own, so that tests on other runtimes can share it.
    /// Imports and pictures are left alone.
    pub fn start() -> Self {
        Self::begin(Vec::new(), false)
    }

    /// The same with these settings, and with all that works in the background.
    pub fn working(set: &[&str]) -> Self {
        Self::begin(set.iter().map(|set| (*set).to_owned()).collect(), true)
    }

    fn begin(set: Vec<String>, works: bool) -> Self {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async move {
                let data = tempfile::tempdir().expect("a folder");
                let common = Common { config: None, set, data: Some(data.path().to_owned()) };
                let settings = Settings::read(&common, None).expect("good settings");
                let catalog = Folder { host: HOST, path: demo().join("catalog") };
                let feed = catalog.feed("products.jsonl").expect("the feed");
                let app = App::open_with(&settings, &Steps::new(true), Some(catalog)).await;
                let app = app.expect("an opened service");
                let (_, problem) = app.import(&merchant(), &feed).await.expect("an imported feed");
                assert_eq!(problem, None, "the drawn catalog is without problems");
                app.fetch_pictures(|_| {}).await.expect("pictures");
                app.indexer.drain(|_| {}).await.expect("an index");
                let keys = app.keys.clone();
                let (token, keeper) = (token(&keys, Role::Shopper), token(&keys, Role::Merchant));
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
                let address = listener.local_addr().expect("an address");
                let shop = Arc::clone(&app.shop);
                let api = app.api();
                let trial = Trial { merchant: merchant(), pictures: HOST.into() };
                let pages = Pages { trial: Some(trial), ..settings.pages() };
                let limits =
                    ServerSettings { rates: settings.rates(), pages, ..ServerSettings::default() };
                let running = server(api, listener, limits).expect("a server");
                sender
                    .send(Self { address, token, keeper, shop, keys, _data: data })
                    .expect("a listener");
                if works {
                    let working = app.work(&settings);
                    futures::future::join(running, working).await.0.expect("a server that runs");
                } else {
                    running.await.expect("a server that runs");
                }
            });
        });
        receiver.recv().expect("a started service")
    }

    /// A token of any role.
    pub fn token_of(&self, role: Role) -> String {
        token(&self.keys, role)
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a photo as a form and gives the status and the body.
    pub async fn send_photo(&self, photo: Vec<u8>) -> (u16, Value) {
        let part = reqwest::multipart::Part::bytes(photo).file_name("photo.jpg");
        let response = reqwest::Client::new()
            .post(self.url("/v1/looks"))
            .bearer_auth(&self.token)
            .multipart(reqwest::multipart::Form::new().part("photo", part))
            .send()
            .await
            .expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("a JSON body"))
    }

    /// Sends a photo that must be answered.
    pub async fn look(&self, photo: &Path) -> Value {
        let (status, body) = self.send_photo(std::fs::read(photo).expect("the photo")).await;
        assert_eq!(status, 200, "{}: {body}", photo.display());
        body
    }
}
