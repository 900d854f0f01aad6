//! A suite for [`Pictures`] together with the [`Catalog`] and the [`Imports`] that note them.

use std::time::Duration;

use crate::{
    feed::{Place, ProblemCode},
    ids::{ImportId, MerchantId, ProductId},
    imports::{Failure, Import, ImportOptions, ImportOrder, Progress, Source},
    indexing::IndexingStore,
    pictures::{Attribute, Picture, Seen},
    ports::{
        Batch, Catalog, Checkpoint, Edited, ImportEnd, Imports, KeptPicture, PictureCounts,
        PictureOutcome, PictureState, Pictures, SettledPicture, WantedPicture, Work,
    },
    product::Product,
    testing::{sample, strike_out},
    vocabulary::Pattern,
};

const HOUR: Duration = Duration::from_secs(3_600);
const SHORT: Duration = Duration::from_millis(5);

/// Runs the suite; every claim must find the pictures and imports of the suite alone.
pub async fn pictures<S: IndexingStore + Imports + Pictures>(store: &S) {
    gives_each_picture_to_one(store).await;
    goes_from_merchant_to_merchant(store).await;
    follows_the_address(store).await;
    keeps_what_became_of_them(store).await;
    tells_the_import_what_can_not_be_had(store).await;
    tries_again_when_it_is_named_again(store).await;
    fills_in_what_was_seen(store).await;
    enriches_what_the_last_import_asked_for(store).await;
    fetches_again_what_is_there(store).await;
    forgets_with_the_product(store).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(format!("pictures-{name}")).expect("a good id")
}

fn id(name: &str) -> ProductId {
    ProductId::new(name).expect("a good id")
}

fn address(name: &str) -> String {
    format!("https://shop.example/{name}.jpg")
}

/// A product with a picture, whose pattern is left unsaid.
fn product(name: &str) -> Product {
    let image_link = Some(address(name));
    Product { image_link, pattern: None, ..sample::product(name) }
}

fn failure() -> Failure {
    Failure { code: "picture_too_small".into(), message: "give a larger one".into() }
}

fn settled(name: &str, outcome: PictureOutcome) -> SettledPicture {
    SettledPicture { product: id(name), address: address(name), outcome }
}

fn had(name: &str, seen: Option<Seen>) -> SettledPicture {
    settled(name, PictureOutcome::Had { picture: sample::picture(1), seen })
}

fn failed(name: &str, again: Duration) -> SettledPicture {
    settled(name, PictureOutcome::Failed { failure: failure(), again })
}

fn striped() -> Seen {
    Seen { pattern: Some(Pattern::Striped), ..Seen::default() }
}

async fn claim(store: &impl Pictures) -> Vec<WantedPicture> {
    store.claim_pictures(None, 10, HOUR).await.unwrap()
}

fn names(wanted: &[WantedPicture]) -> Vec<&str> {
    wanted.iter().map(|one| one.product.as_str()).collect()
}

async fn pattern(store: &impl Catalog, merchant: &MerchantId, name: &str) -> Option<Pattern> {
    let products = store.products(merchant, &[id(name)]).await.unwrap();
    let marked = products[0].from_picture.contains(&Attribute::Pattern);
    products[0].pattern.filter(|_| marked)
}

async fn drain(store: &impl IndexingStore) -> usize {
    let changes = store.changes(1_000).await.unwrap();
    strike_out(store, &changes).await;
    changes.len()
}

/// Takes products as an import does, each on a row of its own from the eleventh on.
async fn import(
    store: &impl Imports,
    merchant: &MerchantId,
    products: &[Product],
    enrich: bool,
) -> ImportId {
    let options = ImportOptions { enrich, ..ImportOptions::default() };
    let order = ImportOrder { source: Source::Body, reading: Default::default(), options };
    let import = Import::new(merchant.clone(), order);
    store.create(&import).await.unwrap();
    store.body_complete(import.id, 4).await.unwrap();
    let lease = store.claim(HOUR).await.unwrap().expect("an import to claim").lease;
    let places = (11..).map(|row| Place { row, line: row + 1 }).take(products.len()).collect();
    let batch = Batch { products: products.to_vec(), places, enrich };
    let progress = Progress::default();
    let record = Box::new(move |_: &_| Checkpoint { progress, problems: Vec::new() });
    store.work(&lease, Work::Products(batch), record).await.unwrap();
    store.end(&lease, ImportEnd::Done, None).await.unwrap();
    import.id
}

