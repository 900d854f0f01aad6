//! Whether the service can answer, found out by answering.

use std::{
    sync::{Arc, Mutex as Lock, PoisonError},
    time::{Duration, Instant},
};

use futures::StreamExt;
use serde::Serialize;
use tokio::{sync::Mutex, time::timeout};
use utoipa::ToSchema;
use vitrine_core::{
    admission::Admission, ids::MerchantId, photo::Photo, ports::ModelError, shopping::Shopping,
};

/// How long what was found out is told again.
const KEPT: Duration = Duration::from_secs(10);
/// How long an answer to a customer proves that the models work, when the queue is full.
const PROOF: Duration = Duration::from_secs(60);

/// What is told of a check that panicked.
const BROKE: &str = "the check broke";

/// That all parts answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Ready {
    #[schema(example = "ready")]
    status: &'static str,
    /// The model that looks at photos.
    model: String,
    /// The model that compares words.
    embedder: String,
    /// What a customer must know of the model, if anything.
    caution: Option<String>,
}

/// The first part that does not answer, and what is the matter with it; without what only the log
/// should hold.
type NotReady = String;

/// Asks each part a small question, at most once every ten seconds whoever asks.
pub(crate) struct Readiness {
    shop: Arc<Shopping>,
    admission: Arc<Admission>,
    limit: Duration,
    found: Mutex<Option<(Instant, Result<Ready, NotReady>)>>,
    answered: Lock<Option<Instant>>,
}

impl Readiness {
    /// `limit` bounds the time of one check.
    pub(crate) fn new(shop: Arc<Shopping>, admission: Arc<Admission>, limit: Duration) -> Self {
        Self { shop, admission, limit, found: Mutex::default(), answered: Lock::default() }
    }

    /// Notes that a customer was answered just now.
    pub(crate) fn proven(&self) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// What was found out within the last ten seconds, or now; those who ask meanwhile wait for
    /// the same answer. A check goes on when who asked has left, so that impatient probes neither
    /// ask the models more often nor keep the answer from being found.
    pub(crate) async fn check(self: &Arc<Self>) -> Result<Ready, NotReady> {
        let readiness = Arc::clone(self);
        let checking = tokio::spawn(async move { readiness.known_or_found().await });
        checking.await.unwrap_or_else(|_| Err(BROKE.into()))
    }

    async fn known_or_found(&self) -> Result<Ready, NotReady> {
        let mut found = self.found.lock().await;
        if let Some((when, result)) = &*found
            && when.elapsed() < KEPT
        {
            return result.clone();
        }
        *found = Some((Instant::now(), Err(BROKE.into()))); // told if what follows panics
        let late = || Err(format!("no answer within {} s", self.limit.as_secs_f32()));
        let result = timeout(self.limit, self.ask()).await.unwrap_or_else(|_| late());
        if let Err(reason) = &result {
            tracing::warn!(reason, "not ready");
        }
        *found = Some((Instant::now(), result.clone()));
        result
    }

    async fn ask(&self) -> Result<Ready, NotReady> {
        self.ask_stores().await?;
        match timeout(self.limit / 2, self.admission.enter()).await {
            Ok(Ok(permit)) => {
                let shop = &self.shop;
                alive("the embedder", shop.embedder.embed(vec!["navy dress".into()]).await)?;
                let photo = drawn(shop.vision.photo_side());
                let seen = shop.vision.describe(&photo, &permit).await;
                if let Some(mut seen) = alive("the vision model", seen)?
                    && let Some(first) = seen.next().await
                {
                    alive("the vision model", first)?;
                }
            }
            _ if self.is_proven() => {}
            _ => return Err("the queue is full and no photo was answered for a minute".into()),
        }
        Ok(Ready {
            status: "ready",
            model: self.shop.vision.model().to_owned(),
            embedder: self.shop.embedder.model().to_owned(),
            caution: self.shop.vision.caution().map(str::to_owned),
        })
    }

    async fn ask_stores(&self) -> Result<(), NotReady> {
        let unreachable = |part: &'static str| {
            move |error| {
                tracing::warn!(%error, "{part} does not answer");
                format!("{part} does not answer")
            }
        };
        self.shop.catalog.check().await.map_err(unreachable("the catalog"))?;
        if let Ok(nobody) = MerchantId::new("readiness") {
            self.shop.index.count(&nobody).await.map_err(unreachable("the index"))?;
        }
        self.shop.cache.get("readiness").await.map_err(unreachable("the cache"))?;
        Ok(())
    }

    fn is_proven(&self) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.is_some_and(|when| when.elapsed() < PROOF)
    }
}

/// Any answer shows that a model is alive, one that can not be read too.
fn alive<T>(part: &str, answer: Result<T, ModelError>) -> Result<Option<T>, NotReady> {
    let (error, trouble) = match answer {
        Ok(answer) => return Ok(Some(answer)),
        Err(ModelError::Answer(_)) => return Ok(None),
        Err(error @ ModelError::Load(_)) => (error, "could not be loaded"),
        Err(error @ ModelError::Stopped(_)) => (error, "stopped"),
        Err(error @ ModelError::Timeout(_)) => (error, "took too long"),
    };
    tracing::warn!(%error, "{part} {trouble}");
    Err(format!("{part} {trouble}"))
}

/// A navy shirt on light grey.
fn drawn(side: u32) -> Photo {
    let part = |of: u32| side * of / 10;
    let shirt = |x, y| {
        let body = (part(3)..part(7)).contains(&x) && (part(2)..part(8)).contains(&y);
        let sleeves = (part(1)..part(9)).contains(&x) && (part(2)..part(4)).contains(&y);
        body || sleeves
    };
    let colour = |x, y| image::Rgb(if shirt(x, y) { [25, 35, 85] } else { [225; 3] });
    Photo::from_picture(&image::RgbImage::from_fn(side, side, colour), side)
}
