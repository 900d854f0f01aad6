use std::collections::HashMap;

use tokio::time::timeout;
use vitrine_core::{
    ids::{MerchantId, ProductId},
    product::Product,
    search::{Cursor, SearchRequest, Sort},
};

use super::{
    Asked, Found, SEARCH, UcpSearch, asked,
    choice::open,
    ids::allowed,
    shapes::{Envelope, Pagination, UcpProduct, in_order_of},
};
use crate::{
    page::{Page, after_of},
    problem::Problem,
    problems::Code,
    state::State,
};

/// Products on a page where none are asked for, and at most.
const LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 100;
/// Characters of a query at most.
const MAX_QUERY: usize = 500;

/// A page of the products that words, filters, or both find.
pub(crate) async fn search_catalog(
    wanted: UcpSearch,
    merchant: &MerchantId,
    state: &State,
) -> Result<Found, Problem> {
    let UcpSearch { query, context, filters, pagination } = wanted;
    let Asked { filters, messages, excludes_all } = asked(&filters, &context)?;
    if query.as_ref().is_some_and(|query| query.chars().count() > MAX_QUERY) {
        let detail = format!("It has more than {MAX_QUERY} characters");
        return Err(Problem::of_field(Code::UcpInvalid, "query", detail));
    }
    let query = query.map(|query| query.trim().to_owned()).filter(|query| !query.is_empty());
    let is_count = |limit: u64| limit > 0 && i64::try_from(limit).is_ok();
    if pagination.limit.is_some_and(|limit| !is_count(limit)) {
        let detail = "This is not how many products a page can have";
        return Err(Problem::of_field(Code::UcpInvalid, "pagination.limit", detail));
    }
    if query.is_none() && filters.is_empty() && !excludes_all {
        let detail = "Give a query, filters, or both";
        return Err(Problem::of_field(Code::UcpInvalid, "query", detail));
    }
    let mut found =
        Found { ucp: Envelope::of(SEARCH), products: Vec::new(), pagination: None, messages };
    if excludes_all {
        return Ok(found);
    }
    let limit = pagination.limit.unwrap_or(LIMIT).clamp(1, MAX_LIMIT);
    let cursor: Option<Cursor> = after_of(pagination.cursor.as_deref())?;
    let request = SearchRequest {
        merchant: merchant.clone(),
        text: query,
        photo: None,
        filters: filters.clone(),
        facets: Vec::new(),
        sort: Sort::Relevance,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        cursor,
        deduplicate: true,
        locale: context.language,
        preview: None,
    };
    let page = timeout(state.answer_time, state.searching.search(request)).await;
    let page = page.map_err(|_| Problem::of(Code::ModelTimeout))??;
    let ids: Vec<ProductId> =
        page.products.iter().map(|listed| listed.found.product_id.clone()).collect();
    let products = state.shop.catalog.products(merchant, &ids).await?;
    let mut products: HashMap<ProductId, Product> =
        products.into_iter().map(|product| (product.id.clone(), product)).collect();
    for listed in &page.products {
        let Some(product) = products.remove(&listed.found.product_id) else { continue };
        let variants = allowed(&product, &filters, in_order_of(&product, &listed.found.variants));
        let chosen = open(&product, variants);
        found.products.extend(UcpProduct::of(product, chosen));
    }
    let next = page.next.as_ref().map(Page::cursor);
    found.pagination = Some(Pagination {
        has_next_page: next.is_some(),
        cursor: next,
        total_count: (!page.total.is_lower_bound).then_some(page.total.count),
    });
    Ok(found)
}
