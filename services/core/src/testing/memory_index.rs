use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    ids::{MerchantId, ProductId},
    ports::{Entry, Hit, Index, Point, Prefilter, Query, StoreError},
    vocabulary::Gender,
};

/// An index in a list, searched from end to end.
#[derive(Debug, Default)]
pub struct MemoryIndex(Mutex<Lists>);

type Points = Vec<(MerchantId, Point)>;

#[derive(Debug, Default)]
struct Lists {
    away: bool,
    first: Points,
    second: Option<Points>,
}

impl MemoryIndex {
    /// Whether nothing is answered from now on, as by a server that is away.
    pub fn go_away(&self, away: bool) {
        self.lists().away = away;
    }

    /// The lists, while it answers.
    fn open(&self) -> Result<MutexGuard<'_, Lists>, StoreError> {
        let lists = self.lists();
        if lists.away {
            let detail = "at index.internal".to_owned();
            return Err(StoreError::Unavailable { store: "the index in a list", detail });
        }
        Ok(lists)
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(list: &mut Points, merchant: &MerchantId, products: &[ProductId], points: &[Point]) {
    list.retain(|(owner, point)| owner != merchant || !products.contains(&point.product));
    list.extend(points.iter().map(|point| (merchant.clone(), point.clone())));
}

fn none_begun() -> StoreError {
    StoreError::Unavailable { store: "the index in a list", detail: "no rebuild was begun".into() }
}

fn passes(point: &Point, filter: &Prefilter) -> bool {
    fn any<T: PartialEq>(wanted: &[T], has: &[T]) -> bool {
        wanted.is_empty() || has.iter().any(|value| wanted.contains(value))
    }
    let gender = point
        .gender
        .is_none_or(|gender| gender == Gender::Unisex || any(&filter.genders, &[gender]));
    let sizes: Vec<String> = point.sizes.iter().map(|size| size.to_lowercase()).collect();
    let wanted_sizes: Vec<String> = filter.sizes.iter().map(|size| size.to_lowercase()).collect();
    any(&filter.categories, &[point.category])
        && any(&filter.colours, &point.colours)
        && any(&filter.age_groups, &[point.age_group])
        && any(&filter.patterns, point.pattern.as_slice())
        && any(&filter.brands, point.brand.as_slice())
        && any(&filter.tags, &point.tags)
        && any(&filter.materials, &point.material)
        && any(&wanted_sizes, &sizes)
        && gender
        && (!filter.available || point.available)
        && filter.price_bands.is_none_or(|(low, high)| {
            point.price_bands.iter().any(|band| (low..=high).contains(band))
        })
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// 0 where one of the vectors is zero.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

/// How many distinct words of the query stand in the text.
fn shared_terms(query: &str, text: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let text = words(text);
    let mut query = words(query);
    query.sort();
    query.dedup();
    query.iter().filter(|word| text.contains(word)).count()
}

#[async_trait]
impl Index for MemoryIndex {
    async fn replace(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        let mut lists = self.open()?;
        put(&mut lists.first, merchant, products, &points);
        if let Some(second) = &mut lists.second {
            put(second, merchant, products, &points);
        }
        Ok(())
    }

    async fn search(&self, merchant: &MerchantId, query: &Query) -> Result<Vec<Hit>, StoreError> {
        let lists = self.open()?;
        let points: Vec<&Point> = lists
            .first
            .iter()
            .filter(|(owner, point)| owner == merchant && passes(point, &query.prefilter))
            .map(|(_, point)| point)
            .collect();
        let mut scores: HashMap<usize, f32> = HashMap::new();
        let mut leg = |weight: f32, found: Vec<(usize, f32)>| {
            if weight <= 0.0 {
                return;
            }
            let lowest = found.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min);
            let highest = found.iter().map(|(_, score)| *score).fold(f32::NEG_INFINITY, f32::max);
            for (at, score) in found {
                let alike = highest == lowest;
                let share = if alike { 1.0 } else { (score - lowest) / (highest - lowest) };
                *scores.entry(at).or_default() += weight * share;
            }
        };
        let Query { words, terms, picture, weights, .. } = query;
        let all = points.iter().enumerate();
        leg(weights.words, all.clone().map(|(at, p)| (at, cosine(&p.words, words))).collect());
        let shared = all.clone().map(|(at, point)| (at, shared_terms(terms, &point.terms) as f32));
        leg(weights.terms, shared.filter(|(_, shared)| *shared > 0.0).collect());
        let alike =
            |point: &Point| Some(cosine(&point.picture.as_ref()?.vector, picture.as_ref()?));
        leg(weights.picture, all.filter_map(|(at, point)| Some((at, alike(point)?))).collect());
        let mut best: Vec<(usize, f32)> = scores.into_iter().collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let hits = best.into_iter().take(query.limit).map(|(at, _)| Hit {
            product: points[at].product.clone(),
            version: points[at].version.clone(),
            similarity: cosine(&points[at].words, &query.likeness),
            picture: alike(points[at]),
        });
        Ok(hits.collect())
    }

    async fn count(&self, merchant: &MerchantId) -> Result<u64, StoreError> {
        Ok(self.open()?.first.iter().filter(|(owner, _)| owner == merchant).count() as u64)
    }

    async fn entries(&self, after: Option<&Entry>, limit: usize) -> Result<Vec<Entry>, StoreError> {
        fn key(entry: &Entry) -> (&MerchantId, &ProductId, &String) {
            (&entry.merchant, &entry.product, &entry.version)
        }
        let lists = self.open()?;
        let entry = |(merchant, point): &(MerchantId, Point)| Entry {
            merchant: merchant.clone(),
            product: point.product.clone(),
            version: point.version.clone(),
            fingerprint: point.fingerprint(),
        };
        let mut entries: Vec<Entry> = lists.first.iter().map(entry).collect();
        entries.retain(|entry| after.is_none_or(|after| key(entry) > key(after)));
        entries.sort_by(|a, b| key(a).cmp(&key(b)));
        entries.truncate(limit);
        Ok(entries)
    }

    async fn begin_rebuild(&self) -> Result<(), StoreError> {
        self.open()?.second = Some(Vec::new());
        Ok(())
    }

    async fn fill(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
        points: Vec<Point>,
    ) -> Result<(), StoreError> {
        let mut lists = self.open()?;
        let second = lists.second.as_mut().ok_or_else(none_begun)?;
        put(second, merchant, products, &points);
        Ok(())
    }

    async fn finish_rebuild(&self) -> Result<(), StoreError> {
        let mut lists = self.open()?;
        lists.first = lists.second.take().ok_or_else(none_begun)?;
        Ok(())
    }

    async fn abandon_rebuild(&self) -> Result<(), StoreError> {
        self.open()?.second = None;
        Ok(())
    }
}
