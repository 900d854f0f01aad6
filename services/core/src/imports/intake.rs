//! What a feed's steps come to: batches of products or offers, counts and problems.

use std::collections::{HashMap, HashSet};

use super::{Counts, ImportError, ImportOptions, PROBLEMS_KEPT, Progress, reading::Step};
use crate::{
    feed::{Dialect, FeedProduct, MAX_VARIANTS, OfferTaken, Place, Problem, ProblemCode, Taken},
    ids::{MerchantId, ProductId, VariantId},
    ports::{Batch, Catalog, Checkpoint, StoreError, Upserted, Work, Worked},
    product::{OfferChange, Product},
};

/// Products written in one transaction.
pub(super) const BATCH: usize = 500;
/// Offers set in one transaction.
const OFFERS: usize = 1_000;
/// Rows read before the first is written, so that a feed of which most is wrong changes nothing.
const HELD_ROWS: u64 = 1_000;
/// Steps after which progress is kept, even if there is nothing to write.
const UNHEARD: u64 = 10_000;
/// The share of a feed's rows that may fail without being forced.
const MAX_FAILED: f64 = 0.2;

/// Takes the steps of a feed and puts variants of one product together.
pub(super) struct Intake<'a> {
    catalog: &'a dyn Catalog,
    merchant: &'a MerchantId,
    options: ImportOptions,
    products: Vec<Product>,
    /// Where in the feed each of `products` began.
    begun: Vec<Place>,
    /// Where in `products` each one is.
    places: HashMap<ProductId, usize>,
    offers: Vec<(Place, OfferChange)>,
    /// Hashes of the ids of all products of this run: 8 bytes each, whatever their number.
    seen: HashSet<u64>,
    /// The same of products with a row that failed: replacing does not remove them.
    spoilt: HashSet<u64>,
    progress: Progress,
    /// Told since the last checkpoint.
    problems: Vec<Problem>,
    steps_kept: u64,
}

/// Where in the feed the offers of a batch were.
pub(super) type Places = Vec<(Place, VariantId)>;

impl<'a> Intake<'a> {
    /// Begins, or goes on, after `progress`.
    pub(super) fn new(
        catalog: &'a dyn Catalog,
        merchant: &'a MerchantId,
        options: ImportOptions,
        progress: Progress,
    ) -> Self {
        Self {
            catalog,
            merchant,
            options,
            products: Vec::new(),
            begun: Vec::new(),
            places: HashMap::new(),
            offers: Vec::new(),
            seen: HashSet::new(),
            spoilt: HashSet::new(),
            progress,
            problems: Vec::new(),
            steps_kept: progress.steps,
        }
    }

    /// Notes how the feed is written.
    pub(super) fn told_from(&mut self, dialect: Option<Dialect>) {
        self.progress.dialect = dialect;
    }

    /// Remembers a step that was done before.
    pub(super) fn recall(&mut self, step: &Step) {
        match step {
            Step::Product(Taken::Product(found)) => {
                self.seen.insert(hash(&found.product.id));
            }
            Step::Product(Taken::Refused { product: Some(product), .. }) => {
                self.spoilt.insert(hash(product));
            }
            Step::Product(_) | Step::Offer(_) => {}
        }
    }

    /// Takes the next step.
    pub(super) async fn take(&mut self, step: Step) -> Result<(), StoreError> {
        self.progress.steps += 1;
        let counts = &mut self.progress.counts;
        match step {
            Step::Product(Taken::Product(found)) => return self.put(*found).await,
            Step::Product(Taken::LeftOut(problem)) => {
                counts.rows += 1;
                counts.left_out += 1;
                self.note([problem]);
            }
            Step::Product(Taken::Refused { product, problems }) => {
                counts.rows += 1;
                counts.failed += 1;
                self.spoilt.extend(product.as_ref().map(hash));
                self.note(problems);
            }
            Step::Offer(OfferTaken::Change { place, change }) => {
                counts.rows += 1;
                self.offers.push((place, change));
            }
            Step::Offer(OfferTaken::Refused(problems)) => {
                counts.rows += 1;
                counts.failed += 1;
                self.note(problems);
            }
        }
        Ok(())
    }

    async fn put(&mut self, found: FeedProduct) -> Result<(), StoreError> {
        let FeedProduct { mut product, rows, warnings, partial, place } = found;
        self.progress.counts.rows += rows;
        self.note(warnings);
        let again = !self.seen.insert(hash(&product.id));
        if let Some(at) = self.places.get(&product.id).copied() {
            if partial {
                self.products[at].add_variants(product.variants);
            } else {
                self.products[at] = product;
                self.begun[at] = place;
            }
            self.bound(at, place);
            return Ok(());
        }
        if again && partial && !self.options.dry_run {
            let ids = [product.id.clone()];
            let known = self.catalog.products(self.merchant, &ids).await?;
            if let Some(known) = known.into_iter().next() {
                let mut known = known.own().into_owned();
                known.add_variants(product.variants);
                product = known;
            }
        }
        self.places.insert(product.id.clone(), self.products.len());
        self.products.push(product);
        self.begun.push(place);
        self.bound(self.products.len() - 1, place);
        Ok(())
    }

    /// Drops the variants that a product has too many, and tells.
    fn bound(&mut self, at: usize, place: Place) {
        let product = &mut self.products[at];
        let more = product.variants.len().saturating_sub(MAX_VARIANTS);
        if more == 0 {
            return;
        }
        product.variants.truncate(MAX_VARIANTS);
        let message = format!(
            "the product has more than {MAX_VARIANTS} variants, so {more} were not taken; give \
             products of their own to what is not one product"
        );
        let id = product.id.clone();
        self.progress.counts.failed += more as u64;
        self.note([Problem::of_value(
            place,
            "id",
            id.as_str(),
            ProblemCode::VariantsTooMany,
            message,
        )]);
    }

