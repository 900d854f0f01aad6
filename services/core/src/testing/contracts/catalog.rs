use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;

use crate::{
    ids::{MerchantId, ProductId, VariantId},
    indexing::{INDEXING, IndexingStore},
    ports::{Catalog, Change, DutyError, Edited, Lag, OffersSet, Upserted},
    product::{Offer, OfferChange, OfferPatch, Product},
    testing::{sample, strike_out},
    vocabulary::{AgeGroup, Availability},
};

const HOUR: Duration = Duration::from_secs(3_600);

/// The contract of [`Catalog`].
pub async fn catalog(catalog: &dyn IndexingStore) {
    catalog.check().await.unwrap();
    keeps_products_whole(catalog).await;
    keeps_merchants_apart(catalog).await;
    tells_new_from_changed_from_unchanged(catalog).await;
    lets_variants_move(catalog).await;
    a_later_change_outlives_the_strike_of_an_earlier_one(catalog).await;
    only_who_has_the_duty_strikes_out(catalog).await;
    enters_again_what_the_index_may_hold_otherwise(catalog).await;
    tells_how_far_the_index_is_behind(catalog).await;
    tells_the_index_of_offers_only_where_it_matters(catalog).await;
    edits(catalog).await;
    removes(catalog).await;
    keeps_vectors(catalog).await;
    enters_everything_again(catalog).await;
    takes_large_batches(catalog).await;
    walks_through_all_ids(catalog).await;
    walks_through_all_merchants(catalog).await;
}

fn merchant(name: &str) -> MerchantId {
    MerchantId::new(name).unwrap()
}

fn ids(names: &[&str]) -> Vec<ProductId> {
    names.iter().map(|name| ProductId::new(name).unwrap()).collect()
}

/// A product that fills every field, with awkward texts.
fn awkward(id: &str) -> Product {
    let mut product = sample::product(id);
    product.title = "Größe \"M\" – l'été; DROP TABLE products; -- 👗 \u{0} $1 %s \\".into();
    product.brand = Some("O'Neill \u{202e}sdrawkcab".into());
    product.description = "line one\nline two\ttabbed\u{7f} ".into();
    product.age_group = Some(AgeGroup::Adult);
    product.tags = vec!["".into(), "a,b".into(), "'".into(), "\u{0}".into()];
    product.link = Some("https://shop.example/p?a=1&b='2'".into());
    product.image_link = Some("https://shop.example/i.jpg".into());
    let mut second = sample::variant(&format!("{id}-'red\""), "red", "42½ \u{0}\"'");
    second.offer = Offer {
        price: "1.250 KWD".parse().unwrap(),
        sale_price: Some("0.999 KWD".parse().unwrap()),
        availability: Availability::Preorder,
        stock: Some(u32::MAX),
    };
    let mut third = sample::variant(&format!("{id}-plain"), "red", "S");
    third.colours.clear();
    third.size = None;
    third.offer = Offer {
        price: "10000000 JPY".parse().unwrap(),
        sale_price: None,
        availability: Availability::Unknown,
        stock: None,
    };
    // Not in the order of their names.
    product.variants.insert(0, third);
    product.variants.push(second);
    product
}

async fn settle(catalog: &dyn IndexingStore) {
    loop {
        let changes = catalog.changes(1_000).await.unwrap();
        if changes.is_empty() {
            return;
        }
        strike_out(catalog, &changes).await;
    }
}

/// The products in the outbox, oldest first.
async fn waiting(catalog: &dyn Catalog) -> Vec<String> {
    let changes = catalog.changes(1_000).await.unwrap();
    assert!(changes.is_sorted_by_key(|change| change.sequence), "the oldest change comes first");
    changes.into_iter().map(|change| change.product.to_string()).collect()
}

async fn one(catalog: &dyn Catalog, merchant: &MerchantId, id: &str) -> Product {
    let mut found = catalog.products(merchant, &ids(&[id])).await.unwrap();
    assert_eq!(found.len(), 1, "{id} is in the catalog once");
    found.remove(0)
}

