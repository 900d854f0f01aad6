use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    memory_conversations::Held,
    memory_duties::HeldDuty,
    memory_events::Measured,
    memory_imports::{KeptImport, ReservedFeed},
    memory_pictures::NotedPicture,
    memory_rebuilds::KeptRebuild,
    memory_webhooks::Hooks,
};
use crate::{
    duplicates::{DuplicateGroup, NAMED},
    ids::{ImportId, MerchantId, ProductId, VariantId},
    lack::Lacks,
    money::price_band,
    ports::{
        Catalog, Change, Duty, DutyError, Edit, Edited, Lag, OffersSet, StoreError, Upserted,
        Vector,
    },
    product::{Offer, OfferChange, Product, Variant},
    product_filter::{ProductFilter, Standing},
};

pub(super) type Key = (MerchantId, ProductId);

/// A catalog in maps.
#[derive(Debug, Default)]
pub struct MemoryCatalog(Mutex<State>);

#[derive(Debug, Default)]
pub(super) struct State {
    away: bool,
    /// Writes of imports that still succeed before one fails.
    pub(super) writes_left: Option<u32>,
    /// Whether parts of a body are never done being kept.
    pub(super) stalled: bool,
    pub(super) imports: BTreeMap<ImportId, KeptImport>,
    pub(super) feeds: BTreeMap<(MerchantId, String), ReservedFeed>,
    pub(super) pictures: BTreeMap<Key, NotedPicture>,
    pub(super) products: BTreeMap<Key, Product>,
    matched: BTreeSet<Key>,
    /// How often matches were noted, and whether that fails now.
    notes: usize,
    refuses_notes: bool,
    pub(super) duties: HashMap<&'static str, HeldDuty>,
    pub(super) rebuild: Option<KeptRebuild>,
    pub(super) measured: Measured,
    pub(super) hooks: Hooks,
    pub(super) chats: Vec<Held>,
    outbox: HashMap<Key, Entered>,
    sequence: i64,
    vectors: HashMap<(String, String), Vector>,
}

#[derive(Debug)]
struct Entered {
    sequence: i64,
    since: Timestamp,
}

impl State {
    pub(super) fn changed(&mut self, key: Key) {
        self.sequence += 1;
        let since = self.outbox.get(&key).map_or_else(Timestamp::now, |entered| entered.since);
        self.outbox.insert(key, Entered { sequence: self.sequence, since });
    }

    fn drop_product(&mut self, key: &Key) -> bool {
        self.matched.remove(key);
        self.pictures.remove(key);
        self.products.remove(key).is_some()
    }

    /// Takes the variants of `product` from the merchant's other products; one that has none left
    /// is removed.
    fn take_variants(&mut self, merchant: &MerchantId, product: &Product) {
        let moves = |variant: &Variant| product.variants.iter().any(|own| own.id == variant.id);
        let mut robbed = Vec::new();
        for (key, other) in &mut self.products {
            if key.0 == *merchant && key.1 != product.id && other.variants.iter().any(moves) {
                other.variants.retain(|variant| !moves(variant));
                robbed.push(key.clone());
            }
        }
        for key in robbed {
            if self.products.get(&key).is_some_and(|other| other.variants.is_empty()) {
                self.drop_product(&key);
            }
            self.changed(key);
        }
    }
}

/// What of a product's offers the index is told: by colour version, whether any variant can be
/// bought and the price bands of all.
fn told(product: &Product) -> Vec<(bool, BTreeSet<u32>)> {
    let versions = product.colour_versions();
    let told = versions.iter().map(|version| {
        let offers = || version.variants().map(|variant| &variant.offer);
        let bands = offers().map(|offer| price_band(offer.current_price())).collect();
        (offers().any(Offer::can_be_bought_now), bands)
    });
    told.collect()
}

impl MemoryCatalog {
    /// Makes the write of an import fail that comes after so many others.
    pub fn break_after(&self, writes: u32) {
        self.state().writes_left = Some(writes);
    }

    /// Makes whoever keeps a part of a body wait for ever from now on, as for a store that hangs.
    pub fn stall(&self) {
        self.state().stalled = true;
    }

    /// How often matches were noted.
    pub fn notes(&self) -> usize {
        self.state().notes
    }

    /// Whether noting matches fails from now on.
    pub fn refuse_notes(&self, refuse: bool) {
        self.state().refuses_notes = refuse;
    }

    /// Whether nothing is answered from now on, as by a database that is away.
    pub fn go_away(&self, away: bool) {
        self.state().away = away;
    }

