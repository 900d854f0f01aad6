//! Creating and replacing products.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use vitrine_core::{
    ids::{MerchantId, ProductId, VariantId},
    ports::Upserted,
    product::{Product, Variant},
};

use super::{
    Connection, StoreError, failed, json, now,
    rows::{self, OfferRow, ProductRow, Sums, SumsRow, VariantRow},
    sql,
};

/// Writes products as if one after the other, and tells the outbox of those that changed.
pub(in crate::sql) async fn upsert(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: Vec<Product>,
) -> Result<Upserted, StoreError> {
    let mut upserted = Upserted::default();
    for group in groups(products) {
        let done = upsert_group(&mut *connection, merchant, group).await?;
        upserted.created += done.created;
        upserted.changed += done.changed;
        upserted.unchanged += done.unchanged;
    }
    Ok(upserted)
}

/// Removes products; answers how many were there.
pub(in crate::sql) async fn remove(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: &[ProductId],
) -> Result<u64, StoreError> {
    let removed: Vec<String> = sqlx::query_scalar(sql::REMOVE_PRODUCTS)
        .bind(merchant.as_str())
        .bind(json(products)?)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    tell_outbox(connection, merchant, &removed).await?;
    Ok(removed.len() as u64)
}

/// Puts products into the outbox with new, higher sequence numbers. Those that wait there already
/// wait since the same time as before.
pub(in crate::sql) async fn tell_outbox(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: &[impl Serialize],
) -> Result<(), StoreError> {
    if products.is_empty() {
        return Ok(());
    }
    let enter = sqlx::query(sql::ENTER).bind(merchant.as_str()).bind(json(products)?).bind(now());
    enter.execute(connection).await.map(drop).map_err(failed)
}

/// Splits products into groups in which no product and no variant comes twice, so that the order
/// within a group does not matter.
fn groups(mut products: Vec<Product>) -> Vec<Vec<Product>> {
    let mut begins = Vec::new();
    let mut ids: HashSet<&ProductId> = HashSet::new();
    let mut variants: HashSet<&VariantId> = HashSet::new();
    for (at, product) in products.iter().enumerate() {
        let repeated = ids.contains(&product.id)
            || product.variants.iter().any(|variant| variants.contains(&variant.id));
        if repeated {
            begins.push(at);
            ids.clear();
            variants.clear();
        }
        ids.insert(&product.id);
        variants.extend(product.variants.iter().map(|variant| &variant.id));
    }
    let mut groups: Vec<_> = begins.iter().rev().map(|at| products.split_off(*at)).collect();
    groups.push(products);
    groups.reverse();
    groups
}

async fn upsert_group(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: Vec<Product>,
) -> Result<Upserted, StoreError> {
    let ids: Vec<ProductId> = products.iter().map(|product| product.id.clone()).collect();
    let known: HashMap<ProductId, Product> = rows::products(&mut *connection, merchant, &ids)
        .await?
        .into_iter()
        .map(|product| (product.id.clone(), product))
        .collect();
    let mut upserted = Upserted::default();
    let mut changed: Vec<Product> = Vec::new();
    let mut replaced: Vec<&ProductId> = Vec::new();
    for product in products {
        match known.get(&product.id) {
            Some(same) if *same == product => {
                upserted.unchanged += 1;
                continue;
            }
            Some(known) => {
                upserted.changed += 1;
                replaced.push(&known.id);
            }
            None => upserted.created += 1,
        }
        changed.push(product);
    }
    if !changed.is_empty() {
        write(connection, merchant, changed, &replaced).await?;
    }
    Ok(upserted)
}

/// Writes products; the catalog holds those that are `replaced`.
async fn write(
    connection: &mut Connection,
    merchant: &MerchantId,
    mut products: Vec<Product>,
    replaced: &[&ProductId],
) -> Result<(), StoreError> {
    let sums: Vec<Sums> = products.iter().map(Sums::of).collect();
    let variants: Vec<Vec<Variant>> =
        products.iter_mut().map(|product| std::mem::take(&mut product.variants)).collect();
    let ids: Vec<&ProductId> = products.iter().map(|product| &product.id).collect();
    let mut product_rows = Vec::new();
    let mut variant_ids = Vec::new();
    let mut variant_rows = Vec::new();
    let mut offer_rows = Vec::new();
    for ((product, variants), sums) in products.iter().zip(&variants).zip(sums) {
        product_rows.push(ProductRow::of(product, sums)?);
        for (position, variant) in variants.iter().enumerate() {
            variant_ids.push(&variant.id);
            variant_rows.push(VariantRow::of(&product.id, position, variant)?);
            offer_rows.push(OfferRow::of(&variant.id, &variant.offer));
        }
    }
    execute(&mut *connection, sql::PUT_PRODUCTS, merchant, &json(&product_rows)?).await?;
    if !replaced.is_empty() {
        execute(&mut *connection, sql::CLEAR_VARIANTS, merchant, &json(replaced)?).await?;
    }
    let robbed = take_variants(&mut *connection, merchant, &variant_ids).await?;
    execute(&mut *connection, sql::PUT_VARIANTS, merchant, &json(&variant_rows)?).await?;
    execute(&mut *connection, sql::PUT_OFFERS, merchant, &json(&offer_rows)?).await?;

    sum_up_robbed(&mut *connection, merchant, &robbed).await?;

    let mut told: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    told.extend(robbed.iter().map(String::as_str));
    tell_outbox(connection, merchant, &told).await
}

/// Takes these variants from the products that they belong to now; names those products. One that
/// has no variant left is removed: there is nothing of it to sell.
async fn take_variants(
    connection: &mut Connection,
    merchant: &MerchantId,
    variants: &[&VariantId],
) -> Result<Vec<String>, StoreError> {
    let mut robbed: Vec<String> = sqlx::query_scalar(sql::TAKE_VARIANTS)
        .bind(merchant.as_str())
        .bind(json(variants)?)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    robbed.sort_unstable();
    robbed.dedup();
    if !robbed.is_empty() {
        let list = json(&robbed)?;
        execute(connection, sql::REMOVE_PRODUCTS_WITHOUT_VARIANTS, merchant, &list).await?;
    }
    Ok(robbed)
}

/// Brings the sums of products up to the variants that they are left with.
async fn sum_up_robbed(
    connection: &mut Connection,
    merchant: &MerchantId,
    robbed: &[String],
) -> Result<(), StoreError> {
    if robbed.is_empty() {
        return Ok(());
    }
    let ids: Vec<ProductId> = robbed.iter().cloned().map(rows::id).collect::<Result<_, _>>()?;
    let left = rows::products(&mut *connection, merchant, &ids).await?;
    let rows: Vec<SumsRow<'_>> = left.iter().map(SumsRow::of).collect();
    execute(connection, sql::PUT_SUMS, merchant, &json(&rows)?).await
}

async fn execute(
    connection: &mut Connection,
    statement: &'static str,
    merchant: &MerchantId,
    list: &str,
) -> Result<(), StoreError> {
    let query = sqlx::query(statement).bind(merchant.as_str()).bind(list);
    query.execute(connection).await.map(drop).map_err(failed)
}