async fn keeps_products_whole(catalog: &dyn IndexingStore) {
    let shop = merchant("whole 'shop\" $1 👗");
    let odd = "o'dd \"id\" \\ ; -- é %_ $1";
    let products = vec![awkward(odd), sample::product("b"), sample::product("a")];
    let upserted = catalog.upsert(&shop, products.clone()).await.unwrap();
    assert_eq!(upserted, Upserted { created: 3, ..Upserted::default() }, "all three are new");
    assert_eq!(one(catalog, &shop, odd).await, products[0], "a product comes back as it went in");

    let found = catalog.products(&shop, &ids(&["a", "missing", odd, "b"])).await.unwrap();
    let order: Vec<&str> = found.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(
        order,
        ["a", odd, "b"],
        "products come in the order asked for, unknown ones left out"
    );
    assert_eq!(catalog.products(&shop, &[]).await.unwrap(), [], "nothing asked for, nothing found");

    let again = catalog.upsert(&shop, vec![awkward(odd)]).await.unwrap();
    assert_eq!(again.unchanged, 1, "the most awkward product is known again");
    settle(catalog).await;
}

async fn keeps_merchants_apart(catalog: &dyn IndexingStore) {
    let (one_shop, other) = (merchant("apart-1"), merchant("apart-2"));
    let mut theirs = sample::product("same");
    theirs.title = "Another shop's".into();
    catalog.upsert(&one_shop, vec![sample::product("same"), sample::product("own")]).await.unwrap();
    catalog.upsert(&other, vec![theirs.clone()]).await.unwrap();

    assert_eq!(
        one(catalog, &one_shop, "same").await,
        sample::product("same"),
        "ids are a merchant's own"
    );
    assert_eq!(one(catalog, &other, "same").await, theirs, "ids are a merchant's own");
    assert_eq!(
        catalog.products(&other, &ids(&["own"])).await.unwrap(),
        [],
        "products are not lent"
    );
    assert_eq!(catalog.count(&one_shop).await.unwrap(), 2, "each merchant's products are counted");
    assert_eq!(
        catalog.count(&merchant("nobody")).await.unwrap(),
        0,
        "an unknown merchant has none"
    );
    assert_eq!(catalog.pending(&one_shop).await.unwrap(), 2, "the outbox is counted by merchant");
    assert_eq!(catalog.pending(&other).await.unwrap(), 1, "the outbox is counted by merchant");

    let mut change = offer_of(&theirs, 0);
    change.patch.stock = Some(Some(77));
    assert_eq!(catalog.set_offers(&other, vec![change]).await.unwrap().set, 1);
    let kept = one(catalog, &one_shop, "same").await;
    assert_eq!(kept, sample::product("same"), "an offer is set for its merchant alone");
    assert_eq!(
        catalog.remove(&other, &ids(&["same", "own"])).await.unwrap(),
        1,
        "only one's own go"
    );
    assert_eq!(
        catalog.count(&one_shop).await.unwrap(),
        2,
        "another's removal removes nothing here"
    );
    settle(catalog).await;
}

