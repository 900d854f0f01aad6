//! New prices and stock.

use std::collections::{HashMap, HashSet};

use vitrine_core::{
    ids::{MerchantId, ProductId, VariantId},
    ports::OffersSet,
    product::{OfferChange, Product},
};

use super::{
    Connection, StoreError, failed, json,
    rows::{self, OfferRow, Sums, SumsRow},
    sql,
    told::told,
    upsert::tell_outbox,
};

/// Sets offers and tells the outbox of the products that the index sees differently now.
pub(in crate::sql) async fn set(
    connection: &mut Connection,
    merchant: &MerchantId,
    changes: Vec<OfferChange>,
) -> Result<OffersSet, StoreError> {
    let named: HashSet<&VariantId> = changes.iter().map(|change| &change.variant).collect();
    let mut products = products_of(&mut *connection, merchant, &named).await?;
    let before: Vec<_> =
        products.iter().map(|product| (told(product), Sums::of(product))).collect();
    let done = apply(&mut products, &changes);

    let rows: Vec<OfferRow<'_>> = products
        .iter()
        .flat_map(|product| &product.variants)
        .filter(|variant| named.contains(&variant.id))
        .map(|variant| OfferRow::of(&variant.id, &variant.offer))
        .collect();
    sqlx::query(sql::PUT_OFFERS)
        .bind(merchant.as_str())
        .bind(json(&rows)?)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    let mut behind: Vec<ProductId> = Vec::new();
    let mut sums: Vec<SumsRow<'_>> = Vec::new();
    for (product, (told_before, sums_before)) in products.iter().zip(before) {
        if told(product) != told_before {
            behind.push(product.id.clone());
        }
        if Sums::of(product) != sums_before {
            sums.push(SumsRow::of(product));
        }
    }
    if !sums.is_empty() {
        sqlx::query(sql::PUT_SUMS)
            .bind(merchant.as_str())
            .bind(json(&sums)?)
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    tell_outbox(connection, merchant, &behind).await?;
    Ok(done)
}

/// What setting them would do.
pub(super) async fn try_set(
    connection: &mut Connection,
    merchant: &MerchantId,
    changes: &[OfferChange],
) -> Result<OffersSet, StoreError> {
    let named: HashSet<&VariantId> = changes.iter().map(|change| &change.variant).collect();
    let mut products = products_of(connection, merchant, &named).await?;
    Ok(apply(&mut products, changes))
}

/// The products that these variants belong to.
async fn products_of(
    connection: &mut Connection,
    merchant: &MerchantId,
    variants: &HashSet<&VariantId>,
) -> Result<Vec<Product>, StoreError> {
    let owners: Vec<String> = sqlx::query_scalar(sql::PRODUCTS_OF_VARIANTS)
        .bind(merchant.as_str())
        .bind(json(variants)?)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let ids: Vec<ProductId> = owners.into_iter().map(rows::id).collect::<Result<_, _>>()?;
    rows::products(connection, merchant, &ids).await
}

/// Makes each change, after the one before it.
fn apply(products: &mut [Product], changes: &[OfferChange]) -> OffersSet {
    let owners: HashMap<VariantId, usize> = products
        .iter()
        .enumerate()
        .flat_map(|(at, product)| product.variants.iter().map(move |own| (own.id.clone(), at)))
        .collect();
    let mut done = OffersSet::default();
    for (at, change) in changes.iter().enumerate() {
        let owner = owners.get(&change.variant).and_then(|owner| products.get_mut(*owner));
        match owner.map(|product| product.set_offer(change)) {
            None => done.unknown.push(at),
            Some(Ok(())) => done.set += 1,
            Some(Err(bad)) => done.refused.push((at, bad)),
        }
    }
    done
}
