//! Settings: defaults, then a TOML file, then environment variables, then flags.

mod models;
mod moderation;

use std::{collections::HashMap, path::PathBuf, time::Duration};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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

use crate::{cli::Common, error::Error};
pub use models::{Embedder, Encoder, ImageEmbedder, Models, TextEncoder};
pub use moderation::{Judge, Moderation};

/// What `vitrine eval matches --tune` found best for the small models on validation photos
/// (demo/train/README.md).
const LEGS: Weights = Weights { words: 0.1, terms: 0.1, picture: 1.0 };
const PICTURE_SHARE: f32 = 0.8;

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// Address and port to answer on.
    pub listen: String,
    /// Threads that answer.
    pub workers: usize,
    /// Whether `/metrics` is answered.
    pub metrics: bool,
}

/// The pages for people: a shopper's, a merchant's, an agent's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pages {
    /// Whether they are answered.
    pub enabled: bool,
    /// The merchant whose shop everybody may visit on the shopper's page, without a token of the
    /// shop's.
    pub guests: Option<MerchantId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Where the catalog, the index and the secret are kept.
    pub folder: PathBuf,
    /// The file with the secret that signs tokens; made in the data folder where not set.
    pub secret_file: Option<PathBuf>,
    /// Memory for remembered answers, in MiB.
    pub cache_mib: u64,
    /// PostgreSQL, as `postgres://user:password@host/database`; a file in the data folder where not
    /// set.
    pub database: Option<String>,
    /// Redis, as `redis://user:password@host`, `rediss://` for TLS; memory of each process where not
    /// set. What several services that answer for the same merchants have in common.
    pub redis: Option<String>,
    /// What all keys in Redis begin with; one for each installation.
    pub redis_prefix: String,
    /// Connections to PostgreSQL.
    pub connections: u32,
    /// Whether the tables are brought up to this version at start; else `vitrine migrate` does it.
    pub migrate: bool,
    /// Whether a service brings the index up to the catalog. Of many that share a Qdrant server one
    /// does at a time, and at least one must be allowed to.
    pub indexer: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// A Qdrant server's gRPC address, as `http://localhost:6334`; a folder in the data folder
    /// where not set.
    pub server: Option<String>,
    pub api_key: Option<String>,
    /// What collections on the server are named after; one for each installation.
    pub collection: String,
    /// Parts that a collection is spread in, and nodes that hold each.
    pub shards: u32,
    pub replicas: u32,
    pub quantization: Quantization,
    pub timeout_seconds: u64,
}

/// How vectors on a Qdrant server are kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantization {
    None,
    Scalar,
    Binary,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imports {
    /// Imports run at once, of different merchants.
    pub workers: usize,
    /// The most MiB of a feed, as it is sent.
    pub max_mib: u64,
    /// Seconds after which an import whose process was not heard of is taken over.
    pub lease_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    /// Whether product pictures are fetched.
    pub fetch: bool,
    /// Pictures fetched at once.
    pub at_once: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// Days that raw events, and what is known of single looks, are kept; 31 at least. What they
    /// counted for stays in the reports.
    pub keep_days: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversations {
    /// Days that a conversation is kept after its last message.
    pub keep_days: u32,
}

/// What may be fetched from addresses that strangers gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outbound {
    /// An address where a server's owner can ask who we are.
    pub contact: Option<String>,
    /// Hosts that may be spoken to whatever they resolve to.
    pub allow_hosts: Vec<String>,
    /// Networks that may be spoken to, as `10.1.0.0/16`.
    pub allow_networks: Vec<String>,
    /// An HTTP proxy that all goes through.
    pub proxy: Option<String>,
    /// Requests that one host gets at once, and requests at once in all.
    pub per_host: usize,
    pub at_once: usize,
}