async fn tells_new_from_changed_from_unchanged(catalog: &dyn IndexingStore) {
    let shop = merchant("changes");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;

    let mut changed = sample::product("b");
    changed.variants[0].offer.stock = Some(2);
    let batch = vec![sample::product("a"), changed.clone(), sample::product("c")];
    let upserted = catalog.upsert(&shop, batch).await.unwrap();
    assert_eq!(upserted, Upserted { created: 1, changed: 1, unchanged: 1 });
    assert_eq!(waiting(catalog).await, ["b", "c"], "an unchanged product is not indexed again");
    assert_eq!(one(catalog, &shop, "b").await, changed, "the last one written holds");

    let mut fewer = awkward("d");
    catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    fewer.variants.truncate(1);
    fewer.variants.push(sample::variant("d-new", "navy", "L"));
    catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    assert_eq!(one(catalog, &shop, "d").await, fewer, "variants left out are gone");
    fewer.variants.reverse();
    let turned = catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    assert_eq!(turned.changed, 1, "the order of variants is part of a product");
    assert_eq!(one(catalog, &shop, "d").await, fewer, "the order of variants is kept");

    let (first, mut second) = (sample::product("e"), sample::product("e"));
    second.title = "Later".into();
    catalog.upsert(&shop, vec![first, second.clone()]).await.unwrap();
    assert_eq!(
        one(catalog, &shop, "e").await,
        second,
        "of one product twice in a batch the last holds"
    );
    assert_eq!(catalog.upsert(&shop, Vec::new()).await.unwrap(), Upserted::default());
    settle(catalog).await;
}

async fn lets_variants_move(catalog: &dyn IndexingStore) {
    let shop = merchant("moves");
    let mut from = sample::product("from");
    from.variants =
        vec![sample::variant("stays", "navy", "S"), sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, vec![from.clone()]).await.unwrap();
    settle(catalog).await;

    let mut to = sample::product("to");
    to.variants = vec![sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, vec![to.clone()]).await.unwrap();
    from.variants.truncate(1);
    assert_eq!(
        one(catalog, &shop, "from").await,
        from,
        "a variant that moved is gone from where it was"
    );
    assert_eq!(one(catalog, &shop, "to").await, to, "a variant that moved is where it moved to");
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["from", "to"], "the index is told of both products");
    settle(catalog).await;

    let mut heir = sample::product("heir");
    heir.variants =
        vec![sample::variant("stays", "navy", "S"), sample::variant("more", "red", "S")];
    catalog.upsert(&shop, vec![heir]).await.unwrap();
    let left = catalog.products(&shop, &ids(&["from"])).await.unwrap();
    assert_eq!(left, [], "a product whose last variant moved away is removed");
    assert!(waiting(catalog).await.contains(&"from".to_owned()), "and the index is told so");
    settle(catalog).await;

    let mut swapped = [sample::product("to"), sample::product("heir")];
    swapped[0].variants = vec![sample::variant("more", "red", "S")];
    swapped[1].variants = vec![sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, swapped.to_vec()).await.unwrap();
    assert_eq!(one(catalog, &shop, "to").await, swapped[0], "two products can swap variants");
    assert_eq!(one(catalog, &shop, "heir").await, swapped[1], "two products can swap variants");
    settle(catalog).await;
}

async fn a_later_change_outlives_the_strike_of_an_earlier_one(catalog: &dyn IndexingStore) {
    let shop = merchant("outbox");
    let mut product = sample::product("a");
    catalog.upsert(&shop, vec![product.clone(), sample::product("b")]).await.unwrap();
    let seen = catalog.changes(10).await.unwrap();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|change| change.merchant == shop));
    let first = catalog.changes(1).await.unwrap();
    assert_eq!(first, seen[..1], "the limit is kept to, and reading strikes nothing out");

    product.title = "Changed while it was being indexed".into();
    catalog.upsert(&shop, vec![product.clone()]).await.unwrap();
    assert_eq!(waiting(catalog).await, ["b", "a"], "one entry a product; a new change comes last");
    strike_out(catalog, &seen).await;
    let left = catalog.changes(10).await.unwrap();
    assert_eq!(left.len(), 1, "the later change is still to be indexed");
    assert!(left[0].product.as_str() == "a" && left[0].sequence > seen[1].sequence);
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1);

    strike_out(catalog, &seen).await;
    assert_eq!(catalog.changes(10).await.unwrap(), left, "striking out twice does no harm");
    strike_out(catalog, &left).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
    product.title = "Once more".into();
    catalog.upsert(&shop, vec![product]).await.unwrap();
    let after = catalog.changes(10).await.unwrap();
    assert!(after[0].sequence > left[0].sequence, "numbers grow even when the outbox was empty");
    strike_out(catalog, &[]).await;
    let stranger = Change { merchant: merchant("outbox-2"), ..left[0].clone() };
    strike_out(catalog, &[stranger]).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 1, "only what was named is struck out");
    settle(catalog).await;
}

