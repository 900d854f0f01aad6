//! Redis that comes late, hangs, stops and comes back, and what is made of it.

mod common;

use std::{
    io::Read,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures::{StreamExt, future::join_all, stream};
use uuid::Uuid;
use vitrine_core::{
    admission::{Admission, Permit},
    answers::AnswerRecorder,
    indexing::Indexer,
    likeness::Balance,
    look::{Look, Part},
    measuring::Measuring,
    photo::Photo,
    ports::{Cache, Catalog, DescribeStream, Locks, ModelError, Rates, StoreError, Vision},
    quota::Quota,
    shopping::{Flights, LookRequest, MatchRecorder, PhotoKeeping, Photos, Shopping, Sight},
    testing::{FakeEmbedder, FakeStylist, MemoryCatalog, MemoryIndex, MemoryRules, sample},
    vocabulary::{Category, Colour},
};
use vitrine_stores::{LayeredCache, LocalCache, RedisSettings, RedisStore};

use common::redis::TestRedis;

const HOUR: Duration = Duration::from_secs(3_600);

/// As a service has it.
fn hasty(redis: &TestRedis) -> RedisStore {
    let RedisSettings { timeout, pause, .. } = RedisSettings::default();
    RedisStore::open(&RedisSettings { timeout, pause, ..redis.settings() }).unwrap()
}

async fn until_it_answers(store: &RedisStore) {
    let began = Instant::now();
    while Cache::get(store, "key").await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never came back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_keeps_nobody_waiting() {
    let Some(mut redis) = TestRedis::start_own() else { return };
    let store = hasty(&redis);
    store.put("key", b"value".to_vec(), HOUR).await.unwrap();
    redis.order("hang");
    let began = Instant::now();
    for _ in 0..100 {
        assert!(matches!(store.get("key").await, Err(StoreError::Unavailable { .. })));
        assert!(Locks::take(&store, "name", Uuid::nil(), HOUR).await.is_err());
    }
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    redis.order("go");
    until_it_answers(&store).await;
    assert_eq!(store.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again() {
    let Some(mut redis) = TestRedis::start_own() else { return };
    redis.order("stop");
    let store = hasty(&redis);
    let began = Instant::now();
    assert!(store.get("key").await.is_err(), "it is not there at first");
    for round in 0..3 {
        redis.order("start");
        until_it_answers(&store).await;
        assert_eq!(store.get("key").await.unwrap(), None, "{round}");
        store.put("key", b"value".to_vec(), HOUR).await.unwrap();
        redis.order("stop");
        let error = store.get("key").await.unwrap_err().to_string();
        assert!(error.contains("Redis") && error.contains("vitrine doctor"), "{error}");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_right_one_is_not() {
    let Some(redis) = TestRedis::start_own() else { return };
    let RedisSettings { url, .. } = redis.settings();
    let wrong = RedisSettings { url: url.replace("pass%20word", "guess"), ..redis.settings() };
    let error = RedisStore::version(&wrong).await.unwrap_err().to_string();
    assert!(error.contains("password") && !error.contains("guess"), "{error}");
    assert!(!RedisStore::version(&redis.settings()).await.unwrap().is_empty());
    let nonsense = RedisSettings { url: "http://user:guess@host".into(), ..redis.settings() };
    let error = RedisStore::version(&nonsense).await.unwrap_err().to_string();
    assert!(error.contains("data.redis") && !error.contains("guess"), "{error}");
}

#[tokio::test]
async fn an_address_with_tls_is_spoken_to_by_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rediss://localhost:{}", listener.local_addr().unwrap().port());
    let first = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 3];
        stream.read_exact(&mut bytes).unwrap();
        bytes
    });
    let settings = RedisSettings { url, ..RedisSettings::default() };
    assert!(RedisStore::version(&settings).await.is_err());
    // RFC 8446, 5.1: a handshake, in the version that all write for the sake of old servers.
    assert_eq!(first.join().unwrap(), [22, 3, 1]);
}

#[tokio::test]
async fn installations_with_prefixes_of_their_own_share_a_server() {
    let Some(redis) = TestRedis::start() else { return };
    let one = redis.store();
    let prefix = format!("{}-other", redis.settings().prefix);
    let other = RedisStore::open(&RedisSettings { prefix, ..redis.settings() }).unwrap();
    one.put("key", b"value".to_vec(), HOUR).await.unwrap();
    assert_eq!(other.get("key").await.unwrap(), None);
    let quota = [("key".to_owned(), Quota::new(1, HOUR))];
    for store in [&one, &other] {
        assert!(Locks::take(store, "key", Uuid::new_v4(), HOUR).await.unwrap());
        assert!(Rates::take(store, &quota).await.unwrap().allowed);
        assert!(!Rates::take(store, &quota).await.unwrap().allowed);
    }
}

#[tokio::test]
async fn what_this_process_has_seen_is_at_hand_while_the_server_is_away() {
    let Some(mut redis) = TestRedis::start_own() else { return };
    let layered = || LayeredCache::new(hasty(&redis), LocalCache::new(1 << 20));
    let (one, other) = (layered(), layered());
    one.put("key", b"value".to_vec(), HOUR).await.unwrap();
    one.put("gone", b"value".to_vec(), HOUR).await.unwrap();
    one.remove("gone").await.unwrap();
    assert!(other.get("key").await.unwrap().is_some());
    redis.order("stop");
    assert_eq!(one.get("key").await.unwrap().as_deref(), Some(&b"value"[..]));
    assert!(one.get("gone").await.is_err(), "it may be known there, which is not here nor there");
    assert!(other.get("key").await.is_err(), "only what was put here is kept here");
    assert!(one.put("new", b"value".to_vec(), HOUR).await.is_err(), "the others do not see it");
    assert!(one.get("new").await.unwrap().is_some(), "but it is at hand");
}

/// Takes its time and counts how often it is asked.
#[derive(Default)]
struct Slow(AtomicUsize);

#[async_trait]
impl Vision for Slow {
    fn model(&self) -> &str {
        "slow"
    }

    fn photo_side(&self) -> u32 {
        64
    }

    fn caution(&self) -> Option<&str> {
        None
    }

    async fn describe(&self, _: &Photo, _: &Permit) -> Result<DescribeStream, ModelError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let seen = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(sample::garment(Category::Dress, &[Colour::Navy]))
        };
        Ok(stream::once(seen).boxed())
    }
}