async fn gives_each_picture_to_one(store: &(impl IndexingStore + Pictures)) {
    let shop = merchant("claims");
    assert!(claim(store).await.is_empty(), "there is nothing yet");
    let plain = sample::product("without");
    let products = vec![product("a"), product("b"), plain, product("c")];
    store.upsert(&shop, products).await.unwrap();
    let expected = |name: &str| WantedPicture {
        merchant: shop.clone(),
        product: id(name),
        address: address(name),
        enrich: false,
        tries: 0,
    };
    let first = store.claim_pictures(None, 2, HOUR).await.unwrap();
    assert_eq!(first, [expected("a"), expected("b")]);
    let rest = store.claim_pictures(None, 10, Duration::ZERO).await.unwrap();
    assert_eq!(rest, [expected("c")], "what is given out is given to nobody else");
    tokio::time::sleep(SHORT).await;
    let again = claim(store).await;
    assert_eq!(again, [WantedPicture { tries: 1, ..expected("c") }], "unless it is not heard of");
    assert!(claim(store).await.is_empty());

    let later = PictureOutcome::Later { after: Duration::ZERO, tries: 3 };
    let much_later = PictureOutcome::Later { after: HOUR, tries: 1 };
    let said = vec![settled("a", later), settled("b", much_later)];
    store.settle_pictures(&shop, said).await.unwrap();
    tokio::time::sleep(SHORT).await;
    let again = claim(store).await;
    assert_eq!(again, [WantedPicture { tries: 3, ..expected("a") }], "each when it is due");
    store.remove(&shop, &["a", "b", "c", "without"].map(id)).await.unwrap();
}

async fn goes_from_merchant_to_merchant(store: &(impl IndexingStore + Pictures)) {
    let shops = [merchant("turn-a"), merchant("turn-b")];
    for shop in &shops {
        store.upsert(shop, vec![product("p"), product("q"), product("r")]).await.unwrap();
    }
    let mut last = None;
    for expected in [&shops[0], &shops[1], &shops[0], &shops[1]] {
        let wanted = store.claim_pictures(last, 1, HOUR).await.unwrap();
        assert_eq!(wanted[0].merchant, *expected, "merchants take turns");
        last = Some(expected);
    }
    let wanted = store.claim_pictures(None, 10, HOUR).await.unwrap();
    assert_eq!(wanted.len(), 1, "pictures of one merchant come at a time");
    for shop in &shops {
        store.remove(shop, &["p", "q", "r"].map(id)).await.unwrap();
    }
}

async fn follows_the_address(store: &(impl IndexingStore + Pictures)) {
    let shop = merchant("address");
    store.upsert(&shop, vec![product("p")]).await.unwrap();
    claim(store).await;
    store.settle_pictures(&shop, vec![had("p", None)]).await.unwrap();
    let renamed = Product { title: "Another title".into(), ..product("p") };
    store.upsert(&shop, vec![renamed.clone()]).await.unwrap();
    assert!(claim(store).await.is_empty(), "a picture is fetched once");

    let moved = Product { image_link: Some(address("moved")), ..renamed };
    store.upsert(&shop, vec![moved.clone()]).await.unwrap();
    let wanted = claim(store).await;
    assert_eq!((&wanted[0].address, wanted[0].tries), (&address("moved"), 0));
    store.settle_pictures(&shop, vec![had("p", None)]).await.unwrap();
    let kept = store.pictures(&shop, None, None, 10).await.unwrap();
    assert_eq!(kept[0].picture, None, "what came from the old address is of no use");

    let bare = Product { image_link: None, ..moved };
    let edit = Box::new(move |_: &Product| Some(bare));
    assert!(matches!(store.edit(&shop, &id("p"), edit).await.unwrap(), Edited::Done(_)));
    assert!(store.pictures(&shop, None, None, 10).await.unwrap().is_empty());
    store.remove(&shop, &[id("p")]).await.unwrap();
}

