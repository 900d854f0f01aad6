//! New prices and stock.

use std::collections::{HashMap, HashSet};

use sqlx::SqliteConnection;
use vitrine_core::{
    ids::{MerchantId, ProductId, VariantId},
    product::{Offer, OfferChange},
};

use super::{
    StoreError, failed, json,
    rows::{self, OfferRow},
    sql,
    told::told,
    upsert::tell_outbox,
};

/// Sets offers and tells the outbox of the products that the index sees differently now; answers
/// how many variants were found.
pub(super) async fn set(
    connection: &mut SqliteConnection,
    merchant: &MerchantId,
    changes: Vec<OfferChange>,
) -> Result<u64, StoreError> {
    let offers: HashMap<VariantId, Offer> =
        changes.into_iter().map(|change| (change.variant, change.offer)).collect();
    let owners: Vec<String> = sqlx::query_scalar(sql::PRODUCTS_OF_VARIANTS)
        .bind(merchant.as_str())
        .bind(json(&offers.keys().collect::<Vec<_>>())?)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if owners.is_empty() {
        return Ok(0);
    }
    let ids: Vec<ProductId> = owners.into_iter().map(rows::id).collect::<Result<_, _>>()?;
    let products = rows::products(&mut *connection, merchant, &ids).await?;

    let mut found = HashSet::new();
    let mut behind = Vec::new();
    for mut product in products {
        let before = told(&product);
        for variant in &mut product.variants {
            if let Some((id, offer)) = offers.get_key_value(&variant.id) {
                variant.offer = offer.clone();
                found.insert(id);
            }
        }
        if told(&product) != before {
            behind.push(product.id);
        }
    }
    let rows: Vec<OfferRow<'_>> = offers
        .iter()
        .filter(|(id, _)| found.contains(id))
        .map(|(id, offer)| OfferRow::of(id, offer))
        .collect();
    sqlx::query(sql::PUT_OFFERS)
        .bind(merchant.as_str())
        .bind(json(&rows)?)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    tell_outbox(connection, merchant, &behind).await?;
    Ok(found.len() as u64)
}