/// Shops in processes of their own that share a Redis.
async fn shops(open: impl Fn() -> RedisStore, vision: &Arc<Slow>) -> Vec<Arc<Shopping>> {
    let (catalog, index) = (Arc::new(MemoryCatalog::default()), Arc::new(MemoryIndex::default()));
    let embedder = Arc::new(FakeEmbedder::default());
    catalog.upsert(&sample::merchant(), vec![sample::product("p1")]).await.unwrap();
    let indexer = Indexer::new(catalog.clone(), index.clone(), embedder.clone());
    indexer.drain(|_| {}).await.unwrap();
    let shop = |_| {
        let shared = open();
        Arc::new(Shopping {
            vision: vision.clone(),
            stylist: Arc::new(FakeStylist::default()),
            embedder: embedder.clone(),
            image_embedder: None,
            catalog: catalog.clone(),
            index: index.clone(),
            rules: Arc::new(MemoryRules::default()),
            measuring: Measuring::new(catalog.clone()),
            cache: Arc::new(LayeredCache::new(shared.clone(), LocalCache::new(1 << 20))),
            photos: Photos::new(Arc::new(LocalCache::new(1 << 20)), PhotoKeeping::default()),
            flights: Flights::new(Arc::new(shared)),
            answered: Arc::new(AnswerRecorder::new(catalog.clone())),
            matched: Arc::new(MatchRecorder::new(catalog.clone())),
            min_similarity: 0.2,
            balance: Balance::default(),
        })
    };
    (0..2).map(shop).collect()
}

async fn look(shop: &Arc<Shopping>) -> Look {
    let request = LookRequest::of(sample::merchant(), Sight::Photo(sample::photo(1)));
    shop.look(request, &Arc::new(Admission::new(1, 0))).await.unwrap()
}

fn assert_answered(looks: &[Look]) {
    for look in looks {
        assert_eq!(look.garments[0].matches[0].product_id.as_str(), "p1", "{look:?}");
    }
}

#[tokio::test]
async fn a_hundred_photos_that_are_the_same_are_looked_at_once_across_processes() {
    let Some(redis) = TestRedis::start() else { return };
    let vision = Arc::new(Slow::default());
    let shops = shops(|| redis.store(), &vision).await;
    let looks = join_all((0..100).map(|n| look(&shops[n % 2]))).await;
    assert_answered(&looks);
    assert_eq!(vision.0.load(Ordering::SeqCst), 1);
    assert!(looks.iter().all(|look| look.degraded.is_empty()));
    let found = shops[0].find_look(&sample::merchant(), looks[1].id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&looks[1]), "answered there, found here");
}

#[tokio::test]
async fn when_the_server_stops_in_the_middle_all_are_answered() {
    for order in ["stop", "hang"] {
        let Some(mut redis) = TestRedis::start_own() else { return };
        let vision = Arc::new(Slow::default());
        let shops = shops(|| hasty(&redis), &vision).await;
        let asking = join_all((0..100).map(|n| look(&shops[n % 2])));
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            redis.order(order);
        };
        let began = Instant::now();
        let (looks, ()) = tokio::join!(asking, stopping);
        assert_answered(&looks);
        assert_eq!(vision.0.load(Ordering::SeqCst), 2, "once a process");
        let told = looks.iter().flat_map(|look| &look.degraded).filter(|it| it.part == Part::Cache);
        assert!(told.count() >= 1, "who looked alone says so");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        let kept = shops[0].find_look(&sample::merchant(), looks[0].id).await.unwrap();
        assert!(kept.is_some(), "what was answered here is found here");
    }
}