async fn only_who_has_the_duty_strikes_out(catalog: &dyn IndexingStore) {
    let shop = merchant("duty");
    catalog.upsert(&shop, vec![sample::product("a")]).await.unwrap();
    let changes = catalog.changes(10).await.unwrap();
    let first = catalog.take(INDEXING, "first", Duration::ZERO).await.unwrap().unwrap();
    let second = catalog.take(INDEXING, "second", HOUR).await.unwrap().unwrap();
    let late = catalog.done(&first, &changes).await;
    assert_eq!(late, Err(DutyError::Lost), "one who lost the duty is told");
    assert_eq!(catalog.changes(10).await.unwrap(), changes, "and strikes nothing out");
    catalog.done(&second, &changes).await.unwrap();
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
    catalog.release(&second).await.unwrap();
    assert_eq!(catalog.done(&second, &[]).await, Err(DutyError::Lost), "nor who gave it back");
}

async fn enters_again_what_the_index_may_hold_otherwise(catalog: &dyn IndexingStore) {
    let shop = merchant("anew");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    let before = catalog.changes(10).await.unwrap();
    strike_out(catalog, &before[..1]).await;
    catalog.enter_again(&shop, &ids(&["b", "a", "unknown"])).await.unwrap();
    assert_eq!(waiting(catalog).await, ["b", "a", "unknown"], "known, struck out or neither");
    let after = catalog.changes(10).await.unwrap();
    assert!(after[0].sequence > before[1].sequence, "as if they had changed just now");
    strike_out(catalog, &before).await;
    assert_eq!(waiting(catalog).await, ["b", "a", "unknown"], "what was seen before is not enough");
    catalog.enter_again(&shop, &[]).await.unwrap();
    settle(catalog).await;
}

async fn tells_how_far_the_index_is_behind(catalog: &dyn IndexingStore) {
    assert_eq!(catalog.lag().await.unwrap(), Lag::default(), "all is indexed");
    let (shop, other) = (merchant("lag"), merchant("lag-2"));
    let before = Timestamp::now().as_millisecond();
    let mut product = sample::product("a");
    catalog.upsert(&shop, vec![product.clone()]).await.unwrap();
    let first = catalog.lag().await.unwrap();
    let since = first.oldest.unwrap().as_millisecond();
    assert!(before <= since && since <= Timestamp::now().as_millisecond(), "since the change");
    assert_eq!(first.products, 1);

    tokio::time::sleep(Duration::from_millis(5)).await;
    catalog.upsert(&other, vec![sample::product("a")]).await.unwrap();
    product.title = "Changed before it was indexed".into();
    catalog.upsert(&shop, vec![product]).await.unwrap();
    let both = Lag { products: 2, ..first };
    assert_eq!(catalog.lag().await.unwrap(), both, "one that changes again waits since the first");
    catalog.enter_again(&shop, &ids(&["a"])).await.unwrap();
    catalog.reindex_all().await.unwrap();
    let all = catalog.lag().await.unwrap();
    assert_eq!(all.oldest, first.oldest, "nor is the time forgotten where all is entered");
    assert!(all.products > 2);

    let changes = catalog.changes(1_000).await.unwrap();
    let own: Vec<Change> =
        changes.iter().filter(|change| change.merchant == shop).cloned().collect();
    strike_out(catalog, &own).await;
    let later = catalog.lag().await.unwrap();
    assert!(later.oldest > first.oldest, "what is struck out waits no more");
    settle(catalog).await;
    assert_eq!(catalog.lag().await.unwrap(), Lag::default());
}

