//! Faults under a running service: what clients see, what is kept, and when all is well again.

mod common;
#[path = "faults/crowd.rs"]
mod crowd;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/model.rs"]
mod model;
#[path = "faults/page.rs"]
mod page;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "../../stores/tests/common/mod.rs"]
mod stores;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use common::{run, serving::Serving, text, vitrine};
use crowd::{Asked, Crowd, Seen};
use disk::Disk;
use jiff::Timestamp;
use model::{ModelServer, Mood};
use page::Row;
use proxy::{Network, Proxy};
use stores::{TestServer, redis::TestRedis, skipped};
use tempfile::{TempDir, tempdir};
use tokio::time::sleep;

/// How long something stays broken.
const BROKEN: Duration = Duration::from_secs(4);

/// A fault, and what may be seen of it besides answers as ever.
struct Fault {
    name: &'static str,
    done: &'static str,
    may: &'static [(Asked, &'static [Seen])],
    /// The longest that it may take after its end until all is well.
    within: Duration,
}

use Asked::{Answered, Known, New, Price, Search};
use Seen::{ComeBack, Nothing, Poorer, SendAgain};

const fn within(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A service over the demonstration's shop, and who asks it.
struct Shop {
    serving: Option<Serving>,
    port: u16,
    set: Vec<String>,
    crowd: Option<Crowd>,
    data: PathBuf,
    folder: TempDir,
}

impl Shop {
    /// Stocks a shop and opens it.
    fn open(set: &[String]) -> Self {
        let folder = tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let set = set.to_vec();
        let mut shop = Self { serving: None, port, set, crowd: None, data, folder };
        shop.start("demo");
        shop
    }

    fn command(&self, command: &str, data: &Path) -> Command {
        let listen = format!("127.0.0.1:{}", self.port);
        let mut serve = vitrine(&[command, "--listen", &listen, "--data", text(data)]);
        let fast = ["limits.caller_per_minute=0", "limits.merchant_per_minute=0"];
        for set in fast.into_iter().chain(self.set.iter().map(String::as_str)) {
            serve.args(["--set", set]);
        }
        serve
    }

    fn start(&mut self, command: &str) {
        let serve = self.command(command, &self.data);
        self.serving = Some(Serving::wait(serve, &self.data, self.folder.path()));
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What time it is to the service.
    async fn clock(&self) -> Timestamp {
        let answer = reqwest::get(format!("{}/healthz", self.url())).await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap();
        jiff::fmt::rfc2822::parse(date).unwrap().timestamp()
    }

    fn token(&self, role: &str) -> String {
        let mut token = vitrine(&["token", "--merchant", "demo", "--role", role, "--data"]);
        run(token.arg(&self.data)).out.trim().to_owned()
    }

    /// Has customers and a merchant ask from now on.
    fn fill(&mut self) {
        let (shopper, merchant) = (self.token("shopper"), self.token("merchant"));
        self.crowd = Some(Crowd::begin(&self.url(), &shopper, &merchant));
    }

    fn crowd(&self) -> &Crowd {
        self.crowd.as_ref().unwrap()
    }

    /// Waits until all is well before a fault; answers when it begins.
    async fn ready(&self) -> Instant {
        self.crowd().well(Instant::now()).await;
        Instant::now()
    }

    /// Judges what was seen from when a fault began, and from when it had ended.
    async fn judge(&self, fault: Fault, began: Instant, ended: Instant) -> Row {
        let crowd = self.crowd();
        let well = crowd.well(ended).await;
        let seen = crowd.seen(began);
        for (asked, seen) in &seen {
            let may = fault.may.iter().find(|(of, _)| of == asked).map_or(&[][..], |(_, may)| may);
            for seen in seen {
                let told = crowd.told(began, *asked, *seen);
                let is_told = *seen == Seen::AsEver || may.contains(seen);
                assert!(is_told, "{}: {asked:?} sees {seen:?}: {told}", fault.name);
            }
        }
        let told = format!("{}: {seen:?}, well after {well:?}", fault.name);
        println!("{told}");
        assert!(well <= fault.within, "{told}");
        crowd.keeps_its_word().await;
        Row { name: fault.name, done: fault.done, seen, well }
    }
}

/// The service itself is killed and started again, as by a supervisor.
async fn killed() -> Row {
    let mut shop = Shop::open(&[]);
    shop.fill();
    let began = shop.ready().await;
    let feed = std::fs::read(common::root().join("demo/catalog/products.jsonl")).unwrap();
    let sent = reqwest::Client::new()
        .post(format!("{}/v1/catalog/imports", shop.url()))
        .header("content-type", "application/jsonl")
        .bearer_auth(shop.token("merchant"))
        .body(feed)
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 202);
    let import: serde_json::Value = sent.json().await.unwrap();
    shop.serving.take().unwrap().kill();
    let ended = Instant::now();
    shop.start("serve");
    let fault = Fault {
        name: "The service is killed",
        done: "SIGKILL, in the middle of an import, and started again at once; the import has ended, too, when all is well",
        may: &[
            (Answered, &[Nothing, SendAgain, ComeBack]),
            (Known, &[Nothing, SendAgain, ComeBack]),
            (New, &[Nothing, ComeBack]),
            (Search, &[Nothing, ComeBack]),
            (Price, &[Nothing, ComeBack]),
        ],
        within: within(60),
    };
    let mut row = shop.judge(fault, began, ended).await;
    let url = format!("{}/v1/catalog/imports/{}", shop.url(), import["id"].as_str().unwrap());
    let (client, token) = (reqwest::Client::new(), shop.token("merchant"));
    loop {
        let asking = client.get(&url).bearer_auth(&token).send().await.unwrap();
        let import: serde_json::Value = asking.json().await.unwrap();
        if import["state"] == "done" {
            break;
        }
        assert!(ended.elapsed() < within(60), "the import does not go on: {import}");
        sleep(Duration::from_millis(100)).await;
    }
    row.well = row.well.max(ended.elapsed());
    row
}

/// The catalog's server and the cache's, behind a network that is not always well.
async fn servers() -> Vec<Row> {
    let (Some(mut postgres), Some(mut redis)) = (TestServer::start(), TestRedis::start_own())
    else {
        return Vec::new();
    };
    let mut database = String::new();
    let to_postgres = Proxy::start(|port| {
        let (socket, url) = postgres.behind(port);
        database = format!("data.database={url}");
        socket
    });
    let to_postgres = to_postgres.await;
    let mut cache = String::new();
    let to_redis = Proxy::start(|port| {
        let (socket, url) = redis.behind(port);
        cache = format!("data.redis={url}");
        socket
    });
    let to_redis = to_redis.await;
    let mut shop = Shop::open(&[database, cache]);
    shop.fill();
    let mut rows = Vec::new();

    let began = shop.ready().await;
    postgres.order("kill");
    sleep(BROKEN).await;
    postgres.order("start");
    rows.push(
        shop.judge(
            without_catalog("PostgreSQL is killed", "SIGKILL, and started again after 4 s", 15),
            began,
            Instant::now(),
        )
        .await,
    );

    let began = shop.ready().await;
    redis.order("stop");
    sleep(BROKEN).await;
    redis.order("start");
    rows.push(
        shop.judge(
            without_cache(
                "Redis is killed",
                "SIGKILL, and started again after 4 s with nothing in it",
                15,
            ),
            began,
            Instant::now(),
        )
        .await,
    );

    let slow = Network::Slow(Duration::from_millis(150));
    for (network, fault) in [
        (
            slow,
            without_catalog(
                "The network to PostgreSQL is slow",
                "each piece arrives 150 ms later, for 4 s",
                15,
            ),
        ),
        (
            Network::Cut,
            without_catalog(
                "The network to PostgreSQL is cut",
                "connections end at once, for 4 s",
                15,
            ),
        ),
        (
            Network::Stuck,
            without_catalog(
                "The network to PostgreSQL is stuck",
                "connections stay and nothing arrives, for 4 s",
                30,
            ),
        ),
    ] {
        rows.push(broken(&shop, &to_postgres, network, fault).await);
    }
    for (network, fault) in [
        (
            slow,
            without_cache(
                "The network to Redis is slow",
                "each piece arrives 150 ms later, for 4 s",
                15,
            ),
        ),
        (
            Network::Cut,
            without_cache("The network to Redis is cut", "connections end at once, for 4 s", 15),
        ),
        (
            Network::Stuck,
            without_cache(
                "The network to Redis is stuck",
                "connections stay and nothing arrives, for 4 s",
                30,
            ),
        ),
    ] {
        rows.push(broken(&shop, &to_redis, network, fault).await);
    }
    rows
}

async fn broken(shop: &Shop, proxy: &Proxy, network: Network, fault: Fault) -> Row {
    let began = shop.ready().await;
    proxy.set(network);
    sleep(BROKEN).await;
    proxy.set(Network::Well);
    shop.judge(fault, began, Instant::now()).await
}

const fn without_catalog(name: &'static str, done: &'static str, seconds: u64) -> Fault {
    Fault {
        name,
        done,
        may: &[
            (Known, &[Poorer, ComeBack]),
            (New, &[Poorer, ComeBack]),
            (Search, &[Poorer, ComeBack]),
            (Price, &[ComeBack]),
        ],
        within: within(seconds),
    }
}

const fn without_cache(name: &'static str, done: &'static str, seconds: u64) -> Fault {
    Fault {
        name,
        done,
        may: &[
            (Answered, &[Poorer, ComeBack, SendAgain]),
            (Known, &[Poorer, ComeBack, SendAgain]),
            (New, &[Poorer, ComeBack]),
            (Search, &[Poorer]),
        ],
        within: within(seconds),
    }
}

/// Advice is asked for where a photo is known.
const WITHOUT_MODEL: &[(Asked, &[Seen])] =
    &[(Known, &[Poorer, ComeBack]), (New, &[Poorer, ComeBack])];

/// A model server with moods.
async fn models() -> Vec<Row> {
    let model = ModelServer::start();
    let set = [
        format!("models.servers={}", model.url),
        "models.vision=eye".into(),
        "models.timeout_seconds=2".into(),
    ];
    let mut shop = Shop::open(&set);
    shop.fill();
    let mut rows = Vec::new();
    for (mood, name, done) in [
        (Mood::Hangs, "The model hangs", "its server takes questions and answers none, for 4 s"),
        (Mood::Nonsense, "The model writes nonsense", "what is in no schema, for 4 s"),
        (
            Mood::CutShort,
            "The model stops in its answer",
            "each answer ends in the middle, for 4 s",
        ),
        (Mood::Broken, "The model server is broken", "it answers 500, for 4 s"),
        (Mood::Gone, "The model server is gone", "connections end at once, for 4 s"),
    ] {
        let began = shop.ready().await;
        model.set(mood);
        sleep(BROKEN).await;
        model.set(Mood::Well);
        let fault = Fault { name, done, may: WITHOUT_MODEL, within: within(15) };
        rows.push(shop.judge(fault, began, Instant::now()).await);
    }
    rows
}

/// The disk of the embedded stores.
async fn disks() -> Vec<Row> {
    let folder = tempdir().unwrap();
    let Some(disk) = Disk::make(folder.path()) else {
        skipped(
            "a disk that is full and one that breaks: none can be made here (root, ext4 and loop devices)",
        );
        return Vec::new();
    };
    let mut shop = Shop::open(&[]);
    shop.serving.take().unwrap().stop();
    let serve = shop.command("serve", &Disk::data());
    shop.serving =
        Some(Serving::answering(disk.with(Some(&shop.data), &serve), &shop.url(), folder.path()));
    shop.fill();
    let mut rows = Vec::new();

    let began = shop.ready().await;
    let filler = Disk::fill(shop.serving.as_ref().unwrap().child.id());
    sleep(BROKEN).await;
    std::fs::remove_file(filler).unwrap();
    let fault = Fault {
        name: "The disk is full",
        done: "to the last byte, for 4 s",
        may: &[(Price, &[ComeBack])],
        within: within(15),
    };
    rows.push(shop.judge(fault, began, Instant::now()).await);

    let began = shop.ready().await;
    Disk::break_down(shop.serving.as_ref().unwrap().child.id());
    sleep(BROKEN).await;
    shop.serving.take().unwrap().kill();
    disk.mend();
    let ended = Instant::now();
    let again = disk.with(None, &serve);
    shop.serving = Some(Serving::answering(again, &shop.url(), folder.path()));
    let fault = Fault {
        name: "The disk breaks",
        done: "it can only be read, for 4 s; then the service is killed, the disk mended, and it is started",
        may: &[
            (Answered, &[Nothing, SendAgain, ComeBack]),
            (Known, &[Nothing, SendAgain, ComeBack, Poorer]),
            (New, &[Nothing, ComeBack, Poorer]),
            (Search, &[Nothing, ComeBack, Poorer]),
            (Price, &[Nothing, ComeBack]),
        ],
        within: within(60),
    };
    rows.push(shop.judge(fault, began, ended).await);
    rows
}

/// What is kept for a time is gone by then.
const LATER: &[(Asked, &[Seen])] = &[(Answered, &[SendAgain]), (Known, &[SendAgain])];

/// The machine's clock.
async fn clocks() -> Vec<Row> {
    let places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
    let library = places.map(|place| Path::new(place).join("faketime/libfaketimeMT.so.1"));
    let Some(library) = library.into_iter().find(|library| library.is_file()) else {
        skipped(
            "a clock that jumps: libfaketime is not installed (Debian's package is libfaketime)",
        );
        return Vec::new();
    };
    let mut shop = Shop::open(&[]);
    shop.serving.take().unwrap().stop();
    let clock = shop.folder.path().join("clock");
    std::fs::write(&clock, "+0").unwrap();
    let mut serve = shop.command("serve", &shop.data);
    serve.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &clock);
    serve.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    shop.serving = Some(Serving::wait(serve, &shop.data, shop.folder.path()));
    shop.fill();
    let mut rows = Vec::new();
    for (jump, name, done, may) in [
        ("+3d", "The clock jumps ahead", "by three days, and back after 4 s", LATER),
        ("-1h", "The clock jumps back", "by an hour, and ahead again after 4 s", &[]),
    ] {
        let began = shop.ready().await;
        std::fs::write(&clock, jump).unwrap();
        sleep(BROKEN).await;
        let apart = shop.clock().await.duration_since(Timestamp::now()).unsigned_abs();
        assert!(apart > Duration::from_secs(30 * 60), "its clock does not jump: {apart:?}");
        std::fs::write(&clock, "+0").unwrap();
        let fault = Fault { name, done, may, within: within(15) };
        rows.push(shop.judge(fault, began, Instant::now()).await);
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_told_of_faults_nothing_acknowledged_is_lost_and_all_gets_well_by_itself() {
    let mut rows = vec![killed().await];
    rows.extend(servers().await);
    rows.extend(models().await);
    rows.extend(disks().await);
    rows.extend(clocks().await);
    page::compare(&rows);
}