/// Whose tokens are taken besides our own: issuer, audience and jwks, all or none of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tokens {
    /// Who issues them, as their claim `iss` has it.
    pub issuer: Option<String>,
    /// What this service is called in their claim `aud`.
    pub audience: Option<String>,
    /// Where the issuer's public keys are, as a JWK Set.
    pub jwks: Option<String>,
    /// The claims that name the merchant, the scopes and the roles.
    pub merchant_claim: String,
    pub scopes_claim: String,
    pub roles_claim: String,
}

/// Requests that may come in a minute; 0 for no bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// With one token.
    pub caller_per_minute: u32,
    /// With all tokens of a merchant together.
    pub merchant_per_minute: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matching {
    /// The cosine below which nothing is a match; the embedder's own where not set.
    pub min_similarity: Option<f32>,
    /// What each leg counts that the index is searched by.
    pub weights: Weights,
    /// The share of how alike pictures look when matches are put in order, 0 to 1.
    pub picture_share: f32,
}

/// Photos that were sent, kept so that they need not be sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Photos {
    /// Minutes from when a photo is sent; 0 keeps none.
    pub keep_minutes: u64,
    /// The same for single merchants, by their names.
    pub merchants: HashMap<String, u64>,
    /// Memory for them, in MiB.
    pub cache_mib: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// What is logged, as `info` or `vitrine_api=debug,warn`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: Server { listen: "127.0.0.1:8080".into(), workers: 2, metrics: true },
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
        }
    }
}

impl Settings {
    /// Reads all sources; an unknown key is an error that names the nearest known one.
    pub fn read(common: &Common, listen: Option<&str>) -> Result<Self, Error> {
        let given = given(common, listen)?;
        refuse_unknown(&given)?;
        Figment::from(Serialized::defaults(Self::default()))
            .merge(given)
            .extract()
            .map_err(|error| Error::Settings(format!("the settings can not be used: {error}")))
    }

    /// The pages, for a shop that is in production.
    pub fn pages(&self) -> vitrine_api::Pages {
        let Pages { enabled, guests } = self.pages.clone();
        vitrine_api::Pages { enabled, guests, trial: None }
    }

    /// What counts how much when products are found and put in order.
    pub fn balance(&self) -> Balance {
        let Matching { weights, picture_share, .. } = self.matching;
        Balance { legs: weights, picture_share }
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

/// What was set, the defaults aside.
fn given(common: &Common, listen: Option<&str>) -> Result<Figment, Error> {
    let mut given = Figment::new();
    if let Some(file) = &common.config {
        if !file.is_file() {
            let message = format!("there is no settings file {}", file.display());
            return Err(Error::Settings(message));
        }
        given = given.merge(Toml::file_exact(file));
    }
    let variables = Env::prefixed("VITRINE_").split("__");
    for (key, path) in variables.iter() {
        if let Some(name) = kept_in_file(key.as_str()) {
            let text = std::fs::read_to_string(path.trim()).map_err(|error| {
                Error::Settings(format!("`{name}` is to be read from {path}: {error}"))
            })?;
            given = given.merge(Serialized::global(&name, text.trim_end()));
        }
    }
    given = given.merge(variables.filter(|key| kept_in_file(key.as_str()).is_none()));
    for pair in &common.set {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Error::Settings(format!("`--set {pair}` has no `=`; write it as models.isq=4"))
        })?;
        given = given.merge(Serialized::global(key.trim(), plain_value(value.trim())));
    }
    if let Some(folder) = &common.data {
        given = given.merge(Serialized::global("data.folder", folder));
    }
    if let Some(listen) = listen {
        given = given.merge(Serialized::global("server.listen", listen));
    }
    Ok(given)
}

/// The setting whose value is in the file that a variable names: `data.database` of
/// `data.database_file`. None where that is a setting itself.
fn kept_in_file(key: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    let name = key.strip_suffix("_file")?;
    let known = known();
    let is = |name: &str| known.iter().any(|leaf| leaf == name);
    (is(name) && !is(&key)).then(|| name.to_owned())
}

/// The dotted names of all settings.
fn known() -> Vec<String> {
    leaves("", &serde_json::to_value(Settings::default()).unwrap_or_default())
}

