//! Nothing is listed that the filters rule out, whatever the index believes.

use std::collections::BTreeSet;

use super::*;
use crate::testing::{Dice, drawn};

const PRODUCTS: usize = 60;
const QUESTIONS: usize = 150;

/// Products drawn by chance, at several prices.
fn products(dice: &mut Dice) -> Vec<Product> {
    let product = |n: usize| {
        let mut product = drawn::product(dice, &format!("p{n}"));
        for variant in &mut product.variants {
            variant.offer.price = dice.pick(&["20 EUR", "60 EUR", "40 USD"]).parse().unwrap();
        }
        product
    };
    (0..PRODUCTS).map(product).collect()
}

#[tokio::test]
async fn what_a_search_lists_passes_its_filters_now_and_browsing_lists_all_that_passes() {
    let mut dice = Dice::new(11);
    let all = products(&mut dice);
    let garments = vec![sample::garment(Category::Dress, &[Colour::Red])];
    let shop = Shop::seeing(garments, all.clone()).await;
    let merchant = sample::merchant();
    let ids: Vec<ProductId> = all.iter().map(|product| product.id.clone()).collect();
    let (mut listed, mut browsed) = (0, 0);
    for _ in 0..QUESTIONS {
        let changed = dice.below(PRODUCTS);
        let change = drawn::offer_change(&mut dice, &all[changed]);
        shop.catalog.set_offers(&merchant, vec![change]).await.unwrap();
        let filters = drawn::filters(&mut dice);
        let now = shop.catalog.products(&merchant, &ids).await.unwrap();
        let passes = |product: &&Product| {
            filters.allow_product(product)
                && product.variants.iter().any(|variant| filters.allow_variant(variant))
        };
        let allowed: BTreeSet<String> =
            now.iter().filter(passes).map(|product| product.id.to_string()).collect();
        for asked in [text("red cotton dress"), photo(1), request()] {
            let is_browsing = asked.text.is_none() && asked.photo.is_none();
            let asked = SearchRequest {
                filters: filters.clone(),
                limit: PRODUCTS,
                deduplicate: false,
                ..asked
            };
            let answer = shop.search(asked).await;
            for found in answer.products.iter().map(|listed| &listed.found) {
                assert!(allowed.contains(found.product_id.as_str()), "{found:?} of {filters:?}");
                let product = now.iter().find(|product| product.id == found.product_id).unwrap();
                for shown in &found.variants {
                    let variant = product.variant(&shown.id).unwrap();
                    assert!(filters.allow_variant(variant), "{variant:?} of {filters:?}");
                }
                listed += 1;
            }
            if is_browsing {
                let found: BTreeSet<String> = super::ids(&answer).into_iter().collect();
                assert_eq!(found, allowed, "{filters:?}");
                browsed += found.len();
            }
        }
    }
    assert!(
        listed > browsed + QUESTIONS && browsed > QUESTIONS,
        "{listed} listed, {browsed} browsed"
    );
}
