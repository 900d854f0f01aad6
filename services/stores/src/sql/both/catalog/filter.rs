//! The ids of products that pass a filter.

use vitrine_core::{
    ids::{MerchantId, ProductId},
    lack::Lacks,
    product_filter::{ProductFilter, folded_brand},
    vocabulary::{AgeGroup, Category, Gender, Pattern},
};

use super::{Pool, StoreError, failed, json, rows, sql};

/// The most characters that an id has.
const ID_CHARACTERS: usize = 100;

/// Those after `after`, in byte order.
pub(super) async fn ids(
    readers: &Pool,
    merchant: &MerchantId,
    filter: &ProductFilter,
    after: Option<&ProductId>,
    limit: usize,
) -> Result<Vec<ProductId>, StoreError> {
    let first = filter.id_prefix.as_deref().unwrap_or_default();
    if first.contains('\0') {
        // No id has one, and PostgreSQL takes no such text.
        return Ok(Vec::new());
    }
    let colours = filter.colours.iter().fold(0, |set, colour| set | colour.bit());
    let lacks: Lacks = filter.lacks.iter().copied().collect();
    // A blank brand is nobody's, and yet it is asked for.
    let brands = filter.brands.iter().map(|brand| folded_brand(brand).unwrap_or_default());
    let ids: Vec<String> = sqlx::query_scalar(sql::MATCHING_IDS)
        .bind(merchant.as_str())
        .bind(after.map_or("", ProductId::as_str))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(list(filter.categories.iter().copied().map(Category::id))?)
        .bind(list(filter.patterns.iter().copied().map(Pattern::id))?)
        .bind(list(filter.genders.iter().copied().map(Gender::id))?)
        .bind(list(filter.age_groups.iter().copied().map(AgeGroup::id))?)
        .bind(list(brands)?)
        .bind(colours)
        .bind(lacks.bits())
        .bind(filter.available.map(i64::from))
        .bind(filter.matched.map(i64::from))
        .bind(first)
        .bind(last(first))
        .fetch_all(readers)
        .await
        .map_err(failed)?;
    ids.into_iter().map(rows::id).collect()
}

/// A list, where there is anything in it.
fn list<T: serde::Serialize>(
    values: impl Iterator<Item = T>,
) -> Result<Option<String>, StoreError> {
    let values: Vec<T> = values.collect();
    if values.is_empty() { Ok(None) } else { json(&values).map(Some) }
}

/// What no id that begins so comes after.
fn last(prefix: &str) -> String {
    let rest = char::MAX.to_string().repeat(ID_CHARACTERS);
    prefix.to_owned() + &rest
}
