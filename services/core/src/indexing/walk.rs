use crate::{
    ids::{MerchantId, ProductId},
    ports::{Catalog, StoreError},
};

/// A walk through all products of all merchants, a merchant at a time.
#[derive(Debug, Default)]
pub(super) struct Walk {
    merchant: Option<MerchantId>,
    last: Option<ProductId>,
    ended: bool,
}

impl Walk {
    /// The next products, `limit` at most; `None` after the last.
    pub(super) async fn next(
        &mut self,
        catalog: &dyn Catalog,
        limit: usize,
    ) -> Result<Option<(MerchantId, Vec<ProductId>)>, StoreError> {
        while !self.ended {
            if let Some(merchant) = &self.merchant {
                let ids = catalog.ids(merchant, self.last.as_ref(), limit).await?;
                if let Some(last) = ids.last() {
                    self.last = Some(last.clone());
                    return Ok(Some((merchant.clone(), ids)));
                }
            }
            let next = catalog.merchants(self.merchant.as_ref(), 1).await?.pop();
            (self.ended, self.last) = (next.is_none(), None);
            self.merchant = next;
        }
        Ok(None)
    }
}

/// How many products all merchants have.
pub(super) async fn products_in_all(catalog: &dyn Catalog) -> Result<u64, StoreError> {
    let (mut products, mut last) = (0, None);
    while let Some(merchant) = catalog.merchants(last.as_ref(), 1).await?.pop() {
        products += catalog.count(&merchant).await?;
        last = Some(merchant);
    }
    Ok(products)
}
