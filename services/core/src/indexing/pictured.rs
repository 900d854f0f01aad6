//! The vectors of product pictures that the index is told.

use std::collections::HashMap;

use super::Indexer;
use crate::{
    ids::{MerchantId, ProductId},
    ports::{PointPicture, StoreError},
    product::Product,
};

impl Indexer {
    /// The pictures of products, as far as they are there and this model embedded them. Those that
    /// another model embedded, or none, are fetched again, to be embedded and told then.
    pub(super) async fn pictures(
        &self,
        merchant: &MerchantId,
        products: &[Product],
    ) -> Result<HashMap<ProductId, PointPicture>, StoreError> {
        let Some(model) = &self.picture_model else { return Ok(HashMap::new()) };
        let named = products.iter().filter(|product| product.image_link.is_some());
        let named: Vec<ProductId> = named.map(|product| product.id.clone()).collect();
        let kept = self.store.pictures_of(merchant, &named).await?;
        let there = kept.into_iter().filter_map(|kept| Some((kept.product, kept.picture?.ok()?)));
        let (own, others): (Vec<_>, Vec<_>) =
            there.partition(|(_, picture)| picture.embedded_by.as_ref() == Some(model));
        let others: Vec<ProductId> = others.into_iter().map(|(product, _)| product).collect();
        if !others.is_empty() {
            self.store.fetch_again(merchant, &others).await?;
        }
        let hashes: Vec<String> = own.iter().map(|(_, picture)| picture.hash.clone()).collect();
        let vectors = self.store.vectors(model, &hashes).await?;
        let known = own.into_iter().filter_map(|(product, picture)| {
            let vector = vectors.get(&picture.hash)?.clone();
            Some((product, PointPicture { hash: picture.hash, vector }))
        });
        Ok(known.collect())
    }
}