fn offer_of(product: &Product, at: usize) -> OfferChange {
    let variant = &product.variants[at];
    change_to(&variant.id, variant.offer.clone())
}

fn change_to(variant: &VariantId, offer: Offer) -> OfferChange {
    OfferChange { variant: variant.clone(), patch: offer.into() }
}

async fn tells_the_index_of_offers_only_where_it_matters(catalog: &dyn IndexingStore) {
    let shop = merchant("offers");
    let mut product = sample::product("a");
    product.variants.push(sample::variant("a-navy-l", "navy", "L"));
    product.variants.push(sample::variant("a-red-l", "red", "L"));
    catalog.upsert(&shop, vec![product.clone(), sample::product("b")]).await.unwrap();
    settle(catalog).await;

    let offer = Offer {
        price: "51.20 EUR".parse().unwrap(),
        sale_price: None,
        availability: Availability::LimitedStock,
        stock: Some(1),
    };
    let unknown = change_to(&VariantId::new("nobody's").unwrap(), offer.clone());
    let first = product.variants[0].id.clone();
    let changes = vec![unknown, change_to(&first, offer.clone())];
    let done = catalog.set_offers(&shop, changes).await.unwrap();
    assert_eq!((done.set, done.unknown), (1, vec![0]), "what is not there is told by its place");
    product.variants[0].offer = offer;
    assert_eq!(
        one(catalog, &shop, "a").await,
        product,
        "an offer holds at once, and only where set"
    );
    assert_eq!(waiting(catalog).await.len(), 0, "a change within the price band is not indexed");

    let patch = |variant: usize, patch: OfferPatch| OfferChange {
        variant: product.variants[variant].id.clone(),
        patch,
    };
    let none_left = OfferPatch { stock: Some(Some(0)), ..OfferPatch::default() };
    catalog.set_offers(&shop, vec![patch(0, none_left)]).await.unwrap();
    let waits = waiting(catalog).await;
    assert_eq!(waits.len(), 0, "while another size of the colour can be bought nothing is indexed");
    let sold_out =
        OfferPatch { availability: Some(Availability::OutOfStock), ..OfferPatch::default() };
    catalog.set_offers(&shop, vec![patch(1, sold_out)]).await.unwrap();
    assert_eq!(waiting(catalog).await, ["a"], "a colour that sold out is indexed");
    let known = one(catalog, &shop, "a").await;
    assert_eq!(known.variants[0].offer.price, product.variants[0].offer.price, "the rest stays");
    settle(catalog).await;

    let sale = |text: &str| OfferPatch {
        sale_price: Some(Some(text.parse().unwrap())),
        ..OfferPatch::default()
    };
    let dear = OfferPatch { price: Some("500 EUR".parse().unwrap()), ..OfferPatch::default() };
    let other = OfferChange { variant: sample::product("b").variants[0].id.clone(), patch: dear };
    let changes = vec![patch(2, sale("9.90 EUR")), other, patch(2, sale("5000 EUR"))];
    let done = catalog.set_offers(&shop, changes).await.unwrap();
    assert_eq!(done.set, 2);
    assert_eq!(done.refused.len(), 1, "a sale above its price is refused");
    assert_eq!(done.refused[0].0, 2, "and told by its place");
    let known = one(catalog, &shop, "a").await;
    assert_eq!(known.variants[2].offer.current_price(), "9.90 EUR".parse().unwrap());
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["a", "b"], "what moves to another price band is indexed");
    assert_eq!(catalog.set_offers(&shop, Vec::new()).await.unwrap(), OffersSet::default());
    settle(catalog).await;
}

