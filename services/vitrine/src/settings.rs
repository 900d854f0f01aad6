//! Settings: defaults, then a TOML file, then environment variables, then flags.

mod models;
mod moderation;
mod reading;
pub mod reference;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_api::{Cors, InboundSettings, IssuerSettings, KeyTimes, RateLimits};
use vitrine_core::{
    address::WebAddress,
    ids::{BadId, MerchantId},
    imports::ImportSettings,
    likeness::Balance,
    ports::Weights,
    quota::Quota,
    shopping::PhotoKeeping,
};
use vitrine_outbound::OutboundSettings;
use vitrine_stores::{RedisSettings, ServerSettings};

use crate::error::Error;
pub use models::{Embedder, Encoder, ImageEmbedder, Models, TextEncoder};
pub use moderation::{Judge, Moderation};
pub use reading::source;

/// Set by what `vitrine eval matches --tune` found for the small models on validation photos
/// (demo/train/README.md).
const LEGS: Legs = Legs { words: 0.1, terms: 0.1, picture: 1.0 };
const PICTURE_SHARE: f32 = 0.7;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    pub server: Server,
    pub cors: Cors,
    pub pages: Pages,
    pub data: Data,
    pub models: Models,
    pub embedder: Embedder,
    pub image_embedder: ImageEmbedder,
    pub moderation: Moderation,
    pub matching: Matching,
    pub photos: Photos,
    pub index: Index,
    pub imports: Imports,
    pub pictures: Pictures,
    pub events: Events,
    pub conversations: Conversations,
    pub inbound: InboundSettings,
    pub limits: Limits,
    pub outbound: Outbound,
    pub tokens: Tokens,
    pub log: Log,
    pub traces: Traces,
}

/// How the service is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// Address and port to answer on.
    pub listen: String,
    /// Threads that answer requests; the models have threads of their own.
    pub workers: usize,
    /// Whether /metrics answers figures for Prometheus, without a token. A proxy in front should
    /// not pass it to the outside.
    pub metrics: bool,
    /// A PEM file with a certificate and the chain up to its authority. With it TLS is spoken, without
    /// it plain HTTP, for a proxy in front. A renewed one is shown within a minute.
    #[schemars(example = &"/etc/vitrine/chain.pem")]
    pub tls_certificate: Option<PathBuf>,
    /// A PEM file with its private key.
    #[schemars(example = &"/etc/vitrine/key.pem")]
    pub tls_key: Option<PathBuf>,
}

/// The pages for people: a shopper's, a merchant's, an agent's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pages {
    /// Whether the pages for shoppers (/), merchants (/merchant) and customer service (/agent) are
    /// answered.
    pub enabled: bool,
    /// The merchant whose shop everybody may visit at /: visitors are given a token of the role
    /// shopper that is good for an hour. Without it the page asks for a token.
    #[schemars(with = "Option<String>", example = &"my-shop")]
    pub guests: Option<MerchantId>,
}

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

/// Feeds that are taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Imports {
    /// Imports that are run at once, of different merchants.
    pub workers: usize,
    /// The most MiB of a feed, as it is sent.
    pub max_mib: u64,
    /// Seconds after which an import whose process was not heard of is taken over.
    pub lease_seconds: u64,
}

/// Pictures of products.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pictures {
    /// Whether product pictures are fetched, after the import that names them.
    pub fetch: bool,
    /// Pictures fetched at once.
    pub at_once: usize,
}

/// What apps tell of customers' clicks and orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Events {
    /// Days that raw events, and what is known of single looks, are kept; 31 at least. What they
    /// counted for stays in the reports.
    pub keep_days: u32,
}

/// Conversations with customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conversations {
    /// Days that a conversation is kept after its last message.
    pub keep_days: u32,
}

/// What may be fetched from addresses that strangers gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outbound {
    /// An address where a server's owner can ask who fetches from it; told in User-Agent.
    #[schemars(example = &"https://shop.example/contact")]
    pub contact: Option<String>,
    /// Hosts that may be spoken to whatever they resolve to.
    #[schemars(example = ["feeds.internal"])]
    pub allow_hosts: Vec<String>,
    /// Networks inside that may be spoken to all the same.
    #[schemars(example = ["10.1.0.0/16"])]
    pub allow_networks: Vec<String>,
    /// An HTTP proxy that all goes through.
    #[schemars(example = &"http://proxy.example:3128")]
    pub proxy: Option<String>,
    /// Requests that one host gets at once.
    pub per_host: usize,
    /// Requests at once in all.
    pub at_once: usize,
}

