use std::{str::FromStr, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::{
    ids::{MerchantId, ProductId, VariantId},
    imports::Failure,
    indexing::IndexingStore,
    ports::{Catalog, Change, PictureOutcome, Pictures, SettledPicture, WantedPicture},
    product::{OfferChange, OfferPatch, Product},
    testing::{MemoryCatalog, sample, strike_out},
    vocabulary::Availability,
};

/// Names that both merchants use, few enough to meet again and again.
const PRODUCTS: [&str; 6] = ["A", "a", "b-1", "b 2", "é", "z"];
const VARIANTS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const PRICES: [&str; 4] = ["9.90 EUR", "49.90 EUR", "500 EUR", "20 USD"];
const AVAILABILITIES: [Availability; 3] =
    [Availability::InStock, Availability::OutOfStock, Availability::Unknown];
const STEPS: u32 = 200;

/// What merchants share.
pub trait Shared: IndexingStore + Pictures {}

impl<S: IndexingStore + Pictures> Shared for S {}

/// A merchant of the shared catalog, with a catalog of its own that the same is done to.
struct Tenant {
    merchant: MerchantId,
    alone: MemoryCatalog,
}

/// The same change as the shared catalog tells it and as the tenant's own does.
struct Seen {
    tenant: usize,
    shared: Change,
    alone: Change,
}

/// Two merchants who share a [`Catalog`], and the [`Pictures`] next to it, each see what they would
/// see in one of their own, whatever both do. What they do is random; the number that it follows
/// from is printed, and set as `TEST_SEED` it happens again.
pub async fn tenants(catalog: &impl Shared) {
    let seed = match std::env::var("TEST_SEED") {
        Ok(seed) => seed.parse().expect("TEST_SEED is a whole number"),
        Err(_) => rand::random(),
    };
    println!("TEST_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let tenants = ["shop", "shop-2"].map(|name| Tenant {
        merchant: MerchantId::new(name).unwrap(),
        alone: MemoryCatalog::default(),
    });
    let mut seen = Vec::new();
    for step in 0..STEPS {
        let at = rng.random_range(0..tenants.len());
        let what = act(catalog, &tenants, at, &mut seen, &mut rng).await;
        let when = format!("TEST_SEED={seed}, step {step}, {what} by merchant {at}");
        for tenant in &tenants {
            sees_the_same(catalog, tenant, &when).await;
        }
    }
}

/// Does one thing to both catalogs; tells what it was.
async fn act(
    catalog: &impl Shared,
    tenants: &[Tenant; 2],
    at: usize,
    seen: &mut Vec<Seen>,
    rng: &mut StdRng,
) -> &'static str {
    let Tenant { merchant, alone } = &tenants[at];
    match rng.random_range(0..12) {
        0..=3 => {
            let batch = products(rng);
            let shared = catalog.upsert(merchant, batch.clone()).await.unwrap();
            let own = alone.upsert(merchant, batch.clone()).await.unwrap();
            if let [product] = &batch[..] {
                assert_eq!(shared, own, "an upsert of {} is told as what it is", product.id);
            }
            let all = shared.created + shared.changed + shared.unchanged;
            assert_eq!(all, batch.len() as u64, "each product is told once");
            "upsert"
        }
        4..=5 => {
            let changes = offers(rng);
            let shared = catalog.set_offers(merchant, changes.clone()).await.unwrap();
            assert_eq!(shared, alone.set_offers(merchant, changes).await.unwrap());
            "set_offers"
        }
        6 => {
            let ids: Vec<ProductId> = some(rng, &PRODUCTS);
            let shared = catalog.remove(merchant, &ids).await.unwrap();
            assert_eq!(shared, alone.remove(merchant, &ids).await.unwrap());
            "remove"
        }
        7 => {
            look(catalog, tenants, seen).await;
            "changes"
        }
        9..=10 => {
            fetch(catalog, tenants, at, rng).await;
            "pictures"
        }
        8 => {
            strike(catalog, tenants, seen, rng).await;
            "done"
        }
        _ => {
            let mut own = 0;
            for tenant in tenants {
                own += tenant.alone.reindex_all().await.unwrap();
            }
            assert_eq!(catalog.reindex_all().await.unwrap(), own);
            "reindex_all"
        }
    }
}

/// Gives out pictures, and says what became of some of them.
async fn fetch(catalog: &impl Shared, tenants: &[Tenant; 2], at: usize, rng: &mut StdRng) {
    let (many, hour) = (100, Duration::from_secs(3600));
    let last = &tenants[at].merchant;
    let wanted = catalog.claim_pictures(Some(last), many, hour).await.unwrap();
    let owner = wanted.first().map(|first| first.merchant.clone());
    let mut settled: Vec<SettledPicture> = Vec::new();
    for WantedPicture { product, address, .. } in wanted.clone() {
        let outcome = match rng.random_range(0..4) {
            0 => PictureOutcome::Later { after: Duration::ZERO, tries: 1 },
            1 => {
                let failure = Failure { code: "picture_empty".into(), message: "none".into() };
                PictureOutcome::Failed { failure, again: Duration::ZERO }
            }
            _ => PictureOutcome::Had { picture: sample::picture(1), seen: None },
        };
        settled.push(SettledPicture { product, address, outcome });
    }
    for Tenant { merchant, alone } in tenants {
        if owner.as_ref() == Some(merchant) {
            assert_eq!(alone.claim_pictures(None, many, hour).await.unwrap(), wanted);
            alone.settle_pictures(merchant, settled.clone()).await.unwrap();
        }
        if owner.is_none() {
            assert!(alone.claim_pictures(None, many, hour).await.unwrap().is_empty());
        }
    }
    if let Some(owner) = owner {
        catalog.settle_pictures(&owner, settled).await.unwrap();
    }
}

