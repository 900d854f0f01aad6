use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::memory_catalog::{Key, MemoryCatalog, State};
use crate::{
    feed::Place,
    ids::{ImportId, MerchantId, ProductId},
    imports::{Failure, PROBLEMS_KEPT},
    pictures::{Picture, Seen, picture_problem},
    ports::{
        Batch, KeptPicture, PictureCounts, PictureOutcome, PictureState, Pictures, SettledPicture,
        StoreError, WantedPicture,
    },
    product::Product,
};

#[derive(Debug)]
pub(super) struct NotedPicture {
    address: String,
    enrich: bool,
    tries: u32,
    /// When it is given out, or may be tried again.
    due: Instant,
    named: Option<(ImportId, Place)>,
    picture: Option<Result<Picture, Failure>>,
    seen: Option<Seen>,
}

/// The import that names pictures.
pub(super) struct Named<'a> {
    pub(super) import: ImportId,
    pub(super) batch: &'a Batch,
}

impl State {
    /// Notes the pictures of products that were written.
    pub(super) fn note_pictures(
        &mut self,
        merchant: &MerchantId,
        products: &[Product],
        by: Option<Named<'_>>,
    ) {
        for (at, product) in products.iter().enumerate() {
            let key = (merchant.clone(), product.id.clone());
            let comes_again = products[at + 1..].iter().any(|later| later.id == product.id);
            if comes_again || !self.products.contains_key(&key) {
                continue;
            }
            let Some(address) = product.image_link.clone() else {
                self.pictures.remove(&key);
                continue;
            };
            let named = by.as_ref().map(|by| {
                let place = by.batch.places.get(at).copied();
                (by.import, place.unwrap_or_default())
            });
            let enrich = by.as_ref().map(|by| by.batch.enrich);
            self.note(key, address, enrich, named);
        }
    }

    fn note(
        &mut self,
        key: Key,
        address: String,
        enrich: Option<bool>,
        named: Option<(ImportId, Place)>,
    ) {
        let known = self.pictures.get(&key);
        let wanted = enrich.or(known.map(|known| known.enrich)).unwrap_or_default();
        let fresh = NotedPicture {
            address,
            enrich: wanted,
            tries: 0,
            due: Instant::now(),
            named,
            picture: None,
            seen: None,
        };
        let Some(known) =
            self.pictures.get_mut(&key).filter(|known| known.address == fresh.address)
        else {
            self.pictures.insert(key, fresh);
            return;
        };
        let failed = matches!(known.picture, Some(Err(_)));
        let again = failed && known.due <= Instant::now();
        let to_be_seen = wanted && known.seen.is_none() && matches!(known.picture, Some(Ok(_)));
        let shown_otherwise = known.enrich != wanted && known.seen.is_some();
        if again || to_be_seen && !known.enrich {
            *known = fresh;
        } else {
            known.enrich = wanted;
        }
        if shown_otherwise {
            self.changed(key);
        }
    }

    /// A product as it is shown: with what was seen in its picture.
    pub(super) fn shown(&self, key: &Key) -> Option<Product> {
        let mut product = self.products.get(key)?.clone();
        if let Some(NotedPicture { enrich: true, seen: Some(seen), .. }) = self.pictures.get(key) {
            product.fill_in(seen);
        }
        Some(product)
    }

    fn settle(&mut self, key: Key, settled: SettledPicture) {
        let Some(known) = self.pictures.get_mut(&key) else { return };
        if known.address != settled.address || known.picture.is_some() {
            return;
        }
        match settled.outcome {
            PictureOutcome::Later { after, tries } => {
                known.due = Instant::now() + after;
                known.tries = tries;
            }
            PictureOutcome::Had { picture, seen } => {
                let embedded = picture.embedded_by.is_some();
                known.picture = Some(Ok(picture));
                let differs = known.enrich && seen.is_some() && known.seen != seen;
                known.seen = seen.or(known.seen.take());
                if differs || embedded {
                    self.changed(key);
                }
            }
            PictureOutcome::Failed { failure, again } => {
                known.due = Instant::now() + again;
                known.picture = Some(Err(failure.clone()));
                let Some((import, place)) = known.named else { return };
                let Some(kept) = self.imports.get_mut(&import) else { return };
                kept.import.pictures_failed += 1;
                if kept.import.pictures_failed <= PROBLEMS_KEPT {
                    kept.problems.push(picture_problem(place, &settled.address, &failure));
                }
            }
        }
    }
}