/// Whose tokens are taken besides those that `vitrine token` makes: `issuer`, `audience` and `jwks`, all
/// three or none. Of one issuer for many shops: whoever it gives the role admin runs them all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// Who issues them, as their claim `iss` has it.
    #[schemars(example = &"https://login.example/")]
    pub issuer: Option<String>,
    /// What this service is called in their claim `aud`.
    #[schemars(example = &"vitrine")]
    pub audience: Option<String>,
    /// Where the issuer's public keys are, as a JWK Set (RFC 7517).
    #[schemars(example = &"https://login.example/.well-known/jwks.json")]
    pub jwks: Option<String>,
    /// The claim that names the merchant.
    pub merchant_claim: String,
    /// The claim that lists the scopes.
    pub scopes_claim: String,
    /// The claim that lists the roles.
    pub roles_claim: String,
}

/// Requests that may come in a minute; 0 for no bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Those to /v1 with one token; more are answered 429 with Retry-After.
    pub caller_per_minute: u32,
    /// Those with all tokens of a merchant together.
    pub merchant_per_minute: u32,
}

/// How products are matched; `vitrine eval matches --tune` finds what suits other models and photos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Matching {
    /// The cosine below which nothing is a match. The embedder card's own where not set, and 0.45
    /// without a card.
    #[schemars(example = 0.45)]
    pub min_similarity: Option<f32>,
    /// What each leg of a search counts, beside the others: a product is found by the sum of each
    /// weight times the leg's score, brought to 0 to 1 over what the leg found. One that counts 0 is
    /// left out.
    pub weights: Legs,
    /// The share of how alike pictures look, beside words and attributes, when matches are put in
    /// order.
    pub picture_share: f32,
}

/// What each leg of a search counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Legs {
    /// Words that mean alike.
    pub words: f32,
    /// Words that are the same.
    pub terms: f32,
    /// Pictures that look alike.
    pub picture: f32,
}

/// Photos that were sent, kept so that they need not be sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Photos {
    /// Minutes that a photo which was sent is kept, so that it can be asked for again by its id and
    /// looks can be refined with advice. It is kept as the model sees it, in memory. 0 keeps none.
    pub keep_minutes: u64,
    /// The same minutes for single merchants, by their names.
    #[schemars(example = serde_json::json!({"my shop": 5}))]
    pub merchants: HashMap<String, u64>,
    /// Memory for kept photos, in MiB.
    pub cache_mib: u64,
}

/// What the service tells of its work on standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// What is logged, as in `info` or `vitrine_api=debug,warn`.
    pub filter: String,
    /// "text" for people, "json" for programs.
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Traces: where the time of single requests went, a span for each step of a look, with neither photos
/// nor tokens in them. OpenTelemetry's variables for batches, as `OTEL_BSP_SCHEDULE_DELAY`, hold too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Traces {
    /// The collector that they are sent to by OTLP over HTTP; none are made where not set.
    #[schemars(example = &"http://localhost:4318")]
    pub otlp: Option<String>,
    /// Headers that the collector wants, as its key. Better given by the environment or a file.
    #[schemars(example = serde_json::json!({"x-key": "secret"}), extend("x-secret" = true))]
    pub headers: HashMap<String, String>,
    /// What this service is called in them.
    pub service: String,
    /// The share of requests that are traced, 0 to 1, where the caller has not decided it.
    pub sample: f64,
    /// Whether a request goes on in the trace that its caller names in `traceparent`, and is traced where
    /// the caller says so. `false` where strangers' requests come straight to this service.
    pub join: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: Server {
                listen: "127.0.0.1:8080".into(),
                workers: 2,
                metrics: true,
                tls_certificate: None,
                tls_key: None,
            },
            cors: Cors::default(),
            pages: Pages { enabled: true, guests: None },
            data: Data {
                folder: "data".into(),
                secret_file: None,
                cache_mib: 64,
                database: None,
                redis: None,
                redis_prefix: "vitrine".into(),
                connections: 16,
                migrate: true,
                indexer: true,
            },
            models: Models::default(),
            embedder: Embedder::default(),
            image_embedder: ImageEmbedder::default(),
            moderation: Moderation::default(),
            matching: Matching {
                min_similarity: None,
                weights: LEGS,
                picture_share: PICTURE_SHARE,
            },
            photos: Photos { keep_minutes: 60, merchants: HashMap::new(), cache_mib: 64 },
            index: Index {
                server: None,
                api_key: None,
                collection: "vitrine".into(),
                shards: 1,
                replicas: 1,
                quantization: Quantization::None,
                timeout_seconds: 5,
            },
            imports: Imports { workers: 2, max_mib: 2_048, lease_seconds: 15 },
            pictures: Pictures { fetch: true, at_once: 4 },
            events: Events { keep_days: 400 },
            conversations: Conversations { keep_days: 30 },
            inbound: InboundSettings::default(),
            limits: Limits { caller_per_minute: 600, merchant_per_minute: 6_000 },
            outbound: Outbound {
                contact: None,
                allow_hosts: Vec::new(),
                allow_networks: Vec::new(),
                proxy: None,
                per_host: 4,
                at_once: 32,
            },
            tokens: Tokens {
                issuer: None,
                audience: None,
                jwks: None,
                merchant_claim: "merchant".into(),
                scopes_claim: "scope".into(),
                roles_claim: "roles".into(),
            },
            log: Log {
                filter: "info,mistralrs=warn,mistralrs_core=warn,qdrant_edge=error,rmcp=error"
                    .into(),
                format: LogFormat::Text,
            },
            traces: Traces {
                otlp: None,
                headers: HashMap::new(),
                service: "vitrine".into(),
                sample: 1.0,
                join: true,
            },
        }
    }
}

