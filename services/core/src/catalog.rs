//! A product's way in: a feed to the catalog.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::{
    feed::{
        Feed, FeedError, FeedOptions, FeedProduct, OfferTaken, Place, Problem, ProblemCode,
        Severity, Taken,
    },
    ids::{MerchantId, ProductId, VariantId},
    ports::{Catalog, StoreError, Upserted},
    product::{OfferChange, Product},
};

/// Products written in one transaction.
const BATCH: usize = 200;
/// Offers set in one transaction.
const OFFERS: usize = 1_000;
/// Rows read before the first is written, so that a feed of which most is wrong changes nothing.
const HELD_ROWS: u64 = 1_000;
/// The share of a feed's rows that may fail, and of the catalog that may be removed, without being
/// forced.
const MAX_FAILED: f64 = 0.2;
const MAX_REMOVED: f64 = 0.3;
/// Problems kept in the summary; more are only counted.
const PROBLEMS_KEPT: usize = 1_000;

/// What becomes of products that the feed does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// They stay.
    #[default]
    Upsert,
    /// They are removed, once the whole feed was taken.
    Replace,
}

/// How a feed is taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    pub mode: Mode,
    /// Report everything, write nothing.
    pub dry_run: bool,
    /// Go on though many rows fail or much of the catalog would be removed.
    pub force: bool,
}

impl ImportOptions {
    /// Whether to stop before much is lost.
    const fn asks(self) -> bool {
        !self.force && !self.dry_run
    }
}

/// What one run of a feed did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportSummary {
    /// Rows that were not empty; where a dialect nests variants, each of them is one.
    pub rows: u64,
    /// Products.
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub removed: u64,
    /// Rows left out on purpose, as what is no garment or not on sale.
    pub left_out: u64,
    /// Rows that were not taken.
    pub failed: u64,
    pub warnings: u64,
    /// The first thousand problems.
    pub problems: Vec<Problem>,
}

impl ImportSummary {
    /// Counts problems, and keeps the first.
    fn note(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.warnings += u64::from(problem.severity == Severity::Warning);
            if self.problems.len() < PROBLEMS_KEPT {
                self.problems.push(problem);
            }
        }
    }
}

/// Why an import stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "{failed} of {rows} rows failed, so the import stopped; mend the feed, or force it to take \
         the others"
    )]
    TooManyFailed { failed: u64, rows: u64 },
    #[error(
        "{removed} of {of} products are not in the feed and would be removed, so none was; send \
         the whole catalog, or force it"
    )]
    TooManyRemoved { removed: u64, of: u64 },
}

/// Takes a feed step by step and writes it to the catalog in batches. One bad row never fails
/// another.
pub struct Import<'a> {
    catalog: &'a dyn Catalog,
    merchant: &'a MerchantId,
    options: ImportOptions,
    batch: Vec<Product>,
    /// Where in the batch each product is.
    places: HashMap<ProductId, usize>,
    /// Hashes of the ids of all products of this run: 8 bytes each, whatever their number.
    seen: HashSet<u64>,
    /// The same of products with a row that failed: replacing does not remove them.
    spoilt: HashSet<u64>,
    summary: ImportSummary,
}

impl<'a> Import<'a> {
    pub fn new(catalog: &'a dyn Catalog, merchant: &'a MerchantId, options: ImportOptions) -> Self {
        Self {
            catalog,
            merchant,
            options,
            batch: Vec::new(),
            places: HashMap::new(),
            seen: HashSet::new(),
            spoilt: HashSet::new(),
            summary: ImportSummary::default(),
        }
    }

    /// Takes the next step of the feed.
    pub async fn take(&mut self, taken: Taken) -> Result<(), ImportError> {
        match taken {
            Taken::Product(found) => self.put(*found).await?,
            Taken::LeftOut(problem) => {
                self.summary.rows += 1;
                self.summary.left_out += 1;
                self.summary.note([problem]);
            }
            Taken::Refused { product, problems } => {
                self.summary.rows += 1;
                self.summary.failed += 1;
                self.spoilt.extend(product.as_ref().map(hash));
                self.summary.note(problems);
            }
        }
        Ok(())
    }

    async fn put(&mut self, found: FeedProduct) -> Result<(), ImportError> {
        let FeedProduct { mut product, rows, warnings, partial, .. } = found;
        self.summary.rows += rows;
        self.summary.note(warnings);
        let again = !self.seen.insert(hash(&product.id));
        if let Some(place) = self.places.get(&product.id) {
            let known = &mut self.batch[*place];
            if partial {
                known.add_variants(product.variants);
            } else {
                *known = product;
            }
            return Ok(());
        }
        if again && partial && !self.options.dry_run {
            let ids = [product.id.clone()];
            let known = self.catalog.products(self.merchant, &ids).await?;
            if let Some(mut known) = known.into_iter().next() {
                known.add_variants(product.variants);
                product = known;
            }
        }
        self.places.insert(product.id.clone(), self.batch.len());
        self.batch.push(product);
        if self.batch.len() >= BATCH && self.summary.rows >= HELD_ROWS {
            self.write().await?;
        }
        Ok(())
    }

    /// What was done so far.
    pub fn summary(&self) -> &ImportSummary {
        &self.summary
    }

