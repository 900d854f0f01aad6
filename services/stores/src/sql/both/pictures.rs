//! The pictures that products name.

mod sql;

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use serde::Serialize;
use vitrine_core::{
    feed::Place,
    ids::{ImportId, MerchantId, ProductId},
    imports::{Failure, PROBLEMS_KEPT},
    pictures::{Seen, picture_problem},
    ports::{
        KeptPicture, PictureCounts, PictureOutcome, PictureState, Pictures, SettledPicture,
        StoreError, WantedPicture,
    },
    product::Product,
};

use super::{Connection, Store, catalog, failed, imports, json, later, now, parsed, whole};
use crate::sql::Hold;

/// A product's picture, if it names one, and where in its feed.
#[derive(Serialize)]
pub(super) struct Named {
    product: ProductId,
    address: Option<String>,
    row: Option<u64>,
    line: Option<u64>,
}

/// The pictures that products name, to be noted once those are written. Of a product that comes
/// twice the last holds.
pub(super) fn named(products: &[Product], places: &[Place]) -> Vec<Named> {
    let places = places.iter().map(Some).chain(std::iter::repeat(None));
    let last: BTreeMap<&ProductId, (&Product, Option<&Place>)> = products
        .iter()
        .zip(places)
        .map(|(product, place)| (&product.id, (product, place)))
        .collect();
    let named = last.into_values().map(|(product, place)| Named {
        product: product.id.clone(),
        // No address holds U+0000, and no text in PostgreSQL.
        address: product.image_link.clone().filter(|address| !address.contains('\0')),
        row: place.map(|place| place.row),
        line: place.map(|place| place.line),
    });
    named.collect()
}

/// Notes the pictures of products that were written one by one.
pub(super) async fn note(
    connection: &mut Connection,
    merchant: &MerchantId,
    named: Vec<Named>,
) -> Result<(), StoreError> {
    note_all(connection, merchant, named, None, None).await
}

/// Notes the pictures of products that an import wrote, and whether they are looked at.
pub(super) async fn note_of_import(
    connection: &mut Connection,
    merchant: &MerchantId,
    import: ImportId,
    named: Vec<Named>,
    enrich: bool,
) -> Result<(), StoreError> {
    let ids = json(&named.iter().map(|named| &named.product).collect::<Vec<_>>())?;
    note_all(connection, merchant, named, Some(import), Some(enrich)).await?;
    let shown_otherwise: Vec<String> = sqlx::query_scalar(sql::ENRICH)
        .bind(merchant.as_str())
        .bind(ids)
        .bind(i64::from(enrich))
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let shown_otherwise: Vec<String> =
        shown_otherwise.into_iter().filter(|product| !product.is_empty()).collect();
    catalog::tell_outbox(connection, merchant, &shown_otherwise).await
}