fn plain_value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Array(_))) => value,
        _ => Value::from(text),
    }
}

fn refuse_unknown(given: &Figment) -> Result<(), Error> {
    let unreadable = |error| Error::Settings(format!("the settings can not be read: {error}"));
    let given: Value = given.extract().map_err(unreadable)?;
    let known = known();
    for key in leaves("", &given) {
        // A table with nothing in it, as in a file of which all else is commented out.
        let empty = key.strip_suffix('*');
        let inside_known = known.iter().any(|leaf| match leaf.strip_suffix('*') {
            Some(table) => key.starts_with(table),
            None => key == *leaf || empty.is_some_and(|table| leaf.starts_with(table)),
        });
        if !inside_known {
            let nearest = known.iter().max_by(|one, other| {
                strsim::jaro_winkler(one, &key).total_cmp(&strsim::jaro_winkler(other, &key))
            });
            let nearest = nearest.map(String::as_str).unwrap_or_default();
            let message = format!("`{key}` is not a setting; did you mean `{nearest}`?");
            return Err(Error::Settings(message));
        }
    }
    Ok(())
}

/// The dotted names of all values that are not tables; `name.*` for a table that is empty, whose
/// names are the operator's own.
fn leaves(prefix: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) if members.is_empty() && !prefix.is_empty() => {
            vec![format!("{prefix}.*")]
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                leaves(&name, value)
            })
            .collect(),
        _ => vec![prefix.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(set: &[&str]) -> Common {
        Common { config: None, set: set.iter().map(|s| (*s).to_owned()).collect(), data: None }
    }

    fn with_file(text: &str, set: &[&str]) -> Result<Settings, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vitrine.toml");
        std::fs::write(&file, text).unwrap();
        Settings::read(&Common { config: Some(file), ..common(set) }, None)
    }

    #[test]
    fn a_flag_is_stronger_than_the_file() {
        let text = "[models]\nqueue = 7\nisq = 4\n[server]\nlisten = \"0.0.0.0:1\"";
        let settings = with_file(text, &["models.queue=9"]).unwrap();
        assert_eq!(settings.models.queue, 9);
        assert_eq!(settings.models.isq.as_deref(), Some("4"));
        assert_eq!(settings.server.listen, "0.0.0.0:1");
    }

    #[test]
    fn a_list_is_set_by_a_flag_as_json() {
        let set = common(&[r#"outbound.allow_hosts=["feeds.internal", "10.0.0.7"]"#]);
        let settings = Settings::read(&set, None).unwrap();
        assert_eq!(settings.outbound().allow_hosts, ["feeds.internal", "10.0.0.7"]);
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
    fn an_unknown_key_names_the_nearest_known_one() {
        let error = with_file("[models]\nvisoin = \"x\"", &[]).unwrap_err().to_string();
        assert_eq!(error, "`models.visoin` is not a setting; did you mean `models.vision`?");
        let error = Settings::read(&common(&["server.listn=x"]), None).unwrap_err().to_string();
        assert!(error.ends_with("did you mean `server.listen`?"), "{error}");
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
    fn a_variable_may_name_the_file_that_has_a_setting() {
        assert_eq!(kept_in_file("data.database_file").as_deref(), Some("data.database"));
        assert_eq!(kept_in_file("MODELS.API_KEY_FILE").as_deref(), Some("models.api_key"));
        for setting in ["data.secret_file", "data.database", "data.nothing_file"] {
            assert_eq!(kept_in_file(setting), None);
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_says_which() {
        let error = with_file("[models]\nqueue = \"many\"", &[]).unwrap_err().to_string();
        assert!(error.contains("models.queue") || error.contains("queue"), "{error}");
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

    #[test]
    fn a_file_that_is_missing_is_an_error() {
        let missing = Common { config: Some("no-such.toml".into()), ..common(&[]) };
        let error = Settings::read(&missing, None).unwrap_err().to_string();
        assert!(error.contains("no-such.toml"), "{error}");
    }
}
