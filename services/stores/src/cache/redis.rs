//! What several processes share: what is remembered, who holds which lock, and what was let
//! through. Each call is one round trip, and atomic.

mod link;
mod settings;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use redis::Script;
use uuid::Uuid;
use vitrine_core::{
    ports::{Cache, Locks, Rates, StoreError, Taken},
    quota::Quota,
};

use link::Link;
pub use settings::RedisSettings;

/// A Redis server, of version 5 or later, or what speaks as it does.
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    link: Link,
    prefix: String,
    take_lock: Script,
    free_lock: Script,
    take_rates: Script,
}

impl RedisStore {
    /// Connects when it is first asked: a server that is away at the start may come later.
    pub fn open(settings: &RedisSettings) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Inner {
            link: Link::new(settings)?,
            prefix: settings.prefix.clone(),
            take_lock: Script::new(include_str!("redis/take_lock.lua")),
            free_lock: Script::new(include_str!("redis/free_lock.lua")),
            take_rates: Script::new(include_str!("redis/take_rates.lua")),
        })))
    }

    /// The server's version, once it answers.
    pub async fn version(settings: &RedisSettings) -> Result<String, StoreError> {
        let link = Link::new(settings)?;
        let said: String = link
            .ask(|mut connection| async move {
                redis::cmd("INFO").arg("server").query_async(&mut connection).await
            })
            .await?;
        let version = said.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.unwrap_or("of unknown version").trim().to_owned())
    }

    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.0.prefix)
    }
}

/// Whole milliseconds, at least one: Redis refuses less.
fn millis(keep: Duration) -> u64 {
    u64::try_from(keep.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64 / 2)
}

#[async_trait]
impl Cache for RedisStore {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let get = redis::cmd("GET").arg(self.key("cache", key)).take();
        self.0
            .link
            .ask(|mut connection| async move { get.query_async(&mut connection).await })
            .await
    }

    async fn put(&self, key: &str, value: Vec<u8>, keep: Duration) -> Result<(), StoreError> {
        let key = self.key("cache", key);
        let put = redis::cmd("SET").arg(key).arg(value).arg("PX").arg(millis(keep)).take();
        self.0
            .link
            .ask(|mut connection| async move { put.query_async(&mut connection).await })
            .await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let remove = redis::cmd("DEL").arg(self.key("cache", key)).take();
        self.0
            .link
            .ask(|mut connection| async move { remove.query_async(&mut connection).await })
            .await
    }
}

#[async_trait]
impl Locks for RedisStore {
    async fn take(&self, name: &str, holder: Uuid, keep: Duration) -> Result<bool, StoreError> {
        let mut take = self.0.take_lock.prepare_invoke();
        take.key(self.key("lock", name)).arg(holder.to_string()).arg(millis(keep));
        self.0
            .link
            .ask(|mut connection| async move { take.invoke_async(&mut connection).await })
            .await
    }

    async fn free(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let mut free = self.0.free_lock.prepare_invoke();
        free.key(self.key("lock", name)).arg(holder.to_string());
        self.0
            .link
            .ask(|mut connection| async move { free.invoke_async(&mut connection).await })
            .await
    }
}

#[async_trait]
impl Rates for RedisStore {
    async fn take(&self, quotas: &[(String, Quota)]) -> Result<Taken, StoreError> {
        let mut take = self.0.take_rates.prepare_invoke();
        for (key, quota) in quotas {
            take.key(self.key("rate", key)).arg(quota.step_micros()).arg(quota.window_micros());
        }
        // The server's clock is the one that all processes share.
        let (allowed, now, whole): (bool, u64, Vec<u64>) = self
            .0
            .link
            .ask(|mut connection| async move { take.invoke_async(&mut connection).await })
            .await?;
        let standings =
            quotas.iter().zip(whole).map(|((_, quota), whole)| quota.standing(whole, now));
        Ok(Taken { allowed, standings: standings.collect() })
    }
}