async fn edits(catalog: &dyn IndexingStore) {
    let shop = merchant("edits");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;
    let id = &ids(&["a"])[0];
    let rename = |product: &Product| Some(Product { title: "New".into(), ..product.clone() });
    let Edited::Done(edited) = catalog.edit(&shop, id, Box::new(rename)).await.unwrap() else {
        panic!("a product that is there is edited");
    };
    assert_eq!((edited.title.as_str(), &one(catalog, &shop, "a").await), ("New", &edited));
    assert_eq!(waiting(catalog).await, ["a"], "the index is told");
    settle(catalog).await;
    let refuse = catalog.edit(&shop, id, Box::new(|_| None)).await.unwrap();
    assert_eq!(refuse, Edited::Refused);
    assert_eq!(one(catalog, &shop, "a").await, edited, "what is refused changes nothing");
    let other = catalog.edit(&merchant("edits-2"), id, Box::new(rename)).await.unwrap();
    assert_eq!(other, Edited::Unknown, "another merchant's product is not there to edit");
    assert_eq!(waiting(catalog).await.len(), 0);
}

async fn removes(catalog: &dyn IndexingStore) {
    let shop = merchant("removal");
    let products = vec![awkward("a"), sample::product("b"), sample::product("c")];
    catalog.upsert(&shop, products.clone()).await.unwrap();
    settle(catalog).await;
    let removed = catalog.remove(&shop, &ids(&["a", "missing", "c"])).await.unwrap();
    assert_eq!(removed, 2, "only what was there is counted");
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["a", "c"], "the index is told of what was removed, and of nothing else");
    assert_eq!(catalog.products(&shop, &ids(&["a", "b", "c"])).await.unwrap(), products[1..2]);
    assert_eq!(catalog.count(&shop).await.unwrap(), 1);
    let set = catalog.set_offers(&shop, vec![offer_of(&products[0], 0)]).await.unwrap().set;
    assert_eq!(set, 0, "the variants of a removed product are gone");
    settle(catalog).await;
    assert_eq!(catalog.remove(&shop, &ids(&["a"])).await.unwrap(), 0);
    assert_eq!(waiting(catalog).await.len(), 0, "what is not there is not removed again");
    assert_eq!(catalog.remove(&shop, &[]).await.unwrap(), 0);

    let upserted = catalog.upsert(&shop, vec![products[0].clone()]).await.unwrap();
    assert_eq!(upserted.created, 1, "a removed product can come back");
    assert_eq!(one(catalog, &shop, "a").await, products[0]);
    settle(catalog).await;
}

async fn keeps_vectors(catalog: &dyn Catalog) {
    let texts: Vec<String> =
        ["navy dress", "", "l'été \u{0} 👗", "unknown"].map(str::to_owned).to_vec();
    let values = [vec![0.25, -1.0, f32::MIN_POSITIVE], vec![0.0], vec![1.0 / 3.0; 1024]];
    let vectors: HashMap<_, _> = texts.iter().cloned().zip(values).collect();
    catalog.keep_vectors("model", &vectors).await.unwrap();
    let found = catalog.vectors("model", &texts).await.unwrap();
    assert_eq!(found, vectors, "vectors come back bit for bit, unknown texts are left out");
    assert_eq!(
        catalog.vectors("other", &texts).await.unwrap(),
        HashMap::new(),
        "models are kept apart"
    );
    assert_eq!(catalog.vectors("model", &[]).await.unwrap(), HashMap::new());

    let newer = HashMap::from([(texts[0].clone(), vec![0.5; 3])]);
    catalog.keep_vectors("model", &newer).await.unwrap();
    catalog.keep_vectors("model", &HashMap::new()).await.unwrap();
    let found = catalog.vectors("model", &texts[..1]).await.unwrap();
    assert_eq!(found, newer, "a vector kept again replaces the one before");
}

