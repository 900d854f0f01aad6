//! Customers and a merchant who go on asking while something is broken.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::{
    Client, RequestBuilder,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::time::sleep;

/// The longest that anybody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one waits before asking again.
const PAUSE: Duration = Duration::from_millis(150);
/// How long all has to go well to be well.
const STEADY: Duration = Duration::from_secs(1);
/// Of a product of the drawn catalog.
const PRODUCT: &str = "blazer-blue-01";
const VARIANT: &str = "blazer-blue-01-blue-xs";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Asked {
    /// A look that was answered, fetched again.
    Answered,
    /// A photo that was answered, asked about again by its id.
    Known,
    /// A photo that was never seen.
    New,
    Search,
    /// A price that a merchant sets.
    Price,
}

impl Asked {
    pub(crate) const ALL: [Self; 5] =
        [Self::Answered, Self::Known, Self::New, Self::Search, Self::Price];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Answered => "an answered look",
            Self::Known => "a known photo",
            Self::New => "a new photo",
            Self::Search => "a search",
            Self::Price => "a new price",
        }
    }
}

/// What who asks gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    AsEver,
    /// An answer that says what it lacks.
    Poorer,
    /// That it is no longer known; the photo is sent again, and answered.
    SendAgain,
    /// A problem that says to come back, or that it took too long.
    ComeBack,
    /// No answer, or half of one.
    Nothing,
    /// Any other status.
    Wrong(u16),
}

impl Seen {
    pub(crate) fn name(self) -> String {
        match self {
            Self::AsEver => "as ever".into(),
            Self::Poorer => "poorer, and says so".into(),
            Self::SendAgain => "told to send it again".into(),
            Self::ComeBack => "told to come back".into(),
            Self::Nothing => "no answer".into(),
            Self::Wrong(status) => format!("status {status}"),
        }
    }
}

struct Note {
    asked: Asked,
    began: Instant,
    ended: Instant,
    seen: Seen,
    /// What was answered, where that is wrong.
    told: String,
}

/// They ask until this is dropped.
pub(crate) struct Crowd {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    url: String,
    shopper: String,
    merchant: String,
    photo: Vec<u8>,
    notes: Mutex<Vec<Note>>,
    /// The last price that was acknowledged, and the last that was sent.
    prices: Mutex<(u64, u64)>,
    numbers: AtomicU32,
    is_over: AtomicBool,
}

impl Crowd {
    /// Begins to ask a service for the demonstration's shop.
    pub(crate) fn begin(url: &str, shopper: &str, merchant: &str) -> Self {
        let client = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(0).build().unwrap();
        let photo = crate::common::root().join("demo/photos/outfit.jpg");
        let shared = Arc::new(Shared {
            client,
            url: url.to_owned(),
            shopper: shopper.to_owned(),
            merchant: merchant.to_owned(),
            photo: std::fs::read(photo).unwrap(),
            notes: Mutex::default(),
            prices: Mutex::default(),
            numbers: AtomicU32::default(),
            is_over: AtomicBool::default(),
        });
        for asked in Asked::ALL {
            tokio::spawn(Arc::clone(&shared).go_on(asked));
        }
        Self { shared }
    }

    /// What was seen from then on.
    pub(crate) fn seen(&self, since: Instant) -> BTreeMap<Asked, BTreeSet<Seen>> {
        let mut all: BTreeMap<Asked, BTreeSet<Seen>> = BTreeMap::new();
        for note in self.shared.notes.lock().unwrap().iter().filter(|note| note.ended >= since) {
            all.entry(note.asked).or_default().insert(note.seen);
        }
        all
    }

    /// What was answered from then on that nobody should see, or was seen of this kind.
    pub(crate) fn told(&self, since: Instant, asked: Asked, seen: Seen) -> String {
        let notes = self.shared.notes.lock().unwrap();
        let mut those = notes
            .iter()
            .filter(|note| note.ended >= since && note.asked == asked && note.seen == seen);
        those.next().map(|note| note.told.clone()).unwrap_or_default()
    }