impl MemoryCatalog {
    /// Takes products as an import does that wants them filled in, or not.
    pub fn take_products(&self, merchant: &MerchantId, products: Vec<Product>, enrich: bool) {
        let batch = Batch { enrich, ..products.clone().into() };
        let mut state = self.state();
        state.upsert(merchant, products);
        let named = Named { import: ImportId::now(), batch: &batch };
        state.note_pictures(merchant, &batch.products, Some(named));
    }

    /// Makes every picture that waits due now.
    pub fn make_pictures_due(&self) {
        self.state().pictures.values_mut().for_each(|noted| noted.due = Instant::now());
    }
}

#[async_trait]
impl Pictures for MemoryCatalog {
    async fn claim_pictures(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<WantedPicture>, StoreError> {
        let mut state = self.state();
        let now = Instant::now();
        let due: Vec<Key> = state
            .pictures
            .iter()
            .filter(|(_, noted)| noted.picture.is_none() && noted.due <= now)
            .map(|(key, _)| key.clone())
            .collect();
        let next = due.iter().find(|(owner, _)| after.is_none_or(|after| owner > after));
        let Some((merchant, _)) = next.or(due.first()).cloned() else { return Ok(Vec::new()) };
        let own = due.into_iter().filter(|(owner, _)| *owner == merchant).take(limit);
        let mut wanted = Vec::new();
        for key in own {
            let Some(noted) = state.pictures.get_mut(&key) else { continue };
            wanted.push(WantedPicture {
                merchant: merchant.clone(),
                product: key.1,
                address: noted.address.clone(),
                enrich: noted.enrich && noted.seen.is_none(),
                tries: noted.tries,
            });
            noted.due = now + lease;
            noted.tries += 1;
        }
        Ok(wanted)
    }

    async fn settle_pictures(
        &self,
        merchant: &MerchantId,
        settled: Vec<SettledPicture>,
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        for one in settled {
            state.settle((merchant.clone(), one.product.clone()), one);
        }
        Ok(())
    }

    async fn fetch_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        let mut state = self.state();
        for product in products {
            let noted = state.pictures.get_mut(&(merchant.clone(), product.clone()));
            if let Some(noted) = noted.filter(|noted| matches!(noted.picture, Some(Ok(_)))) {
                (noted.picture, noted.tries, noted.due) = (None, 0, Instant::now());
            }
        }
        Ok(())
    }

    async fn pictures(
        &self,
        merchant: &MerchantId,
        state: Option<PictureState>,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<KeptPicture>, StoreError> {
        let known = self.state();
        let own = known.pictures.iter().filter(|((owner, _), _)| owner == merchant);
        let later = own.filter(|((_, product), _)| after.is_none_or(|after| product > after));
        let kept = later.map(|((_, product), noted)| KeptPicture {
            product: product.clone(),
            address: noted.address.clone(),
            picture: noted.picture.clone(),
        });
        let asked = kept.filter(|kept| state.is_none_or(|state| kept.state() == state));
        Ok(asked.take(limit).collect())
    }

    async fn pictures_of(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<Vec<KeptPicture>, StoreError> {
        let known = self.state();
        let kept = products.iter().filter_map(|product| {
            let noted = known.pictures.get(&(merchant.clone(), product.clone()))?;
            let (address, picture) = (noted.address.clone(), noted.picture.clone());
            Some(KeptPicture { product: product.clone(), address, picture })
        });
        Ok(kept.collect())
    }

    async fn count_pictures(&self, merchant: &MerchantId) -> Result<PictureCounts, StoreError> {
        let state = self.state();
        let mut counts = PictureCounts::default();
        for (_, noted) in state.pictures.iter().filter(|((owner, _), _)| owner == merchant) {
            match noted.picture {
                None => counts.waiting += 1,
                Some(Ok(_)) => counts.had += 1,
                Some(Err(_)) => counts.failed += 1,
            }
        }
        Ok(counts)
    }
}
