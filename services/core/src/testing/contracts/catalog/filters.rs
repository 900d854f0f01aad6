use super::*;
use crate::{
    product_filter::{ProductFilter, Standing},
    testing::{Dice, drawn},
};

/// Whatever was written before, in whatever way, the filters let pass what they say.
pub(super) async fn lists_what_a_filter_allows(catalog: &dyn IndexingStore) {
    let (shop, other) = (merchant("filters"), merchant("filters-2"));
    let mut dice = Dice::new(7);
    let names: Vec<String> =
        (0..90).map(|n| ["p", "é", "%_", "P"][n % 4].to_owned() + &n.to_string()).collect();
    let all: Vec<ProductId> = ids(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for owner in [&shop, &other] {
        let products = names.iter().map(|name| drawn::product(&mut dice, name)).collect();
        catalog.upsert(owner, products).await.unwrap();
        let matched: Vec<ProductId> = all.iter().filter(|_| dice.below(3) == 0).cloned().collect();
        catalog.note_matched(owner, &matched).await.unwrap();
        agrees(catalog, owner, &all, &matched, &mut dice).await;
        write_more(catalog, owner, &all, &mut dice).await;
        agrees(catalog, owner, &all, &matched, &mut dice).await;
    }
    settle(catalog).await;
}

/// Replaces some, sets offers, and moves variants from product to product.
async fn write_more(
    catalog: &dyn IndexingStore,
    shop: &MerchantId,
    all: &[ProductId],
    dice: &mut Dice,
) {
    let again = all[..20].iter().map(|id| drawn::product(dice, id.as_str())).collect();
    catalog.upsert(shop, again).await.unwrap();
    let known = catalog.products(shop, all).await.unwrap();
    let mut change = |_| {
        let product = dice.pick(&known);
        drawn::offer_change(dice, product)
    };
    let changes: Vec<OfferChange> = (0..60).map(&mut change).collect();
    catalog.set_offers(shop, changes).await.unwrap();
    let rich: Vec<&Product> = known.iter().filter(|known| known.variants.len() > 1).collect();
    let mut thief = drawn::product(dice, "p-thief");
    thief.variants.extend(rich.iter().take(10).map(|from| from.variants[0].clone()));
    catalog.upsert(shop, vec![thief]).await.unwrap();
    catalog.remove(shop, &ids(&["p-thief"])).await.unwrap();
}

async fn agrees(
    catalog: &dyn IndexingStore,
    shop: &MerchantId,
    all: &[ProductId],
    matched: &[ProductId],
    dice: &mut Dice,
) {
    let mut products = catalog.products(shop, all).await.unwrap();
    products.sort_by(|one, other| one.id.cmp(&other.id));
    let (mut found, mut left_out) = (0, 0);
    for _ in 0..150 {
        let filter = drawn::filter(dice);
        let allowed = products.iter().filter(|product| {
            filter.allows(product, Standing { matched: matched.contains(&product.id) })
        });
        let allowed: Vec<ProductId> = allowed.map(|product| product.id.clone()).collect();
        let listed = walk(catalog, shop, &filter).await;
        assert_eq!(listed, allowed, "{filter:?}");
        found += allowed.len();
        left_out += products.len() - allowed.len();
    }
    assert!(found > 500 && left_out > 500, "the filters part the products: {found}, {left_out}");
    let open = walk(catalog, shop, &ProductFilter::default()).await;
    assert!(open.iter().eq(products.iter().map(|product| &product.id)), "no filter, all products");
}

async fn walk(
    catalog: &dyn IndexingStore,
    shop: &MerchantId,
    filter: &ProductFilter,
) -> Vec<ProductId> {
    let mut listed: Vec<ProductId> = Vec::new();
    loop {
        let page = catalog.matching_ids(shop, filter, listed.last(), 7).await.unwrap();
        assert!(page.len() <= 7, "no more than asked for");
        if page.is_empty() {
            return listed;
        }
        listed.extend(page);
    }
}