async fn keeps_what_became_of_them(store: &(impl IndexingStore + Pictures)) {
    let (shop, other) = (merchant("kept"), merchant("kept-other"));
    store.upsert(&shop, ["a", "b", "c", "d"].map(product).to_vec()).await.unwrap();
    assert_eq!(claim(store).await.len(), 4);
    let said = vec![had("a", None), failed("b", HOUR), had("d", None)];
    store.settle_pictures(&shop, said).await.unwrap();
    let kept =
        |name: &str, picture| KeptPicture { product: id(name), address: address(name), picture };
    let all = [
        kept("a", Some(Ok(sample::picture(1)))),
        kept("b", Some(Err(failure()))),
        kept("c", None),
        kept("d", Some(Ok(sample::picture(1)))),
    ];
    assert_eq!(store.pictures(&shop, None, None, 10).await.unwrap(), all);
    assert_eq!(store.pictures(&shop, None, Some(&id("a")), 2).await.unwrap(), all[1..3]);
    assert!(store.pictures(&other, None, None, 10).await.unwrap().is_empty());
    for (state, expected) in [
        (PictureState::Waiting, &all[2..3]),
        (PictureState::Had, &[all[0].clone(), all[3].clone()][..]),
        (PictureState::Failed, &all[1..2]),
    ] {
        assert_eq!(store.pictures(&shop, Some(state), None, 10).await.unwrap(), expected);
    }
    let after = store.pictures(&shop, Some(PictureState::Had), Some(&id("a")), 1).await.unwrap();
    assert_eq!(after, all[3..]);
    let of = ["d", "nobody's", "b"].map(id);
    let mut named = store.pictures_of(&shop, &of).await.unwrap();
    named.sort_by(|one, other| one.product.cmp(&other.product));
    assert_eq!(named, [all[1].clone(), all[3].clone()]);
    assert!(store.pictures_of(&shop, &[]).await.unwrap().is_empty());
    assert!(store.pictures_of(&other, &of).await.unwrap().is_empty());
    let counts = PictureCounts { waiting: 1, had: 2, failed: 1 };
    assert_eq!(store.count_pictures(&shop).await.unwrap(), counts);
    assert_eq!(store.count_pictures(&other).await.unwrap(), PictureCounts::default());
    store.settle_pictures(&other, vec![had("c", None)]).await.unwrap();
    assert_eq!(store.count_pictures(&shop).await.unwrap(), counts, "it is another's");
    store.remove(&shop, &["a", "b", "c", "d"].map(id)).await.unwrap();
}

async fn tells_the_import_what_can_not_be_had(store: &(impl IndexingStore + Imports + Pictures)) {
    let shop = merchant("told");
    let import = import(store, &shop, &["a", "b"].map(product), false).await;
    assert_eq!(claim(store).await.len(), 2);
    store.settle_pictures(&shop, vec![had("a", None), failed("b", HOUR)]).await.unwrap();
    let known = store.import(&shop, import).await.unwrap().unwrap();
    assert_eq!(known.pictures_failed, 1);
    let told = store.problems(&shop, import, 0, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].code, told[0].place.row), (ProblemCode::PictureUnavailable, 12));
    assert_eq!(told[0].value.as_deref(), Some(address("b").as_str()));
    assert!(told[0].message.contains("give a larger one"), "{}", told[0].message);
    assert_eq!(store.count(&shop).await.unwrap(), 2, "the product is there all the same");
    store.remove(&shop, &["a", "b"].map(id)).await.unwrap();
}

async fn tries_again_when_it_is_named_again(store: &(impl IndexingStore + Imports + Pictures)) {
    let shop = merchant("again");
    import(store, &shop, &["a", "b"].map(product), false).await;
    claim(store).await;
    let said = vec![failed("a", HOUR), failed("b", Duration::ZERO)];
    store.settle_pictures(&shop, said).await.unwrap();
    assert!(claim(store).await.is_empty(), "what can not be had is not asked for by itself");
    tokio::time::sleep(SHORT).await;
    let second = import(store, &shop, &["a", "b"].map(product), false).await;
    let wanted = claim(store).await;
    assert_eq!((names(&wanted), wanted[0].tries), (vec!["b"], 0), "but not at once");
    store.settle_pictures(&shop, vec![failed("b", HOUR)]).await.unwrap();
    let told = store.problems(&shop, second, 0, 10).await.unwrap();
    assert_eq!(told.len(), 1, "the import that named it last is told");
    store.remove(&shop, &["a", "b"].map(id)).await.unwrap();
}