    /// The state, while it answers.
    pub(super) fn open(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.away {
            let detail = "at db.internal".to_owned();
            return Err(StoreError::Unavailable { store: "the catalog in maps", detail });
        }
        Ok(state)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Products by a GTIN that several of them share.
    fn shared_gtins(&self, merchant: &MerchantId) -> BTreeMap<String, BTreeSet<ProductId>> {
        let mut shared: BTreeMap<String, BTreeSet<ProductId>> = BTreeMap::new();
        for (key, product) in self.products.iter().filter(|(key, _)| key.0 == *merchant) {
            for gtin in product.variants.iter().filter_map(Variant::read_gtin) {
                shared.entry(gtin.as_str().to_owned()).or_default().insert(key.1.clone());
            }
        }
        shared.retain(|_, products| products.len() > 1);
        shared
    }

    pub(super) fn upsert(&mut self, merchant: &MerchantId, products: Vec<Product>) -> Upserted {
        let mut upserted = Upserted::default();
        for product in products {
            let key = (merchant.clone(), product.id.clone());
            match self.products.get(&key) {
                Some(known) if *known == product => {
                    upserted.unchanged += 1;
                    continue;
                }
                Some(_) => upserted.changed += 1,
                None => upserted.created += 1,
            }
            self.take_variants(merchant, &product);
            self.products.insert(key.clone(), product);
            self.changed(key);
        }
        upserted
    }

    pub(super) fn set_offers(
        &mut self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> OffersSet {
        let mut done = OffersSet::default();
        let mut before = BTreeMap::new();
        for (at, change) in changes.into_iter().enumerate() {
            let mut own = self.products.iter_mut().filter(|(key, _)| key.0 == *merchant);
            let Some((key, product)) =
                own.find(|(_, product)| product.variant(&change.variant).is_some())
            else {
                done.unknown.push(at);
                continue;
            };
            before.entry(key.clone()).or_insert_with(|| told(product));
            match product.set_offer(&change) {
                Ok(()) => done.set += 1,
                Err(bad) => done.refused.push((at, bad)),
            }
        }
        for (key, before) in before {
            if self.products.get(&key).is_some_and(|product| told(product) != before) {
                self.changed(key);
            }
        }
        done
    }

    pub(super) fn remove(&mut self, merchant: &MerchantId, products: &[ProductId]) -> u64 {
        let mut removed = 0;
        for product in products {
            let key = (merchant.clone(), product.clone());
            if self.drop_product(&key) {
                removed += 1;
                self.changed(key);
            }
        }
        removed
    }
}

#[async_trait]
impl Catalog for MemoryCatalog {
    async fn upsert(
        &self,
        merchant: &MerchantId,
        products: Vec<Product>,
    ) -> Result<Upserted, StoreError> {
        let mut state = self.open()?;
        let noted = products.clone();
        let upserted = state.upsert(merchant, products);
        state.note_pictures(merchant, &noted, None);
        Ok(upserted)
    }

    async fn edit(
        &self,
        merchant: &MerchantId,
        product: &ProductId,
        edit: Edit,
    ) -> Result<Edited, StoreError> {
        let mut state = self.open()?;
        let key = (merchant.clone(), product.clone());
        let Some(known) = state.products.get(&key) else { return Ok(Edited::Unknown) };
        let Some(edited) = edit(known) else { return Ok(Edited::Refused) };
        state.upsert(merchant, vec![edited.clone()]);
        state.note_pictures(merchant, std::slice::from_ref(&edited), None);
        Ok(Edited::Done(state.shown(&key).unwrap_or(edited)))
    }

    async fn set_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError> {
        Ok(self.open()?.set_offers(merchant, changes))
    }

    async fn try_offers(
        &self,
        merchant: &MerchantId,
        changes: Vec<OfferChange>,
    ) -> Result<OffersSet, StoreError> {
        let mut draft = State { products: self.open()?.products.clone(), ..State::default() };
        Ok(draft.set_offers(merchant, changes))
    }

    async fn remove(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<u64, StoreError> {
        Ok(self.open()?.remove(merchant, products))
    }

    async fn products(
        &self,
        merchant: &MerchantId,
        ids: &[ProductId],
    ) -> Result<Vec<Product>, StoreError> {
        let state = self.open()?;
        let keys = ids.iter().map(|id| (merchant.clone(), id.clone()));
        Ok(keys.filter_map(|key| state.shown(&key)).collect())
    }

    async fn owners(
        &self,
        merchant: &MerchantId,
        variants: &[VariantId],
    ) -> Result<Vec<(VariantId, ProductId)>, StoreError> {
        let state = self.open()?;
        let own = state.products.iter().filter(|((owner, _), _)| owner == merchant);
        let known = own.flat_map(|((_, id), product)| {
            product.variants.iter().map(move |variant| (variant.id.clone(), id.clone()))
        });
        Ok(known.filter(|(variant, _)| variants.contains(variant)).collect())
    }

    async fn ids(
        &self,
        merchant: &MerchantId,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        let state = self.open()?;
        let own = state.products.keys().filter(|(owner, _)| owner == merchant).map(|(_, id)| id);
        let later = own.filter(|id| after.is_none_or(|after| *id > after));
        Ok(later.take(limit).cloned().collect())
    }

    async fn matching_ids(
        &self,
        merchant: &MerchantId,
        filter: &ProductFilter,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<ProductId>, StoreError> {
        let state = self.open()?;
        let passes = |(key, product): &(&Key, &Product)| {
            let standing = Standing { matched: state.matched.contains(*key) };
            key.0 == *merchant
                && after.is_none_or(|after| key.1 > *after)
                && filter.allows(product, standing)
        };
        Ok(state.products.iter().filter(passes).map(|(key, _)| key.1.clone()).take(limit).collect())
    }

    async fn count_by_lacks(&self, merchant: &MerchantId) -> Result<Vec<(Lacks, u64)>, StoreError> {
        let mut counts: HashMap<Lacks, u64> = HashMap::new();
        for (_, product) in self.open()?.products.iter().filter(|(key, _)| key.0 == *merchant) {
            *counts.entry(product.lacks()).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }

    async fn count_shared_gtins(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        Ok(self.open()?.shared_gtins(merchant).len() as u64)
    }

    async fn shared_gtins(
        &self,
        merchant: &MerchantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DuplicateGroup>, StoreError> {
        let shared = self.open()?.shared_gtins(merchant).into_iter();
        let later = shared.filter(|(value, _)| after.is_none_or(|after| value.as_str() > after));
        let group = |(value, products): (String, BTreeSet<ProductId>)| DuplicateGroup {
            value,
            count: products.len() as u64,
            products: products.into_iter().take(NAMED).collect(),
        };
        Ok(later.map(group).take(limit).collect())
    }

    async fn count_matched(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        Ok(self.open()?.matched.iter().filter(|(owner, _)| owner == merchant).count() as u64)
    }

    async fn note_matched(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        let mut state = self.open()?;
        if state.refuses_notes {
            let detail = "it was told to refuse".into();
            return Err(StoreError::Unavailable { store: "the catalog (in maps)", detail });
        }
        state.notes += 1;
        let keys = products.iter().map(|product| (merchant.clone(), product.clone()));
        let known: Vec<Key> = keys.filter(|key| state.products.contains_key(key)).collect();
        state.matched.extend(known);
        Ok(())
    }

    async fn merchants(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
    ) -> Result<Vec<MerchantId>, StoreError> {
        let state = self.open()?;
        let mut all: Vec<MerchantId> =
            state.products.keys().map(|(owner, _)| owner.clone()).collect();
        all.dedup();
        Ok(all.into_iter().filter(|id| after.is_none_or(|after| id > after)).take(limit).collect())
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        Ok(self.open()?.products.keys().filter(|(owner, _)| owner == merchant).count() as u64)
    }

    async fn changes(&self, limit: usize) -> Result<Vec<Change>, StoreError> {
        let state = self.open()?;
        let mut changes: Vec<Change> = state
            .outbox
            .iter()
            .map(|((merchant, product), entered)| Change {
                sequence: entered.sequence,
                merchant: merchant.clone(),
                product: product.clone(),
            })
            .collect();
        changes.sort_by_key(|change| change.sequence);
        changes.truncate(limit);
        Ok(changes)
    }

    async fn done(&self, duty: &Duty, changes: &[Change]) -> Result<(), DutyError> {
        let mut state = self.open()?;
        state.on_duty(duty)?;
        for change in changes {
            let key = (change.merchant.clone(), change.product.clone());
            if state.outbox.get(&key).is_some_and(|entered| entered.sequence <= change.sequence) {
                state.outbox.remove(&key);
            }
        }
        Ok(())
    }

    async fn enter_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        let mut state = self.open()?;
        for product in products {
            state.changed((merchant.clone(), product.clone()));
        }
        Ok(())
    }

    async fn lag(&self) -> Result<Lag, StoreError> {
        let state = self.open()?;
        let oldest = state.outbox.values().map(|entered| entered.since).min();
        Ok(Lag { products: state.outbox.len() as u64, oldest })
    }

    async fn pending(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        Ok(self.open()?.outbox.keys().filter(|(owner, _)| owner == merchant).count() as u64)
    }

    async fn vectors(
        &self,
        model: &str,
        texts: &[String],
    ) -> Result<HashMap<String, Vector>, StoreError> {
        let state = self.open()?;
        let find = |text: &String| {
            let vector = state.vectors.get(&(model.to_owned(), text.clone()))?;
            Some((text.clone(), vector.clone()))
        };
        Ok(texts.iter().filter_map(find).collect())
    }

    async fn keep_vectors(
        &self,
        model: &str,
        vectors: &HashMap<String, Vector>,
    ) -> Result<(), StoreError> {
        let mut state = self.open()?;
        for (text, vector) in vectors {
            state.vectors.insert((model.to_owned(), text.clone()), vector.clone());
        }
        Ok(())
    }

    async fn reindex_all(&self) -> Result<u64, StoreError> {
        let mut state = self.open()?;
        let keys: Vec<Key> = state.products.keys().cloned().collect();
        let count = keys.len() as u64;
        for key in keys {
            state.changed(key);
        }
        Ok(count)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.open().map(drop)
    }
}