    /// Waits until everything is as ever, and answers how long after `since` that began.
    pub(crate) async fn well(&self, since: Instant) -> Duration {
        loop {
            let firsts: Vec<_> =
                Asked::ALL.iter().map(|asked| self.well_from(*asked, since)).collect();
            if let Some(all) = firsts.iter().copied().collect::<Option<Vec<_>>>() {
                let last = all.into_iter().max().unwrap_or(since);
                if last.elapsed() >= STEADY {
                    return last.saturating_duration_since(since);
                }
            }
            let late = since.elapsed() > Duration::from_secs(120);
            assert!(!late, "it does not get well: {:?}", self.seen(since));
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// When the first answer came that was as ever and after which all were.
    fn well_from(&self, asked: Asked, since: Instant) -> Option<Instant> {
        let notes = self.shared.notes.lock().unwrap();
        let of_it = notes.iter().filter(|note| note.asked == asked && note.began >= since);
        let mut first = None;
        for note in of_it {
            match note.seen {
                Seen::AsEver => first = first.or(Some(note.ended)),
                _ => first = None,
            }
        }
        first
    }

    /// Whether the price is the last that was acknowledged, or one that was sent after it.
    pub(crate) async fn keeps_its_word(&self) {
        let (acknowledged, _) = *self.shared.prices.lock().unwrap();
        let url = format!("{}/v1/catalog/products/{PRODUCT}", self.shared.url);
        let asking = self.shared.client.get(url).bearer_auth(&self.shared.merchant);
        let product: Value = asking.send().await.unwrap().json().await.unwrap();
        let variants = product["variants"].as_array().unwrap();
        let variant = variants.iter().find(|variant| variant["id"] == VARIANT).unwrap();
        let price = variant["price"]["amount"].as_u64().unwrap();
        let (_, sent) = *self.shared.prices.lock().unwrap();
        let may_be = acknowledged..=sent;
        assert!(may_be.contains(&price), "{price}, and {may_be:?} are acknowledged and sent");
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    async fn go_on(self: Arc<Self>, asked: Asked) {
        let mut known = None;
        while !self.is_over.load(Ordering::Relaxed) {
            let began = Instant::now();
            let (seen, told) = match asked {
                Asked::Answered | Asked::Known => self.again(asked, &mut known).await,
                Asked::New => self.send(self.new_photo()).await,
                Asked::Search => {
                    let body = json!({"text": "navy dress"});
                    self.ask(self.post("/v1/search", &self.shopper).json(&body)).await
                }
                Asked::Price => self.set_price().await,
            };
            let told = if seen == Seen::AsEver { String::new() } else { told.to_string() };
            let note = Note { asked, began, ended: Instant::now(), seen, told };
            self.notes.lock().unwrap().push(note);
            sleep(PAUSE).await;
        }
    }

    fn post(&self, path: &str, token: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).bearer_auth(token)
    }

    /// Asks again for what was answered; sends the photo where nothing was yet.
    async fn again(&self, asked: Asked, known: &mut Option<Value>) -> (Seen, Value) {
        let Some(look) = known else {
            let (seen, look) = self.send(self.photo.clone()).await;
            if seen == Seen::AsEver {
                *known = Some(look.clone());
            }
            return (seen, look);
        };
        let (id, photo) = (look["id"].as_str().unwrap(), look["photo_id"].as_str().unwrap());
        let request = match asked {
            Asked::Known => {
                let body = json!({"photo": {"id": photo}});
                self.post("/v1/looks", &self.shopper).json(&body)
            }
            _ => self.client.get(format!("{}/v1/looks/{id}", self.url)).bearer_auth(&self.shopper),
        };
        let (seen, told) = self.ask(request).await;
        if seen == Seen::Wrong(404) {
            *known = None;
            return (Seen::SendAgain, told);
        }
        (seen, told)
    }

    async fn send(&self, photo: Vec<u8>) -> (Seen, Value) {
        let photo = Part::bytes(photo).file_name("photo.jpg");
        let form = Form::new().part("photo", photo);
        self.ask(self.post("/v1/looks", &self.shopper).multipart(form)).await
    }

    async fn set_price(&self) -> (Seen, Value) {
        let price = u64::from(self.numbers.fetch_add(1, Ordering::Relaxed)) + 20_000;
        self.prices.lock().unwrap().1 = price;
        let offer = json!({"variant_id": VARIANT, "stock": 9, "sale_price": null,
                           "price": {"amount": price, "currency": "EUR"}});
        let body = json!({"offers": [offer]});
        let (seen, told) =
            self.ask(self.post("/v1/catalog/offers", &self.merchant).json(&body)).await;
        if seen == Seen::AsEver {
            assert_eq!(told["set"], 1, "{told}");
            self.prices.lock().unwrap().0 = price;
        }
        (seen, told)
    }

    /// Another photo each time: the same with squares of its own colours in a corner.
    fn new_photo(&self) -> Vec<u8> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + std::process::id() * 1_000;
        let mut photo: RgbImage = image::load_from_memory(&self.photo).unwrap().to_rgb8();
        for bit in 0..24 {
            let shade = if number >> bit & 1 == 1 { 255 } else { 0 };
            for (x, y) in (0..16).flat_map(|x| (0..16).map(move |y| (x, y))) {
                photo.put_pixel(bit % 6 * 16 + x, bit / 6 * 16 + y, Rgb([shade; 3]));
            }
        }
        let mut bytes = Cursor::new(Vec::new());
        photo.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    }

    async fn ask(&self, request: RequestBuilder) -> (Seen, Value) {
        let Ok(answer) = request.send().await else { return (Seen::Nothing, Value::Null) };
        let (status, come_back) =
            (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let Ok(told) = answer.json::<Value>().await else { return (Seen::Nothing, Value::Null) };
        let lacks = |told: &Value| {
            let degraded = told["degraded"].as_array().into_iter().flatten();
            degraded.filter(|lost| lost["part"] != "model").count() > 0
        };
        let is_whole_problem = told["code"].is_string() && told["detail"].is_string();
        let seen = match status {
            200 if lacks(&told) => Seen::Poorer,
            200 => Seen::AsEver,
            429 | 503 if is_whole_problem && come_back => Seen::ComeBack,
            502 | 504 if is_whole_problem => Seen::ComeBack,
            other => Seen::Wrong(other),
        };
        (seen, told)
    }
}
