mod filters;
mod findings;
mod matched;
mod offers;
mod outbox;
mod products;
mod vectors;
mod walks;

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
    products::keeps_products_whole(catalog).await;
    products::keeps_merchants_apart(catalog).await;
    products::tells_which_products_variants_are_of(catalog).await;
    products::tells_new_from_changed_from_unchanged(catalog).await;
    products::lets_variants_move(catalog).await;
    outbox::a_later_change_outlives_the_strike_of_an_earlier_one(catalog).await;
    outbox::only_who_has_the_duty_strikes_out(catalog).await;
    outbox::enters_again_what_the_index_may_hold_otherwise(catalog).await;
    outbox::tells_how_far_the_index_is_behind(catalog).await;
    offers::tells_the_index_of_offers_only_where_it_matters(catalog).await;
    products::edits(catalog).await;
    products::removes(catalog).await;
    vectors::keeps_vectors(catalog).await;
    outbox::enters_everything_again(catalog).await;
    products::takes_large_batches(catalog).await;
    walks::walks_through_all_ids(catalog).await;
    walks::walks_through_all_merchants(catalog).await;
    filters::lists_what_a_filter_allows(catalog).await;
    matched::remembers_what_was_matched_until_it_is_removed(catalog).await;
    findings::counts_what_products_lack(catalog).await;
    findings::tells_shared_gtins(catalog).await;
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

fn offer_of(product: &Product, at: usize) -> OfferChange {
    let variant = &product.variants[at];
    change_to(&variant.id, variant.offer.clone())
}

fn change_to(variant: &VariantId, offer: Offer) -> OfferChange {
    OfferChange { variant: variant.clone(), patch: offer.into() }
}