async fn note_all(
    connection: &mut Connection,
    merchant: &MerchantId,
    named: Vec<Named>,
    import: Option<ImportId>,
    enrich: Option<bool>,
) -> Result<(), StoreError> {
    let (noted, without): (Vec<Named>, Vec<Named>) =
        named.into_iter().partition(|named| named.address.is_some());
    if !noted.is_empty() {
        sqlx::query(sql::NOTE)
            .bind(merchant.as_str())
            .bind(json(&noted)?)
            .bind(import.map(|import| import.to_string()))
            .bind(enrich.map(i64::from))
            .bind(now())
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    if !without.is_empty() {
        let without: Vec<&ProductId> = without.iter().map(|named| &named.product).collect();
        let forgotten = sqlx::query(sql::FORGET).bind(merchant.as_str()).bind(json(&without)?);
        forgotten.execute(connection).await.map_err(failed)?;
    }
    Ok(())
}

/// Fills in what was seen in the products' pictures, where that is asked for.
pub(super) async fn fill_in(
    connection: &mut Connection,
    merchant: &MerchantId,
    products: &mut [Product],
) -> Result<(), StoreError> {
    let ids: Vec<&ProductId> = products.iter().map(|product| &product.id).collect();
    let seen: Vec<(String, String)> = sqlx::query_as(sql::SEEN)
        .bind(merchant.as_str())
        .bind(json(&ids)?)
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    for (id, seen) in seen {
        let seen: Seen = parsed(&seen)?;
        let of_it = products.iter_mut().filter(|product| product.id.as_str() == id);
        of_it.for_each(|product| product.fill_in(&seen));
    }
    Ok(())
}

#[async_trait]
impl Pictures for Store {
    async fn claim_pictures(
        &self,
        after: Option<&MerchantId>,
        limit: usize,
        lease: Duration,
    ) -> Result<Vec<WantedPicture>, StoreError> {
        let mut next = None;
        for from in [after.map_or("", MerchantId::as_str), ""] {
            let found: Option<String> = sqlx::query_scalar(sql::NEXT_MERCHANT)
                .bind(now())
                .bind(from)
                .fetch_optional(&self.readers)
                .await
                .map_err(failed)?;
            next = next.or(found);
        }
        let Some(merchant) = next else { return Ok(Vec::new()) };
        let mut transaction = self.write(Hold::Rows).await?;
        let taken: Vec<(String, String, i64, i64)> = sqlx::query_as(sql::TAKE)
            .bind(&merchant)
            .bind(now())
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(later(lease))
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let merchant: MerchantId = catalog::id(merchant)?;
        let wanted = taken.into_iter().map(|(product, address, enrich, tries)| {
            Ok(WantedPicture {
                merchant: merchant.clone(),
                product: catalog::id(product)?,
                address,
                enrich: enrich != 0,
                tries: u32::try_from(tries - 1).unwrap_or(u32::MAX),
            })
        });
        let mut wanted: Vec<WantedPicture> = wanted.collect::<Result<_, StoreError>>()?;
        wanted.sort_by(|one, other| one.product.cmp(&other.product));
        Ok(wanted)
    }

    async fn settle_pictures(
        &self,
        merchant: &MerchantId,
        settled: Vec<SettledPicture>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        let mut filled = Vec::new();
        for one in settled {
            if settle(&mut transaction, merchant, &one).await? {
                filled.push(one.product);
            }
        }
        catalog::tell_outbox(&mut transaction, merchant, &filled).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn fetch_again(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<(), StoreError> {
        if products.is_empty() {
            return Ok(());
        }
        let mut transaction = self.write(Hold::Merchant(merchant)).await?;
        sqlx::query(sql::AGAIN)
            .bind(merchant.as_str())
            .bind(json(&products)?)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn pictures(
        &self,
        merchant: &MerchantId,
        state: Option<PictureState>,
        after: Option<&ProductId>,
        limit: usize,
    ) -> Result<Vec<KeptPicture>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(sql::PICTURES)
            .bind(merchant.as_str())
            .bind(after.map_or("", ProductId::as_str))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(state.map(PictureState::id))
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(kept).collect()
    }

    async fn pictures_of(
        &self,
        merchant: &MerchantId,
        products: &[ProductId],
    ) -> Result<Vec<KeptPicture>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(sql::PICTURES_OF)
            .bind(merchant.as_str())
            .bind(json(&products)?)
            .fetch_all(&self.readers)
            .await
            .map_err(failed)?;
        rows.into_iter().map(kept).collect()
    }

    async fn count_pictures(&self, merchant: &MerchantId) -> Result<PictureCounts, StoreError> {
        let (waiting, had, failed_ones): (i64, i64, i64) = sqlx::query_as(sql::COUNT)
            .bind(merchant.as_str())
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        Ok(PictureCounts { waiting: whole(waiting), had: whole(had), failed: whole(failed_ones) })
    }
}

/// A product, its picture's address, and what came of it: the picture or why it can not be had.
type Row = (String, String, Option<String>, Option<String>);

fn kept((product, address, picture, failure): Row) -> Result<KeptPicture, StoreError> {
    let picture = match (picture, failure) {
        (Some(picture), _) => Some(Ok(parsed(&picture)?)),
        (None, Some(failure)) => Some(Err(parsed(&failure)?)),
        (None, None) => None,
    };
    Ok(KeptPicture { product: catalog::id(product)?, address, picture })
}

/// Keeps what became of a picture; answers whether its product is shown or indexed otherwise now.
async fn settle(
    connection: &mut Connection,
    merchant: &MerchantId,
    settled: &SettledPicture,
) -> Result<bool, StoreError> {
    let SettledPicture { product, address, outcome } = settled;
    match outcome {
        PictureOutcome::Later { after, tries } => {
            sqlx::query(sql::LATER)
                .bind(merchant.as_str())
                .bind(product.as_str())
                .bind(address)
                .bind(later(*after))
                .bind(i64::from(*tries))
                .execute(connection)
                .await
                .map_err(failed)?;
            Ok(false)
        }
        PictureOutcome::Had { picture, seen } => {
            let shown: Option<i64> = sqlx::query_scalar(sql::HAD)
                .bind(merchant.as_str())
                .bind(product.as_str())
                .bind(address)
                .bind(json(picture)?)
                .bind(seen.as_ref().map(json).transpose()?)
                .fetch_optional(connection)
                .await
                .map_err(failed)?;
            let filled = shown == Some(1) && seen.is_some();
            Ok(filled || shown.is_some() && picture.embedded_by.is_some())
        }
        PictureOutcome::Failed { failure, again } => {
            let named: Option<(Option<String>, Option<i64>, Option<i64>)> =
                sqlx::query_as(sql::FAILED)
                    .bind(merchant.as_str())
                    .bind(product.as_str())
                    .bind(address)
                    .bind(json(failure)?)
                    .bind(later(*again))
                    .fetch_optional(&mut *connection)
                    .await
                    .map_err(failed)?;
            if let Some((Some(import), row, line)) = named {
                let place = Place {
                    row: whole(row.unwrap_or_default()),
                    line: whole(line.unwrap_or_default()),
                };
                tell_import(connection, &import, place, address, failure).await?;
            }
            Ok(false)
        }
    }
}

/// Tells the import that named a picture, if it is still known, that it can not be had.
async fn tell_import(
    connection: &mut Connection,
    import: &str,
    place: Place,
    address: &str,
    failure: &Failure,
) -> Result<(), StoreError> {
    let so_far: Option<i64> = sqlx::query_scalar(sql::COUNT_FAILED)
        .bind(import)
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed)?;
    match so_far {
        Some(so_far) if whole(so_far) <= PROBLEMS_KEPT => {
            let problem = picture_problem(place, address, failure);
            imports::tell(connection, import, &[problem]).await
        }
        _ => Ok(()),
    }
}
