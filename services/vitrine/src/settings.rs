//! Settings: defaults, then a TOML file, then environment variables, then flags.

mod matching;
mod models;
mod moderation;
mod observing;
mod outbound;
mod photos;
mod reading;
pub mod reference;
mod stores;
mod tokens;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_api::{Cors, InboundSettings, RateLimits};
use vitrine_core::{ids::MerchantId, imports::ImportSettings, quota::Quota};

use crate::error::Error;
pub use matching::{Legs, Matching};
pub use models::{Embedder, Encoder, ImageEmbedder, Models, TextEncoder};
pub use moderation::{Judge, Moderation};
pub use observing::{Log, LogFormat, Traces};
pub use outbound::Outbound;
pub use photos::Photos;
pub use reading::source;
pub use stores::{Data, Index, Quantization};
pub use tokens::Tokens;

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

/// Requests that may come in a minute; 0 for no bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Those to /v1 with one token; more are answered 429 with Retry-After.
    pub caller_per_minute: u32,
    /// Those with all tokens of a merchant together.
    pub merchant_per_minute: u32,
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
            data: Data::default(),
            models: Models::default(),
            embedder: Embedder::default(),
            image_embedder: ImageEmbedder::default(),
            moderation: Moderation::default(),
            matching: Matching::default(),
            photos: Photos::default(),
            index: Index::default(),
            imports: Imports { workers: 2, max_mib: 2_048, lease_seconds: 15 },
            pictures: Pictures { fetch: true, at_once: 4 },
            events: Events { keep_days: 400 },
            conversations: Conversations { keep_days: 30 },
            inbound: InboundSettings::default(),
            limits: Limits { caller_per_minute: 600, merchant_per_minute: 6_000 },
            outbound: Outbound::default(),
            tokens: Tokens::default(),
            log: Log::default(),
            traces: Traces::default(),
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