impl Server {
    pub fn scheme(&self) -> &'static str {
        if self.tls_certificate.is_some() { "https" } else { "http" }
    }

    /// The files of a certificate and of its key, where TLS is to be spoken.
    pub fn certificate(&self) -> Result<Option<(&Path, &Path)>, Error> {
        match (&self.tls_certificate, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            _ => {
                let needs = "`server.tls_certificate` and `server.tls_key` need one another; set \
                             both or none";
                Err(Error::Settings(needs.into()))
            }
        }
    }
}

impl Settings {
    /// The pages, for a shop that is in production.
    pub fn pages(&self) -> vitrine_api::Pages {
        let Pages { enabled, guests } = self.pages.clone();
        vitrine_api::Pages { enabled, guests, trial: None }
    }

    /// What counts how much when products are found and put in order.
    pub fn balance(&self) -> Balance {
        let Matching { weights: Legs { words, terms, picture }, picture_share, .. } = self.matching;
        Balance { legs: Weights { words, terms, picture }, picture_share }
    }

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

    /// How often callers and merchants may ask.
    pub fn rates(&self) -> RateLimits {
        RateLimits {
            caller: Quota::a_minute(self.limits.caller_per_minute),
            merchant: Quota::a_minute(self.limits.merchant_per_minute),
        }
    }

    /// How imports are run.
    pub fn imports(&self) -> ImportSettings {
        ImportSettings {
            lease: Duration::from_secs(self.imports.lease_seconds.max(1)),
            max_bytes: self.imports.max_mib.saturating_mul(1024 * 1024),
        }
    }

    /// How strangers' addresses are fetched.
    pub fn outbound(&self) -> OutboundSettings {
        let Outbound { contact, allow_hosts, allow_networks, proxy, per_host, at_once } =
            self.outbound.clone();
        OutboundSettings {
            contact,
            allow_hosts,
            allow_networks,
            proxy,
            per_host,
            at_once,
            ..OutboundSettings::default()
        }
    }

    /// How long photos are kept.
    pub fn photo_keeping(&self) -> Result<PhotoKeeping, BadId> {
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let merchants = self.photos.merchants.iter().map(|(merchant, kept)| {
            MerchantId::new(merchant).map(|merchant| (merchant, minutes(*kept)))
        });
        Ok(PhotoKeeping {
            default: minutes(self.photos.keep_minutes),
            merchants: merchants.collect::<Result<_, _>>()?,
        })
    }

    /// Whose tokens are taken besides our own, if anybody's are.
    pub fn issuer(&self) -> Result<Option<IssuerSettings>, Error> {
        let Tokens { issuer, audience, jwks, merchant_claim, scopes_claim, roles_claim } =
            self.tokens.clone();
        let (issuer, audience, jwks) = match (issuer, audience, jwks) {
            (None, None, None) => return Ok(None),
            (Some(issuer), Some(audience), Some(jwks)) => (issuer, audience, jwks),
            _ => {
                let needs = "`tokens.issuer`, `tokens.audience` and `tokens.jwks` need one another; \
                             set all three or none";
                return Err(Error::Settings(needs.into()));
            }
        };
        if issuer == vitrine_api::ISSUER {
            let taken = format!("`tokens.issuer` can not be `{issuer}`: our own tokens say so");
            return Err(Error::Settings(taken));
        }
        let jwks = WebAddress::parse(&jwks)
            .map_err(|error| Error::Settings(format!("`tokens.jwks`: {error}")))?;
        let times = KeyTimes::default();
        Ok(Some(IssuerSettings {
            issuer,
            audience,
            jwks,
            merchant_claim,
            scopes_claim,
            roles_claim,
            times,
        }))
    }