    fn note(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            self.progress.counts.note(problem.severity);
            if self.progress.problems < PROBLEMS_KEPT {
                self.problems.push(problem);
            }
            self.progress.problems += 1;
        }
    }

    /// Whether enough is together to be written.
    pub(super) fn is_full(&self) -> bool {
        let held = self.progress.counts.rows < HELD_ROWS;
        let unheard = self.progress.steps - self.steps_kept >= UNHEARD;
        (self.products.len() >= BATCH || unheard) && !held || self.offers.len() >= OFFERS
    }

    /// Takes out what is to be written; `bytes` of the body were read for it.
    pub(super) fn batch(&mut self, bytes: u64) -> Result<(Work, Places), ImportError> {
        let Counts { failed, rows, .. } = self.progress.counts;
        if self.options.asks() && failed as f64 > MAX_FAILED * rows as f64 {
            return Err(ImportError::TooManyFailed { failed, rows });
        }
        self.progress.bytes = bytes;
        self.places.clear();
        if !self.offers.is_empty() {
            let offers = std::mem::take(&mut self.offers);
            let places =
                offers.iter().map(|(place, change)| (*place, change.variant.clone())).collect();
            let changes = offers.into_iter().map(|(_, change)| change).collect();
            return Ok((Work::Offers(changes), places));
        }
        let products = std::mem::take(&mut self.products);
        let places = std::mem::take(&mut self.begun);
        let enrich = self.options.enrich;
        let work = match products.is_empty() {
            true => Work::Nothing,
            false => Work::Products(Batch { products, places, enrich }),
        };
        Ok((work, Places::new()))
    }

    /// What writing this would do.
    pub(super) async fn compare(&self, work: &Work) -> Result<Worked, StoreError> {
        Ok(match work {
            Work::Nothing => Worked::Nothing,
            Work::Removal(products) => Worked::Removal(products.len() as u64),
            Work::Offers(changes) => {
                Worked::Offers(self.catalog.try_offers(self.merchant, changes.clone()).await?)
            }
            Work::Products(Batch { products, .. }) => {
                let ids: Vec<ProductId> =
                    products.iter().map(|product| product.id.clone()).collect();
                let known = self.catalog.products(self.merchant, &ids).await?;
                let known: HashMap<&ProductId, &Product> =
                    known.iter().map(|product| (&product.id, product)).collect();
                let mut upserted = Upserted::default();
                for product in products {
                    match known.get(&product.id) {
                        None => upserted.created += 1,
                        Some(known) if *known.own() == *product => upserted.unchanged += 1,
                        Some(_) => upserted.changed += 1,
                    }
                }
                Worked::Products(upserted)
            }
        })
    }

    /// Makes a checkpoint of what writing the batch does.
    pub(super) fn recorder(&mut self, places: Places) -> Recorder {
        let problems = std::mem::take(&mut self.problems);
        Recorder { progress: self.progress, problems, places }
    }

    /// What came of the rows so far.
    pub(super) fn counts(&self) -> Counts {
        self.progress.counts
    }

    /// Goes on from what was kept.
    pub(super) fn set_progress(&mut self, progress: Progress) {
        self.progress = progress;
        self.steps_kept = progress.steps;
    }

    /// Whether products are being removed already.
    pub(super) fn is_removing(&self) -> bool {
        self.progress.removing
    }

    /// The whole feed was taken; from now on products are removed.
    pub(super) fn begin_removing(&mut self) {
        self.progress.removing = true;
    }

    /// Whether the feed holds this product, or spoilt a row of it.
    pub(super) fn holds(&self, product: &ProductId) -> bool {
        let hash = hash(product);
        self.seen.contains(&hash) || self.spoilt.contains(&hash)
    }
}

/// Makes a checkpoint of what a write did.
pub(super) struct Recorder {
    progress: Progress,
    problems: Vec<Problem>,
    places: Places,
}

impl Recorder {
    pub(super) fn record(self, worked: &Worked) -> Checkpoint {
        let Self { mut progress, mut problems, places } = self;
        let counts = &mut progress.counts;
        let mut refused = Vec::new();
        match worked {
            Worked::Nothing => {}
            Worked::Products(Upserted { created, changed, unchanged }) => {
                counts.created += created;
                counts.changed += changed;
                counts.unchanged += unchanged;
            }
            Worked::Removal(removed) => counts.removed += removed,
            Worked::Offers(set) => {
                counts.changed += set.set;
                let told = |at: usize, code, message: String| {
                    let (place, id) = places.get(at)?;
                    Some(Problem::of_value(*place, "id", id.as_str(), code, message))
                };
                let unknown = "no product has a variant of this id; import its product first";
                refused.extend(
                    set.unknown.iter().filter_map(|at| {
                        told(*at, ProblemCode::VariantUnknown, unknown.to_owned())
                    }),
                );
                refused.extend(set.refused.iter().filter_map(|(at, bad)| {
                    told(*at, ProblemCode::SalePriceInvalid, bad.to_string())
                }));
            }
        }
        counts.failed += refused.len() as u64;
        for problem in refused {
            if progress.problems < PROBLEMS_KEPT {
                problems.push(problem);
            }
            progress.problems += 1;
        }
        Checkpoint { progress, problems }
    }
}

fn hash(id: &ProductId) -> u64 {
    let bytes = blake3::hash(id.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&bytes.as_bytes()[..8]);
    u64::from_le_bytes(first)
}
