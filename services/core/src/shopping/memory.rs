//! What is remembered of photos, words, advice and looks. What is in a photo depends on the photo and the
//! model alone; advice on what was found; neither on prices or stock that changed since. A cache
//! that fails costs time only.

use std::{iter, time::Duration};

use futures::TryStreamExt;
use serde::{Serialize, de::DeserializeOwned};

use super::{Answered, Flight, LOOKS_KEPT, LookRequest, Seen, Shopping, Unanswered};
use crate::{
    admission::Admission,
    digest,
    garment::Garment,
    ids::{CustomerId, LookId, MerchantId},
    look::{Advice, Look, LookGarment, Part},
    meters::{REMEMBERED, meters},
    photo::Photo,
    ports::{Brief, ModelError, StoreError, Vector},
};

/// How long it is remembered what is in a photo, and what was advised.
pub(super) const ANSWERS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Shopping {
    /// A look answered within the last hour. One for a customer who was forgotten since is
    /// forgotten too.
    pub async fn find_look(
        &self,
        merchant: &MerchantId,
        id: LookId,
    ) -> Result<Option<Look>, StoreError> {
        let json = self.find_look_json(merchant, id).await?;
        Ok(json.and_then(|json| serde_json::from_slice(&json).ok()))
    }

    /// The same as the JSON that it was answered as.
    pub async fn find_look_json(
        &self,
        merchant: &MerchantId,
        id: LookId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let key = look_key(merchant, id);
        let Some(kept) = self.cache.get(&key).await? else { return Ok(None) };
        let Some((customer, json)) = taken_apart(kept) else { return Ok(None) };
        let Some(customer) = customer else { return Ok(Some(json)) };
        if self.measuring.customers.customer(merchant, &customer).await?.is_some() {
            return Ok(Some(json));
        }
        self.cache.remove(&key).await?;
        Ok(None)
    }

    /// Forgets a look and its photo, as if their time were over.
    pub async fn forget_look(&self, merchant: &MerchantId, id: LookId) -> Result<(), StoreError> {
        let key = look_key(merchant, id);
        let kept = self.cache.get(&key).await?.and_then(taken_apart);
        let look = kept.and_then(|(_, json)| serde_json::from_slice::<Look>(&json).ok());
        if let Some(look) = look {
            self.photos.forget(merchant, &look.photo_id).await?;
        }
        self.cache.remove(&key).await
    }

    /// What a look answered within the last hour leaves for its refinements.
    pub async fn find_answered(
        &self,
        merchant: &MerchantId,
        id: LookId,
    ) -> Result<Option<Answered>, StoreError> {
        let Some(look) = self.find_look(merchant, id).await? else { return Ok(None) };
        let photo = self.photos.find(merchant, &look.photo_id, self.vision.photo_side()).await?;
        let shown = look.garments.iter().flat_map(|garment| &garment.matches);
        let currency = shown.map(|found| found.price.currency).next();
        let seen = |seen: LookGarment| Seen { id: seen.id, garment: seen.garment };
        Ok(Some(Answered {
            look: id,
            photo_id: look.photo_id,
            photo,
            garments: look.garments.into_iter().map(seen).collect(),
            currency,
        }))
    }

    pub(super) async fn remember_look(&self, merchant: &MerchantId, look: &Look) {
        let Ok(json) = serde_json::to_vec(look) else { return };
        let customer = look.customer_id.as_ref().map_or("", |customer| customer.as_str());
        let kept = [customer.as_bytes(), b"\n", &json].concat();
        self.keep(&look_key(merchant, look.id), kept, LOOKS_KEPT).await;
    }

    /// All garments of a photo: as remembered, as another sees them meanwhile, or as the model sees
    /// them, in a turn of its own; remembered where it told all of them. And whether they were
    /// known.
    pub(crate) async fn garments_of(
        &self,
        photo: &Photo,
        merchant: &MerchantId,
        admission: &Admission,
    ) -> Result<(Vec<Garment>, bool), Unanswered> {
        let slower = |error: &StoreError| tracing::warn!(%error, "the cache could not be asked");
        let flight = match self.board(photo.id(), slower).await {
            Ok(known) => return Ok((known, true)),
            Err(flight) => flight,
        };
        let permit = admission.enter(merchant).await?;
        let garments: Vec<Garment> = self.see(photo, &permit).await?.try_collect().await?;
        self.keep_garments(photo.id(), &garments).await;
        flight.land().await;
        Ok((garments, false))
    }

    /// The garments as remembered or as another finds them out meanwhile; else the right to look.
    /// `slower` is told why what is known could not be asked for.
    pub(super) async fn board(
        &self,
        photo_id: &str,
        mut slower: impl FnMut(&StoreError),
    ) -> Result<Vec<Garment>, Flight> {
        let key = self.garments_key(photo_id);
        match self.read(&key).await {
            Ok(Some(known)) => return Ok(known),
            Ok(None) => {}
            Err(error) => slower(&error),
        }
        let boarded = self.flights.board(&key, || self.recall(&key)).await;
        if let Err(Flight { trouble: Some(error), .. }) = &boarded {
            slower(error);
        }
        boarded
    }

    /// Remembers only what the model told to its end.
    pub(super) async fn remember_garments(
        &self,
        request: &LookRequest,
        look: &Look,
        garments: &[&Garment],
    ) {
        if !look.cached && !look.is_degraded(Part::Garments) {
            self.keep_garments(request.sight.photo_id(), garments).await;
        }
    }

    async fn keep_garments(&self, photo_id: &str, garments: impl Serialize) {
        self.remember(&self.garments_key(photo_id), &garments, ANSWERS_KEPT).await;
    }

    /// One vector for each text: as remembered, or as the embedder makes them.
    pub(crate) async fn vectors(&self, texts: Vec<String>) -> Result<Vec<Vector>, ModelError> {
        let parts: Vec<&str> =
            iter::once(self.embedder.model()).chain(texts.iter().map(String::as_str)).collect();
        let key = format!("vectors:{}", digest(&parts));
        if let Some(known) = self.recall(&key).await {
            return Ok(known);
        }
        let vectors = self.embedder.embed(texts).await?;
        self.remember(&key, &vectors, ANSWERS_KEPT).await;
        Ok(vectors)
    }

    /// The advice as remembered, or as another is given it meanwhile; else the right to have it
    /// written.
    pub(super) async fn board_advice(
        &self,
        request: &LookRequest,
        brief: &Brief,
    ) -> Result<Advice, Flight> {
        let key = self.advice_key(request, brief);
        match self.recall(&key).await {
            Some(known) => Ok(known),
            None => self.flights.board(&key, || self.recall(&key)).await,
        }
    }

    pub(super) async fn remember_advice(&self, request: &LookRequest, brief: &Brief, look: &Look) {
        let whole = brief.bought.is_empty() && !look.is_degraded(Part::Advice);
        if let Some(advice) = look.advice.as_ref().filter(|_| whole) {
            self.remember(&self.advice_key(request, brief), advice, ANSWERS_KEPT).await;
        }
    }

    pub(super) fn garments_key(&self, photo_id: &str) -> String {
        format!("garments:{}", digest(&[self.vision.model(), photo_id]))
    }

    fn advice_key(&self, request: &LookRequest, brief: &Brief) -> String {
        let told = format!("{brief:?}");
        let merchant = request.merchant.as_str();
        let photo = request.sight.photo_id();
        format!("advice:{}", digest(&[self.stylist.model(), merchant, photo, &told]))
    }

    pub(super) async fn recall<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let known = self.read(key).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the cache could not be read");
            None
        });
        if let Some(what) = REMEMBERED.into_iter().find(|what| key.starts_with(what)) {
            meters().recalled(what, known.is_some());
        }
        known
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let bytes = self.cache.get(key).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(super) async fn remember(&self, key: &str, value: &impl Serialize, keep: Duration) {
        if let Ok(bytes) = serde_json::to_vec(value) {
            self.keep(key, bytes, keep).await;
        }
    }

    async fn keep(&self, key: &str, bytes: Vec<u8>, keep: Duration) {
        if let Err(error) = self.cache.put(key, bytes, keep).await {
            tracing::warn!(%error, "the cache could not be written");
        }
    }
}

/// A look as it is kept: the customer that it names, who has no line breaks in their id, on a line
/// of its own; then the JSON that it was answered as.
fn taken_apart(mut kept: Vec<u8>) -> Option<(Option<CustomerId>, Vec<u8>)> {
    let end = kept.iter().position(|byte| *byte == b'\n')?;
    let json = kept.split_off(end + 1);
    let customer = std::str::from_utf8(kept.get(..end)?).ok()?;
    let customer = if customer.is_empty() { None } else { Some(CustomerId::new(customer).ok()?) };
    Some((customer, json))
}

fn look_key(merchant: &MerchantId, id: LookId) -> String {
    format!("look:{}", digest(&[merchant.as_str(), &id.to_string()]))
}