async fn enters_everything_again(catalog: &dyn IndexingStore) {
    let shop = merchant("again");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;
    catalog.remove(&shop, &ids(&["b"])).await.unwrap();
    let all = catalog.reindex_all().await.unwrap();
    let changes = catalog.changes(1_000).await.unwrap();
    let mut merchants: Vec<_> = changes.iter().map(|change| change.merchant.as_str()).collect();
    merchants.sort_unstable();
    merchants.dedup();
    assert!(merchants.len() > 1, "products of every merchant are entered: {merchants:?}");
    let entered = changes.iter().filter(|change| change.merchant == shop).count();
    assert_eq!(entered, 2, "each product once, and the entry of the removed one stays");
    assert_eq!(changes.len() as u64, all + 1, "the answer tells how many products there are");
    settle(catalog).await;
    assert_eq!(catalog.pending(&shop).await.unwrap(), 0);
}

async fn takes_large_batches(catalog: &dyn IndexingStore) {
    let shop = merchant("large");
    let products: Vec<Product> = (0..500).map(|n| sample::product(&format!("p{n}"))).collect();
    let upserted = catalog.upsert(&shop, products.clone()).await.unwrap();
    assert_eq!(upserted.created, 500);
    let mut asked: Vec<ProductId> = products.iter().map(|product| product.id.clone()).collect();
    asked.reverse();
    let found = catalog.products(&shop, &asked).await.unwrap();
    assert!(found.iter().map(|product| &product.id).eq(&asked), "many come in order too");
    let order = waiting(catalog).await;
    assert!(order.iter().eq(asked.iter().rev().map(|id| id.as_str())), "entered as they came");
    let changes: Vec<OfferChange> = products
        .iter()
        .map(|product| {
            let mut change = offer_of(product, 0);
            change.patch.stock = Some(Some(0));
            change
        })
        .collect();
    assert_eq!(catalog.set_offers(&shop, changes).await.unwrap().set, 500);
    assert_eq!(catalog.pending(&shop).await.unwrap(), 500);
    assert_eq!(catalog.remove(&shop, &asked).await.unwrap(), 500);
    settle(catalog).await;
}

async fn walks_through_all_ids(catalog: &dyn IndexingStore) {
    let shop = merchant("walked");
    let names = ["B", "Z", "a", "b 2", "b-1", "é", "连"];
    let products = names.iter().map(|name| sample::product(name)).collect();
    catalog.upsert(&shop, products).await.unwrap();
    catalog.upsert(&merchant("walked-2"), vec![sample::product("a2")]).await.unwrap();
    let (mut walked, mut last) = (Vec::new(), None);
    loop {
        let page = catalog.ids(&shop, last.as_ref(), 3).await.unwrap();
        assert!(page.len() <= 3, "no more than asked for");
        let Some(id) = page.last() else { break };
        last = Some(id.clone());
        walked.extend(page);
    }
    let mut sorted = ids(&names);
    sorted.sort();
    assert_eq!(walked, sorted, "each of one's own once, in byte order");
    settle(catalog).await;
}

async fn walks_through_all_merchants(catalog: &dyn IndexingStore) {
    let names = ["shop B", "shop Z", "shop a", "shop b-1", "shop é", "shop 连"];
    for name in names {
        catalog
            .upsert(&merchant(name), vec![sample::product("a"), sample::product("b")])
            .await
            .unwrap();
    }
    catalog.remove(&merchant("shop Z"), &ids(&["a", "b"])).await.unwrap();
    catalog.remove(&merchant("shop a"), &ids(&["a"])).await.unwrap();
    let (mut walked, mut last): (Vec<MerchantId>, _) = (Vec::new(), None);
    loop {
        let page = catalog.merchants(last.as_ref(), 2).await.unwrap();
        assert!(page.len() <= 2, "no more than asked for");
        let Some(id) = page.last() else { break };
        last = Some(id.clone());
        walked.extend(page);
    }
    assert!(walked.is_sorted_by(|one, next| one < next), "each once, in byte order: {walked:?}");
    walked.retain(|id| id.as_str().starts_with("shop "));
    let with_products = ["shop B", "shop a", "shop b-1", "shop é", "shop 连"].map(merchant);
    assert_eq!(walked, with_products, "those who have products, and no others");
    settle(catalog).await;
}
