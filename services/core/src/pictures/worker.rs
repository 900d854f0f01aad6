//! Who fetches product pictures, and looks at those that fill gaps.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use image::RgbImage;
use tokio::sync::{Notify, mpsc};

use super::{PictureError, PictureFetcher, PictureFile, ProductPicture, Seen, vectors::embed};
use crate::{
    admission::Admission,
    garment::Garment,
    ids::{MerchantId, ProductId},
    imports::Failure,
    photo::Photo,
    ports::{
        Catalog, ImageEmbedder, ModelError, PictureOutcome, Pictures, SettledPicture, StoreError,
        Vision, WantedPicture,
    },
    product::Product,
};

/// Pictures taken at once, of one merchant, and kept at once.
const BATCH: usize = 64;
const KEPT_AT_ONCE: usize = 16;
/// How long a process that takes pictures may be silent before they are given to another.
const LEASE: Duration = Duration::from_secs(15 * 60);
/// How often pictures are looked for.
const PERIOD: Duration = Duration::from_secs(5);
/// How long it rests when the store can not be reached.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);
/// After how many tries a picture is given up, and the wait after the first. Each wait is four
/// times the one before: the last try comes an hour and a half after the first.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// How long one that can not be had is left alone, however often it is named.
const AGAIN: Duration = Duration::from_secs(3600);
/// How long to wait for a moment when nobody else is at the model, and how long to leave it alone
/// then.
const PATIENCE: Duration = Duration::from_secs(20);
const BUSY_WAIT: Duration = Duration::from_secs(600);

/// Fetches the pictures that products name, has them embedded, and has the vision model look at
/// those whose products are to be filled in. It looks only while nobody else waits for the model.
pub struct PictureWorker {
    pub pictures: Arc<dyn Pictures>,
    pub catalog: Arc<dyn Catalog>,
    pub fetcher: PictureFetcher,
    /// None where pictures are not compared.
    pub embedder: Option<Arc<dyn ImageEmbedder>>,
    pub vision: Arc<dyn Vision>,
    pub admission: Arc<Admission>,
    /// Notified when the outbox was told of products.
    pub written: Arc<Notify>,
}

/// Why a picture could not be looked at.
enum NotSeen {
    Picture(PictureError),
    Model(ModelError),
    /// Customers need the model.
    Busy,
}

impl PictureWorker {
    /// Fetches whatever picture comes, for as long as it is polled.
    pub async fn run(&self) {
        let mut last = None;
        loop {
            match self.next(last.as_ref()).await {
                Ok(Some(merchant)) => {
                    last = Some(merchant);
                    continue;
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "product pictures wait until the catalog is there");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                }
            }
            tokio::time::sleep(PERIOD).await;
        }
    }

    /// Fetches some of the pictures that are due, of the next merchant after `last` who has any;
    /// answers whose they were.
    pub async fn next(&self, last: Option<&MerchantId>) -> Result<Option<MerchantId>, StoreError> {
        let wanted = self.pictures.claim_pictures(last, BATCH, LEASE).await?;
        let Some(merchant) = wanted.first().map(|first| first.merchant.clone()) else {
            return Ok(None);
        };
        let (lost, wanted): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|one| one.tries >= TRIES);
        let (fetched, mut arrived) = mpsc::channel(1);
        let fetch = self.fetch(&wanted, fetched);
        let keep = async {
            let mut visit = Visit::of(self, &merchant, &wanted).await?;
            let mut settling: Vec<Settling> =
                lost.into_iter().map(given_up).map(Settling::from).collect();
            while let Some(picture) = arrived.recv().await {
                settling.push(visit.settle(picture).await);
                if settling.len() >= KEPT_AT_ONCE {
                    self.keep(&merchant, std::mem::take(&mut settling)).await?;
                }
            }
            self.keep(&merchant, settling).await
        };
        // Fetching goes on while the model looks.
        futures::future::join(fetch, keep).await.1?;
        Ok(Some(merchant))
    }

    async fn fetch(&self, wanted: &[WantedPicture], fetched: mpsc::Sender<ProductPicture>) {
        let addresses = wanted.iter().map(|one| (one.product.clone(), one.address.clone()));
        let pictures = self.fetcher.pictures(stream::iter(addresses.collect::<Vec<_>>()));
        let mut pictures = std::pin::pin!(pictures);
        while let Some(picture) = pictures.next().await {
            if fetched.send(picture).await.is_err() {
                return;
            }
        }
    }

    async fn keep(
        &self,
        merchant: &MerchantId,
        mut settling: Vec<Settling>,
    ) -> Result<(), StoreError> {
        if let Some(embedder) = &self.embedder {
            let had = settling.iter_mut().filter_map(|one| match &mut one.settled.outcome {
                PictureOutcome::Had { picture, .. } => Some((picture, one.pixels.take())),
                _ => None,
            });
            embed(&**embedder, &*self.catalog, had.collect()).await?;
            settling.iter_mut().for_each(Settling::wait_to_be_embedded);
        }
        let changes = settling.iter().any(|one| match &one.settled.outcome {
            PictureOutcome::Had { picture, seen } => {
                picture.embedded_by.is_some()
                    || seen.as_ref().is_some_and(|s| *s != Seen::default())
            }
            _ => false,
        });
        let settled = settling.into_iter().map(|one| one.settled).collect();
        self.pictures.settle_pictures(merchant, settled).await?;
        if changes {
            self.written.notify_one();
        }
        Ok(())
    }

    /// What is worn in a picture, as soon as nobody else waits for the model.
    async fn look(&self, file: bytes::Bytes) -> Result<Vec<Garment>, NotSeen> {
        let side = self.vision.photo_side();
        let reading = tokio::task::spawn_blocking(move || Photo::read(&file, side));
        let photo = match reading.await {
            Ok(photo) => photo.map_err(|error| NotSeen::Picture(error.into()))?,
            Err(_) => {
                let gave_up = PictureError::Damaged("the decoder gave up".to_owned());
                return Err(NotSeen::Picture(gave_up));
            }
        };
        let idle = tokio::time::timeout(PATIENCE, self.admission.enter_when_idle());
        let permit = idle.await.map_err(|_| NotSeen::Busy)?;
        let garments = async { self.vision.describe(&photo, &permit).await?.try_collect().await };
        garments.await.map_err(NotSeen::Model)
    }
}

