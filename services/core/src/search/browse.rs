//! Listing the catalog by filters alone.

use super::{
    SearchError, SearchRequest, Searching, WINDOW,
    candidates::{Window, shown},
    order::Cursor,
};
use crate::product_filter::ProductFilter;

/// Products read at once.
const PAGE: usize = 500;

impl Searching {
    /// The catalog's next products in the order of their ids, so many at most as a search looks
    /// at. What comes after them is another window, which the last page of this one leads to.
    pub(super) async fn browse(&self, request: &SearchRequest) -> Result<Window, SearchError> {
        let (catalog, merchant) = (&*self.shop.catalog, &request.merchant);
        let filter = filter(request);
        let mut last = request.cursor.as_ref().and_then(Cursor::from).cloned();
        let mut window = Window { is_whole: last.is_none(), ..Window::whole() };
        let mut read = 0;
        while read < WINDOW {
            let ids = catalog.matching_ids(merchant, &filter, last.as_ref(), PAGE).await?;
            let Some(end) = ids.last().cloned() else { return Ok(window) };
            read += ids.len();
            let is_end = ids.len() < PAGE;
            let products = catalog.products(merchant, &ids).await?;
            window.candidates.extend(
                products.into_iter().filter_map(|product| shown(&request.filters, product)),
            );
            if is_end {
                return Ok(window);
            }
            last = Some(end);
        }
        let beyond = catalog.matching_ids(merchant, &filter, last.as_ref(), 1).await?;
        if !beyond.is_empty() {
            window.is_whole = false;
            window.rest = last;
        }
        Ok(window)
    }
}

/// What the catalog can rule out by itself: none of it passes the filters. It knows what merchants
/// say, and not what was seen in pictures, so colours and patterns are left to the filters.
fn filter(request: &SearchRequest) -> ProductFilter {
    let filters = &request.filters;
    let only_available = filters.prefilter(false).available;
    ProductFilter {
        categories: filters.categories.clone(),
        brands: filters.brands.clone(),
        available: only_available.then_some(true),
        ..ProductFilter::default()
    }
}