async fn fills_in_what_was_seen(store: &(impl IndexingStore + Imports + Pictures)) {
    let shop = merchant("filled");
    import(store, &shop, &["a", "b"].map(product), true).await;
    let wanted = claim(store).await;
    assert!(wanted.iter().all(|one| one.enrich));
    drain(store).await;
    let nothing = had("b", Some(Seen::default()));
    store.settle_pictures(&shop, vec![had("a", Some(striped())), nothing]).await.unwrap();
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));
    assert_eq!(pattern(store, &shop, "b").await, None);
    assert!(drain(store).await > 0, "the index is told");

    let again = store.upsert(&shop, vec![product("a")]).await.unwrap();
    assert_eq!(again.unchanged, 1, "what the merchant says is the same");
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));
    let rename = |product: &Product| {
        assert!(product.from_picture.is_empty(), "the merchant's own product is edited");
        Some(Product { title: "New".into(), ..product.clone() })
    };
    let edited = store.edit(&shop, &id("a"), Box::new(rename)).await.unwrap();
    let Edited::Done(edited) = edited else { panic!("{edited:?}") };
    assert_eq!((edited.title.as_str(), edited.pattern), ("New", Some(Pattern::Striped)));
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));

    let own = Product { pattern: Some(Pattern::Floral), ..product("a") };
    store.upsert(&shop, vec![own.clone()]).await.unwrap();
    assert_eq!(store.products(&shop, &[id("a")]).await.unwrap(), [own], "the merchant's own stays");
    let moved = Product { image_link: Some(address("moved")), ..product("a") };
    store.upsert(&shop, vec![moved]).await.unwrap();
    assert_eq!(pattern(store, &shop, "a").await, None, "another picture shows something else");
    assert_eq!(names(&claim(store).await), ["a"]);
    store.remove(&shop, &["a", "b"].map(id)).await.unwrap();
}

async fn enriches_what_the_last_import_asked_for(
    store: &(impl IndexingStore + Imports + Pictures),
) {
    let shop = merchant("asked");
    let products = [product("a")];
    import(store, &shop, &products, false).await;
    assert!(!claim(store).await[0].enrich);
    store.settle_pictures(&shop, vec![had("a", None)]).await.unwrap();
    import(store, &shop, &products, true).await;
    assert!(claim(store).await[0].enrich, "a picture that was only fetched is looked at");
    store.settle_pictures(&shop, vec![had("a", Some(striped()))]).await.unwrap();
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));
    import(store, &shop, &products, true).await;
    assert!(claim(store).await.is_empty(), "it is looked at once");

    drain(store).await;
    import(store, &shop, &products, false).await;
    assert_eq!(pattern(store, &shop, "a").await, None, "what is not asked for is not shown");
    assert_eq!(drain(store).await, 1, "and the index is told");
    store.upsert(&shop, products.to_vec()).await.unwrap();
    import(store, &shop, &products, true).await;
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));
    assert_eq!(drain(store).await, 1);
    assert!(claim(store).await.is_empty(), "what was seen is still known");
    store.remove(&shop, &[id("a")]).await.unwrap();
}

async fn fetches_again_what_is_there(store: &(impl IndexingStore + Imports + Pictures)) {
    let shop = merchant("once-more");
    import(store, &shop, &["a", "b", "c", "d"].map(product), true).await;
    assert_eq!(claim(store).await.len(), 4);
    let said = vec![had("a", Some(striped())), failed("b", HOUR), had("c", None)];
    store.settle_pictures(&shop, said).await.unwrap();
    drain(store).await;
    store.fetch_again(&shop, &[]).await.unwrap();
    store.fetch_again(&merchant("other"), &[id("a")]).await.unwrap();
    assert!(claim(store).await.is_empty(), "nobody asked for these");
    store.fetch_again(&shop, &["a", "b", "d", "nobody's"].map(id)).await.unwrap();
    let wanted = claim(store).await;
    assert_eq!(names(&wanted), ["a"], "only what was there, and not what is being fetched");
    assert_eq!((wanted[0].enrich, wanted[0].tries), (false, 0), "it was looked at before");
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped), "and is still filled in");
    assert_eq!(drain(store).await, 0);

    let embedded = Picture { embedded_by: Some("model".into()), ..sample::picture(1) };
    let outcome = PictureOutcome::Had { picture: embedded.clone(), seen: None };
    store.settle_pictures(&shop, vec![settled("a", outcome)]).await.unwrap();
    let kept = store.pictures_of(&shop, &[id("a")]).await.unwrap();
    assert_eq!(kept[0].picture, Some(Ok(embedded)));
    assert_eq!(pattern(store, &shop, "a").await, Some(Pattern::Striped));
    assert_eq!(drain(store).await, 1, "the index is told of a picture that was embedded");
    store.remove(&shop, &["a", "b", "c", "d"].map(id)).await.unwrap();
    drain(store).await;
}

async fn forgets_with_the_product(store: &(impl IndexingStore + Pictures)) {
    let shop = merchant("gone");
    store.upsert(&shop, vec![product("a")]).await.unwrap();
    store.remove(&shop, &[id("a")]).await.unwrap();
    assert!(claim(store).await.is_empty());
    assert!(store.pictures(&shop, None, None, 10).await.unwrap().is_empty());
    drain(store).await;
}