/// What became of a picture, how often it was tried before, and what it shows where it is still to
/// be embedded.
struct Settling {
    settled: SettledPicture,
    tries: u32,
    pixels: Option<RgbImage>,
}

impl From<SettledPicture> for Settling {
    fn from(settled: SettledPicture) -> Self {
        Self { settled, tries: TRIES, pixels: None }
    }
}

impl Settling {
    /// One that was not embedded is tried again, as often as one that can not be had. After that it
    /// is there without a vector.
    fn wait_to_be_embedded(&mut self) {
        if let PictureOutcome::Had { picture, .. } = &self.settled.outcome
            && picture.embedded_by.is_none()
            && let Some(later) = later(self.tries)
        {
            self.settled.outcome = later;
        }
    }
}

/// The pictures that were taken together.
struct Visit<'a> {
    worker: &'a PictureWorker,
    wanted: HashMap<&'a ProductId, &'a WantedPicture>,
    /// Products that are to be filled in, as their merchant gives them.
    gaps: HashMap<ProductId, Product>,
    /// What was seen in them, by address: products may share one.
    seen: HashMap<String, Vec<Garment>>,
    /// The model is left alone until the next visit.
    busy: bool,
}

impl<'a> Visit<'a> {
    async fn of(
        worker: &'a PictureWorker,
        merchant: &MerchantId,
        wanted: &'a [WantedPicture],
    ) -> Result<Self, StoreError> {
        let enriched = wanted.iter().filter(|one| one.enrich).map(|one| one.product.clone());
        let products = worker.catalog.products(merchant, &enriched.collect::<Vec<_>>()).await?;
        let gaps = products.into_iter().filter(Product::has_gaps);
        Ok(Self {
            worker,
            wanted: wanted.iter().map(|one| (&one.product, one)).collect(),
            gaps: gaps.map(|product| (product.id.clone(), product)).collect(),
            seen: HashMap::new(),
            busy: false,
        })
    }

    async fn settle(&mut self, fetched: ProductPicture) -> Settling {
        let ProductPicture { product, address, picture, file } = fetched;
        let tries = self.wanted.get(&product).map_or(0, |wanted| wanted.tries);
        let (file, pixels) = match file {
            Some(PictureFile { bytes, pixels }) => (Some(bytes), Some(pixels)),
            None => (None, None),
        };
        let outcome = match picture {
            Err(error) => failed(&error, tries),
            Ok(picture) => match self.see(&product, &address, file).await {
                Ok(seen) => PictureOutcome::Had { picture, seen },
                Err(NotSeen::Picture(error)) => failed(&error, tries),
                Err(NotSeen::Model(error)) => {
                    tracing::warn!(%error, %product, "a product is not filled in from its picture yet");
                    later(tries).unwrap_or(PictureOutcome::Had { picture, seen: None })
                }
                Err(NotSeen::Busy) => {
                    self.busy = true;
                    PictureOutcome::Later { after: BUSY_WAIT, tries }
                }
            },
        };
        Settling { settled: SettledPicture { product, address, outcome }, tries, pixels }
    }

    /// What the picture tells of a product that is to be filled in.
    async fn see(
        &mut self,
        product: &ProductId,
        address: &str,
        file: Option<bytes::Bytes>,
    ) -> Result<Option<Seen>, NotSeen> {
        let Some(product) = self.gaps.get(product) else { return Ok(None) };
        if !self.seen.contains_key(address) {
            if self.busy {
                return Err(NotSeen::Busy);
            }
            let file = match file {
                Some(file) => file,
                None => {
                    let fetched = self.worker.fetcher.picture(address).await;
                    fetched.map_err(NotSeen::Picture)?.1.bytes
                }
            };
            let garments = self.worker.look(file).await?;
            self.seen.insert(address.to_owned(), garments);
        }
        Ok(self.seen.get(address).map(|garments| Seen::of(product, garments)))
    }
}

fn failed(error: &PictureError, tries: u32) -> PictureOutcome {
    let again = if error.is_transient() { later(tries) } else { None };
    again.unwrap_or_else(|| {
        let (code, message) = (error.code().to_owned(), error.to_string());
        PictureOutcome::Failed { failure: Failure { code, message }, again: AGAIN }
    })
}

/// A picture that was given out again and again without a word of what became of it.
fn given_up(wanted: WantedPicture) -> SettledPicture {
    let message = format!(
        "the process that looked at the picture ended {TRIES} times before it was done; give \
         another picture"
    );
    let failure = Failure { code: "picture_crashed".to_owned(), message };
    let WantedPicture { product, address, .. } = wanted;
    SettledPicture { product, address, outcome: PictureOutcome::Failed { failure, again: AGAIN } }
}

/// Another try after a wait; `None` where it was tried often enough.
fn later(tries: u32) -> Option<PictureOutcome> {
    let after = FIRST_WAIT * 4_u32.saturating_pow(tries);
    let tries = tries + 1;
    (tries < TRIES).then_some(PictureOutcome::Later { after, tries })
}

#[cfg(test)]
mod tests;
