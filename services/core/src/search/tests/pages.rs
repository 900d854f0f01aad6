//! Pages neither repeat nor lose anything.

use super::*;
use crate::testing::Dice;

/// A shop with prices, names and worths of which many are the same.
async fn shop(products: usize) -> Shop {
    let mut dice = Dice::new(7);
    let product = |n: usize| {
        let colour = *dice.pick(&["navy", "red", "black"]);
        let mut product = coloured(&format!("p{n:04}"), colour);
        product.title = format!("Linden {}", dice.pick(&["a", "B", "c"]));
        product.variants[0].offer.price =
            dice.pick(&["20 EUR", "30 EUR", "30 USD"]).parse().unwrap();
        product
    };
    let products = (0..products).map(product).collect();
    Shop::seeing(vec![sample::garment(Category::Dress, &[Colour::Navy])], products).await
}

/// All pages of a search, one after the other.
async fn walked(shop: &Shop, request: &SearchRequest) -> Vec<String> {
    let mut all = Vec::new();
    let mut request = request.clone();
    let mut search = None;
    loop {
        let answer = shop.search(request.clone()).await;
        assert!(answer.products.len() <= request.limit);
        assert_eq!(*search.get_or_insert(answer.search_id), answer.search_id);
        all.extend(ids(&answer));
        let Some(next) = answer.next else { return all };
        request.cursor = Some(next.to_string().parse().unwrap());
    }
}

#[tokio::test]
async fn a_walk_through_the_pages_is_the_whole_list_in_its_order() {
    let shop = shop(60).await;
    for asked in [text("navy dress"), photo(1), request()] {
        for sort in Sort::ALL {
            let whole = SearchRequest { sort: *sort, limit: 100, ..asked.clone() };
            let answer = shop.search(whole.clone()).await;
            assert_eq!((answer.products.len(), answer.next.is_none()), (60, true), "{sort}");
            assert_eq!((answer.total.count, answer.total.is_lower_bound), (60, false));
            for limit in [1, 7, 59, 60] {
                let pages = walked(&shop, &SearchRequest { limit, ..whole.clone() }).await;
                assert_eq!(pages, ids(&answer), "{sort}, {limit} a page");
            }
        }
    }
}

#[tokio::test]
async fn browsing_goes_on_beyond_what_is_looked_at_at_once_and_says_that_there_is_more() {
    let shop = shop(WINDOW + 150).await;
    let answer = shop.search(request()).await;
    let total = Total { count: WINDOW as u64, is_lower_bound: true };
    assert_eq!(answer.total, total);
    for sort in [Sort::Relevance, Sort::PriceAsc] {
        let mut all = walked(&shop, &SearchRequest { sort, limit: 100, ..request() }).await;
        assert_eq!(all.len(), WINDOW + 150, "{sort}");
        if sort == Sort::Relevance {
            assert!(all.is_sorted(), "by their ids");
        }
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), WINDOW + 150, "none comes twice");
    }
}

#[tokio::test]
async fn a_text_that_more_answer_than_are_looked_at_says_so() {
    let shop = shop(WINDOW + 5).await;
    let answer = shop.search(text("dress")).await;
    assert!(answer.total.is_lower_bound);
    assert_eq!(answer.total.count, WINDOW as u64);
}

#[tokio::test]
async fn a_cursor_of_another_search_is_refused() {
    let shop = shop(20).await;
    let first = shop.search(text("navy dress")).await;
    let next = |asked: SearchRequest| SearchRequest { cursor: first.next.clone(), ..asked };
    assert!(shop.searching.search(next(text("navy dress"))).await.is_ok());
    let red = Filters { colours: vec![Colour::Red], ..Filters::default() };
    for other in [
        text("red dress"),
        request(),
        SearchRequest { sort: Sort::Name, ..text("navy dress") },
        SearchRequest { filters: red, ..text("navy dress") },
        SearchRequest { deduplicate: false, ..text("navy dress") },
    ] {
        let refused = shop.searching.search(next(other)).await;
        assert_eq!(refused.unwrap_err(), SearchError::Cursor);
    }
}