/// Remembers the changes that wait.
async fn look(catalog: &impl Shared, tenants: &[Tenant; 2], seen: &mut Vec<Seen>) {
    let waiting = catalog.changes(1_000).await.unwrap();
    for (tenant, Tenant { merchant, alone }) in tenants.iter().enumerate() {
        for own in alone.changes(1_000).await.unwrap() {
            let shared = waiting
                .iter()
                .find(|change| change.merchant == *merchant && change.product == own.product)
                .expect("the same changes wait");
            seen.push(Seen { tenant, shared: shared.clone(), alone: own });
        }
    }
}

/// Strikes out some of the changes that were seen, of both merchants at once; of those that came
/// anew since then nothing may be struck out.
async fn strike(
    catalog: &impl Shared,
    tenants: &[Tenant; 2],
    seen: &mut Vec<Seen>,
    rng: &mut StdRng,
) {
    let mut struck = Vec::new();
    for change in std::mem::take(seen) {
        if rng.random_bool(0.5) {
            struck.push(change);
        } else {
            seen.push(change);
        }
    }
    let shared: Vec<Change> = struck.iter().map(|seen| seen.shared.clone()).collect();
    strike_out(catalog, &shared).await;
    for Seen { tenant, alone, .. } in struck {
        strike_out(&tenants[tenant].alone, &[alone]).await;
    }
}

async fn sees_the_same(catalog: &impl Shared, tenant: &Tenant, when: &str) {
    let Tenant { merchant, alone } = tenant;
    let all: Vec<ProductId> = PRODUCTS.iter().map(|id| ProductId::new(id).unwrap()).collect();
    assert_eq!(
        catalog.products(merchant, &all).await.unwrap(),
        alone.products(merchant, &all).await.unwrap(),
        "{when}: products"
    );
    assert_eq!(
        catalog.ids(merchant, None, 100).await.unwrap(),
        alone.ids(merchant, None, 100).await.unwrap(),
        "{when}: ids"
    );
    assert_eq!(
        catalog.count(merchant).await.unwrap(),
        alone.count(merchant).await.unwrap(),
        "{when}: count"
    );
    assert_eq!(
        catalog.pictures(merchant, None, None, 100).await.unwrap(),
        alone.pictures(merchant, None, None, 100).await.unwrap(),
        "{when}: pictures"
    );
    assert_eq!(
        catalog.pending(merchant).await.unwrap(),
        alone.pending(merchant).await.unwrap(),
        "{when}: pending"
    );
    assert_eq!(waiting(catalog, merchant).await, waiting(alone, merchant).await, "{when}: changes");
}

/// The merchant's products in the outbox, by name.
async fn waiting(catalog: &dyn IndexingStore, merchant: &MerchantId) -> Vec<ProductId> {
    let changes = catalog.changes(1_000).await.unwrap().into_iter();
    let own = changes.filter(|change| change.merchant == *merchant);
    let mut products: Vec<ProductId> = own.map(|change| change.product).collect();
    products.sort();
    products
}

/// One to three of these names, none twice.
fn some<T: FromStr<Err: std::fmt::Debug>>(rng: &mut StdRng, names: &[&str]) -> Vec<T> {
    let many = rng.random_range(1..=3);
    names.choose_multiple(rng, many).map(|name| name.parse().unwrap()).collect()
}

fn one<T: Clone>(rng: &mut StdRng, of: &[T]) -> T {
    of.choose(rng).expect("something to choose from").clone()
}

fn products(rng: &mut StdRng) -> Vec<Product> {
    let many = rng.random_range(1..=3);
    let product = |_| {
        let mut product = sample::product(one(rng, &PRODUCTS));
        product.title = one(rng, &["Dress", "Kleid"]).into();
        // Of one that comes alone: whether a product that another one of its batch robs of all its
        // variants is ever gone in between, and its picture with it, is the store's own affair.
        let pictures: &[Option<&str>] =
            if many == 1 { &[None, Some("1"), Some("2")] } else { &[None] };
        product.image_link = one(rng, pictures).map(str::to_owned);
        product.variants = some(rng, &VARIANTS)
            .into_iter()
            .map(|id: VariantId| sample::variant(id.as_str(), one(rng, &["navy", "red"]), "M"))
            .collect();
        product
    };
    (0..many).map(product).collect()
}

fn offers(rng: &mut StdRng) -> Vec<OfferChange> {
    let many = rng.random_range(1..=4);
    let change = |_| {
        let variant = VariantId::new(one(rng, &VARIANTS)).unwrap();
        let mut patch = OfferPatch::default();
        if rng.random_bool(0.5) {
            patch.price = Some(one(rng, &PRICES).parse().unwrap());
        }
        if rng.random_bool(0.3) {
            let sale = rng.random_bool(0.7).then(|| one(rng, &PRICES).parse().unwrap());
            patch.sale_price = Some(sale);
        }
        if rng.random_bool(0.5) {
            patch.availability = Some(one(rng, &AVAILABILITIES));
        }
        if rng.random_bool(0.5) {
            patch.stock = Some(one(rng, &[None, Some(0), Some(7)]));
        }
        OfferChange { variant, patch }
    };
    (0..many).map(change).collect()
}
