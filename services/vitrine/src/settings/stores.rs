//! Where the catalog, the index and what is remembered are kept.

use std::{path::PathBuf, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_stores::{RedisSettings, ServerSettings};

use super::Settings;

/// What is kept, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Data {
    /// Where the catalog, the index and the secret are kept. One process uses a folder at a time.
    pub folder: PathBuf,
    /// The file with the secret that signs tokens, 32 bytes at least. Made in the data folder where
    /// not set.
    #[schemars(example = &"/run/secrets/vitrine")]
    pub secret_file: Option<PathBuf>,
    /// Memory for remembered answers, in MiB.
    pub cache_mib: u64,
    /// The catalog in PostgreSQL; in a file in the data folder where not set. Better given by the
    /// environment or a file.
    #[schemars(example = &"postgres://vitrine:password@localhost/vitrine", extend("x-secret" = true))]
    pub database: Option<String>,
    /// Redis, for what several services that answer for the same merchants have in common: what is
    /// remembered of photos, answered looks, rate limits, idempotency keys. In the memory of each
    /// service where not set. `rediss://` speaks TLS. Better given by the environment or a file.
    #[schemars(example = &"redis://vitrine:password@localhost", extend("x-secret" = true))]
    pub redis: Option<String>,
    /// What all keys in Redis begin with; one for each installation that shares the server.
    pub redis_prefix: String,
    /// Connections to PostgreSQL.
    pub connections: u32,
    /// Whether the tables are brought up to this version at start. Else `vitrine migrate` does it.
    pub migrate: bool,
    /// Whether this service brings the index up to the catalog. Of many that share a Qdrant server
    /// one does at a time, and another takes over when that one is gone. `false` keeps a service
    /// out of it, where its machine has other work; one at least must be allowed to.
    pub indexer: bool,
}

/// The index that products are found by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// The index on a Qdrant server, by its gRPC address; in a folder in the data folder where not
    /// set.
    #[schemars(example = &"http://localhost:6334")]
    pub server: Option<String>,
    /// The server's key. Better given by the environment or a file.
    #[schemars(example = &"secret", extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// What collections on the server are named after; one for each installation.
    pub collection: String,
    /// Parts that a collection is spread in. Only one part ranks just as the embedded index does.
    pub shards: u32,
    /// Nodes that hold each part.
    pub replicas: u32,
    /// How vectors are kept in memory: "none" (32 bits a value), "scalar" (8), "binary" (1).
    pub quantization: Quantization,
    /// How long one try may take.
    pub timeout_seconds: u64,
}

/// How vectors on a Qdrant server are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Quantization {
    None,
    Scalar,
    Binary,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            folder: "data".into(),
            secret_file: None,
            cache_mib: 64,
            database: None,
            redis: None,
            redis_prefix: "vitrine".into(),
            connections: 16,
            migrate: true,
            indexer: true,
        }
    }
}

impl Default for Index {
    fn default() -> Self {
        Self {
            server: None,
            api_key: None,
            collection: "vitrine".into(),
            shards: 1,
            replicas: 1,
            quantization: Quantization::None,
            timeout_seconds: 5,
        }
    }
}

impl Settings {
    /// The Qdrant server that holds the index, if one is named.
    pub fn index_server(&self) -> Option<ServerSettings> {
        let Index { server, api_key, collection, shards, replicas, .. } = self.index.clone();
        Some(ServerSettings {
            url: server?,
            api_key,
            collection,
            shards,
            replicas,
            quantization: match self.index.quantization {
                Quantization::None => vitrine_stores::Quantization::None,
                Quantization::Scalar => vitrine_stores::Quantization::Scalar,
                Quantization::Binary => vitrine_stores::Quantization::Binary,
            },
            timeout: Duration::from_secs(self.index.timeout_seconds),
            ..ServerSettings::default()
        })
    }

    /// The Redis that is shared, if one is named.
    pub fn redis(&self) -> Option<RedisSettings> {
        let (url, prefix) = (self.data.redis.clone()?, self.data.redis_prefix.clone());
        Some(RedisSettings { url, prefix, ..RedisSettings::default() })
    }

    /// The file with the secret that signs tokens.
    pub fn secret_file(&self) -> PathBuf {
        self.data.secret_file.clone().unwrap_or_else(|| self.data.folder.join("secret"))
    }
}
