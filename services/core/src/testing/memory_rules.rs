use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use crate::{
    ids::MerchantId,
    ports::{Rules, StoreError},
    rules::{Rule, Synonyms},
};

/// Rules and synonyms in maps.
#[derive(Debug, Default)]
pub struct MemoryRules {
    rules: Named<Rule>,
    synonyms: Named<Synonyms>,
}

#[derive(Debug)]
struct Named<T>(Mutex<BTreeMap<(MerchantId, String), T>>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Named<T> {
    fn put(&self, merchant: &MerchantId, name: &str, value: &T) -> bool {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.insert((merchant.clone(), name.to_owned()), value.clone()).is_none()
    }

    fn all(&self, merchant: &MerchantId) -> Vec<(String, T)> {
        let map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = map.iter().filter(|((owner, _), _)| owner == merchant);
        own.map(|((_, name), value)| (name.clone(), value.clone())).collect()
    }

    fn remove(&self, merchant: &MerchantId, name: &str) -> bool {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.remove(&(merchant.clone(), name.to_owned())).is_some()
    }
}

#[async_trait]
impl Rules for MemoryRules {
    async fn put_rule(
        &self,
        merchant: &MerchantId,
        name: &str,
        rule: &Rule,
    ) -> Result<bool, StoreError> {
        Ok(self.rules.put(merchant, name, rule))
    }

    async fn rules(&self, merchant: &MerchantId) -> Result<Vec<(String, Rule)>, StoreError> {
        Ok(self.rules.all(merchant))
    }

    async fn remove_rule(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        Ok(self.rules.remove(merchant, name))
    }

    async fn put_synonyms(
        &self,
        merchant: &MerchantId,
        name: &str,
        synonyms: &Synonyms,
    ) -> Result<bool, StoreError> {
        Ok(self.synonyms.put(merchant, name, synonyms))
    }

    async fn synonyms(&self, merchant: &MerchantId) -> Result<Vec<(String, Synonyms)>, StoreError> {
        Ok(self.synonyms.all(merchant))
    }

    async fn remove_synonyms(&self, merchant: &MerchantId, name: &str) -> Result<bool, StoreError> {
        Ok(self.synonyms.remove(merchant, name))
    }
}
