//! Whether the service can answer, found out by answering.

use std::{
    sync::{Arc, Mutex as Lock, PoisonError},
    time::{Duration, Instant},
};

use futures::{StreamExt, join};
use serde::Serialize;
use tokio::{sync::Mutex, time::timeout};
use utoipa::ToSchema;
use vitrine_core::{
    admission::Admission,
    ids::MerchantId,
    photo::Photo,
    ports::{ModelError, StoreError},
    shopping::Shopping,
};

/// How long what was found out is told again.
const KEPT: Duration = Duration::from_secs(10);
/// How long an answer to a customer proves that the models work, when the queue is full.
const PROOF: Duration = Duration::from_secs(60);

/// What is told of a check that panicked.
const BROKE: &str = "the check broke";

/// That photos are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready`, or `degraded` where something is away without which answers are slower or poorer.
    #[schema(example = "ready")]
    status: &'static str,
    /// What is away, if anything.
    away: Vec<String>,
    /// The model that looks at photos.
    model: String,
    /// The model that compares words.
    embedder: String,
    /// The model that compares pictures; absent where none are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_embedder: Option<String>,
    /// What a customer must know of the model, if anything.
    caution: Option<String>,
}

/// The parts that do not answer, and what is the matter with each; without what only the log should
/// hold.
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
        let result = self.ask().await;
        if let Err(reason) = &result {
            tracing::warn!(reason, "not ready");
        }
        *found = Some((Instant::now(), result.clone()));
        result
    }

    /// All parts are asked, so that one that is away hides no other.
    async fn ask(&self) -> Result<Ready, NotReady> {
        let Shopping { catalog, index, cache, vision, embedder, image_embedder, .. } = &*self.shop;
        let count = async {
            match MerchantId::new("readiness") {
                Ok(nobody) => index.count(&nobody).await.map(drop),
                Err(_) => Ok(()),
            }
        };
        let look = async {
            let Some(pictures) = image_embedder else { return Ok(()) };
            let shirt = drawn(vision.photo_side()).square().clone();
            alive("the picture encoder", pictures.embed(vec![shirt]).await).map(drop)
        };
        let (catalog, index, cache, pictures, models) = join!(
            self.part("the catalog", told("the catalog", catalog.check())),
            self.part("the index", told("the index", count)),
            self.part("the cache", told("the cache", cache.get("readiness"))),
            self.part("the picture encoder", look),
            self.part("the model", self.ask_models()),
        );
        let away: Vec<String> =
            [catalog, index, models].into_iter().filter_map(Result::err).collect();
        let missed: Vec<String> = [cache, pictures].into_iter().filter_map(Result::err).collect();
        if !away.is_empty() {
            return Err(away.into_iter().chain(missed).collect::<Vec<_>>().join(", "));
        }
        Ok(Ready {
            status: if missed.is_empty() { "ready" } else { "degraded" },
            away: missed,
            model: vision.model().to_owned(),
            embedder: embedder.model().to_owned(),
            image_embedder: image_embedder.as_ref().map(|pictures| pictures.model().to_owned()),
            caution: vision.caution().map(str::to_owned),
        })
    }

    async fn part(
        &self,
        name: &str,
        asking: impl Future<Output = Result<(), NotReady>>,
    ) -> Result<(), NotReady> {
        let late = |_| Err(format!("{name} gave no answer within {} s", self.limit.as_secs_f32()));
        timeout(self.limit, asking).await.unwrap_or_else(late)
    }

    async fn ask_models(&self) -> Result<(), NotReady> {
        match timeout(self.limit / 2, self.admission.enter_unnamed()).await {
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
                Ok(())
            }
            _ if self.is_proven() => Ok(()),
            _ => Err("the queue is full and no photo was answered for a minute".into()),
        }
    }

    fn is_proven(&self) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.is_some_and(|when| when.elapsed() < PROOF)
    }
}

/// What a store says of its trouble is for the log.
async fn told<T>(
    part: &str,
    asking: impl Future<Output = Result<T, StoreError>>,
) -> Result<(), NotReady> {
    asking.await.map(drop).map_err(|error| {
        tracing::warn!(%error, "{part} does not answer");
        format!("{part} does not answer")
    })
}

/// Any answer shows that a model is alive, one that can not be read or refuses the photo too.
fn alive<T>(part: &str, answer: Result<T, ModelError>) -> Result<Option<T>, NotReady> {
    let (error, trouble) = match answer {
        Ok(answer) => return Ok(Some(answer)),
        Err(ModelError::Answer(_) | ModelError::Refused(_)) => return Ok(None),
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