    /// The file with the secret that signs tokens.
    pub fn secret_file(&self) -> PathBuf {
        self.data.secret_file.clone().unwrap_or_else(|| self.data.folder.join("secret"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Common;

    pub(super) fn common(set: &[&str]) -> Common {
        Common { config: None, set: set.iter().map(|s| (*s).to_owned()).collect(), data: None }
    }

    pub(super) fn with_file(text: &str, set: &[&str]) -> Result<Settings, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vitrine.toml");
        std::fs::write(&file, text).unwrap();
        Settings::read(&Common { config: Some(file), ..common(set) }, None)
    }

    #[test]
    fn a_merchant_has_its_own_time_for_photos() {
        let settings = with_file("[photos.merchants]\n\"my shop\" = 5", &[]).unwrap();
        let keeping = settings.photo_keeping().unwrap();
        assert_eq!(keeping.default, Duration::from_secs(3_600));
        let shop = MerchantId::new("my shop").unwrap();
        assert_eq!(keeping.merchants[&shop], Duration::from_secs(300));
        let wrong = with_file("[photos.merchant]\nshop = 5", &[]).unwrap_err().to_string();
        assert!(wrong.contains("`photos.merchant.shop` is not a setting"), "{wrong}");
    }

    #[test]
    fn an_issuer_is_named_whole_or_not_at_all() {
        let issuer = r#"tokens.issuer="https://login.example/""#;
        let (audience, jwks) = ("tokens.audience=api", "tokens.jwks=https://login.example/jwks");
        let issuer_of = |set: &[&str]| Settings::read(&common(set), None).unwrap().issuer();
        assert_eq!(issuer_of(&[]).unwrap(), None);
        let named = issuer_of(&[issuer, audience, jwks, "tokens.scopes_claim=scp"]).unwrap();
        let named = named.unwrap();
        assert_eq!((named.audience.as_str(), named.scopes_claim.as_str()), ("api", "scp"));
        for set in [&[issuer][..], &[issuer, audience], &[audience, jwks], &[jwks]] {
            let error = issuer_of(set).unwrap_err().to_string();
            assert!(error.contains("set all three or none"), "{error}");
        }
        let error = issuer_of(&["tokens.issuer=vitrine", audience, jwks]).unwrap_err();
        assert!(error.to_string().contains("our own tokens"), "{error}");
        let error = issuer_of(&[issuer, audience, "tokens.jwks=keys.json"]).unwrap_err();
        assert!(error.to_string().contains("`tokens.jwks`"), "{error}");
    }

    #[test]
    fn who_brings_messages_is_listed_and_its_secrets_are_not_shown() {
        let text = "[[inbound.whatsapp]]\nmerchant = \"demo\"\napp_secret = \"hush\"\n\
                    verify_token = \"hush\"\naccess_token = \"hush\"\nphone_number_id = \"1\"\n\
                    [[inbound.webhooks]]\nmerchant = \"demo\"\nname = \"chat\"\n\
                    secret = \"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"";
        let settings = with_file(text, &[]).unwrap();
        let shown = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
        assert!(shown.contains("\"chat\"") && !shown.contains("hush") && !shown.contains("AAAA"));
        let error = with_file(&text.replace("app_secret", "app_secrit"), &[]).unwrap_err();
        assert!(error.to_string().contains("app_secrit"), "{error}");
    }

    #[test]
    fn the_example_is_the_defaults() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vitrine.example.toml");
        let example = std::fs::read_to_string(file).unwrap();
        // The defaults name the folder of the models where it was found.
        let folder = crate::demo::folder().display().to_string();
        let told = |settings: Settings| format!("{settings:?}").replace(&folder, "demo");
        assert_eq!(told(with_file(&example, &[]).unwrap()), told(Settings::default()));
        assert!(with_file("[matching]\n[image_embedder.grades]", &[]).is_ok());
        assert!(with_file("[machting]", &[]).is_err());
    }

    #[test]
    fn web_pages_are_named_for_all_merchants_and_for_each() {
        let text = "[cors]\norigins = [\"https://Shop.example\"]\n\
                    [cors.merchants]\n\"my.shop\" = [\"http://localhost:3000\"]";
        let cors = with_file(text, &[]).unwrap().cors;
        assert_eq!(cors.origins[0].to_string(), "https://shop.example");
        let (merchant, origins) = cors.merchants.first_key_value().unwrap();
        assert_eq!((merchant.as_str(), origins.len()), ("my.shop", 1));

        let error =
            with_file("[cors]\norigins = [\"shop.example/\"]", &[]).unwrap_err().to_string();
        assert!(error.contains("is not an origin; write scheme and host alone"), "{error}");
        let error = with_file("[cors]\norigin = []", &[]).unwrap_err().to_string();
        assert!(error.contains("did you mean `cors.origins`?"), "{error}");
    }
}
