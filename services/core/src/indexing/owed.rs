//! Products that were written to the index while it was not certain that no other process writes
//! to it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Indexer;
use crate::{
    ids::{MerchantId, ProductId},
    ports::StoreError,
};

/// Noted before the index is written to and struck out once the duty is known to have been held
/// until after the write; what is left is put into the outbox anew.
#[derive(Debug, Default)]
pub(super) struct Owed(Mutex<HashMap<MerchantId, HashSet<ProductId>>>);

impl Owed {
    fn list(&self) -> MutexGuard<'_, HashMap<MerchantId, HashSet<ProductId>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, merchant: &MerchantId, products: &[ProductId]) {
        self.list().entry(merchant.clone()).or_default().extend(products.iter().cloned());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    pub(super) fn clear(&self) {
        self.list().clear();
    }
}

impl Indexer {
    /// Puts what is owed into the outbox anew, so that whoever has the duty writes it once more,
    /// as it is then.
    pub(super) async fn pay(&self) -> Result<(), StoreError> {
        let owed = self.owed.list().clone();
        for (merchant, products) in owed {
            let products: Vec<ProductId> = products.into_iter().collect();
            self.store.enter_again(&merchant, &products).await?;
            self.owed.list().remove(&merchant);
        }
        Ok(())
    }
}