    /// Writes what is left and removes what is to be removed.
    pub async fn finish(&mut self) -> Result<(), ImportError> {
        self.write().await?;
        if self.options.mode == Mode::Replace {
            self.remove_others().await?;
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), ImportError> {
        let ImportSummary { failed, rows, .. } = self.summary;
        if self.options.asks() && failed as f64 > MAX_FAILED * rows as f64 {
            return Err(ImportError::TooManyFailed { failed, rows });
        }
        self.places.clear();
        let mut all = std::mem::take(&mut self.batch).into_iter();
        loop {
            let batch: Vec<Product> = all.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let Upserted { created, changed, unchanged } = if self.options.dry_run {
                self.compare(&batch).await?
            } else {
                self.catalog.upsert(self.merchant, batch).await?
            };
            self.summary.created += created;
            self.summary.changed += changed;
            self.summary.unchanged += unchanged;
        }
    }

    /// What writing these would do.
    async fn compare(&self, batch: &[Product]) -> Result<Upserted, StoreError> {
        let ids: Vec<ProductId> = batch.iter().map(|product| product.id.clone()).collect();
        let known = self.catalog.products(self.merchant, &ids).await?;
        let known: HashMap<&ProductId, &Product> =
            known.iter().map(|product| (&product.id, product)).collect();
        let mut upserted = Upserted::default();
        for product in batch {
            match known.get(&product.id) {
                None => upserted.created += 1,
                Some(known) if **known == *product => upserted.unchanged += 1,
                Some(_) => upserted.changed += 1,
            }
        }
        Ok(upserted)
    }

    async fn remove_others(&mut self) -> Result<(), ImportError> {
        let mut others: Vec<ProductId> = Vec::new();
        let (mut of, mut last) = (0, None);
        loop {
            let ids = self.catalog.ids(self.merchant, last.as_ref(), BATCH).await?;
            let Some(id) = ids.last() else { break };
            of += ids.len() as u64;
            last = Some(id.clone());
            let known = |hash| self.seen.contains(&hash) || self.spoilt.contains(&hash);
            others.extend(ids.into_iter().filter(|id| !known(hash(id))));
        }
        let removed = others.len() as u64;
        if self.options.asks() && removed as f64 > MAX_REMOVED * of as f64 {
            return Err(ImportError::TooManyRemoved { removed, of });
        }
        if !self.options.dry_run {
            for batch in others.chunks(BATCH) {
                self.catalog.remove(self.merchant, batch).await?;
            }
        }
        self.summary.removed = removed;
        Ok(())
    }
}

/// Takes a feed of prices and stock; one bad row never fails another.
pub struct OffersImport<'a> {
    catalog: &'a dyn Catalog,
    merchant: &'a MerchantId,
    batch: Vec<(Place, OfferChange)>,
    summary: ImportSummary,
}

impl<'a> OffersImport<'a> {
    pub fn new(catalog: &'a dyn Catalog, merchant: &'a MerchantId) -> Self {
        Self { catalog, merchant, batch: Vec::new(), summary: ImportSummary::default() }
    }

    /// Takes the next row of the feed.
    pub async fn take(&mut self, taken: OfferTaken) -> Result<(), StoreError> {
        self.summary.rows += 1;
        match taken {
            OfferTaken::Change { place, change } => self.batch.push((place, change)),
            OfferTaken::Refused(problems) => self.refuse(problems),
        }
        if self.batch.len() >= OFFERS { self.finish().await } else { Ok(()) }
    }

    /// Writes what is left.
    pub async fn finish(&mut self) -> Result<(), StoreError> {
        let (places, changes): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.batch).into_iter().unzip();
        let variants: Vec<VariantId> =
            changes.iter().map(|change| change.variant.clone()).collect();
        let done = self.catalog.set_offers(self.merchant, changes).await?;
        self.summary.changed += done.set;
        let told = |at: usize, code, message: String| {
            let place = places.get(at).copied().unwrap_or_default();
            let id = variants.get(at).map_or("", VariantId::as_str);
            Problem::of_value(place, "id", id, code, message)
        };
        for at in done.unknown {
            let message = "no product has a variant of this id; import its product first";
            self.refuse([told(at, ProblemCode::VariantUnknown, message.into())]);
        }
        for (at, bad) in done.refused {
            self.refuse([told(at, ProblemCode::SalePriceInvalid, bad.to_string())]);
        }
        Ok(())
    }

    /// What was done so far; offers that were set count as changed.
    pub fn summary(&self) -> &ImportSummary {
        &self.summary
    }

    fn refuse(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.summary.failed += 1;
        self.summary.note(problems);
    }
}

/// Takes a whole feed that is at hand.
pub async fn import(
    catalog: &dyn Catalog,
    merchant: &MerchantId,
    bytes: &[u8],
) -> Result<ImportSummary, ImportError> {
    let mut import = Import::new(catalog, merchant, ImportOptions::default());
    for taken in Feed::open(bytes, FeedOptions::default())? {
        import.take(taken?).await?;
    }
    import.finish().await?;
    Ok(import.summary)
}

fn hash(id: &ProductId) -> u64 {
    let bytes = blake3::hash(id.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&bytes.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests;
