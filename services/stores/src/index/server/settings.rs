use std::{fmt, time::Duration};

use vitrine_core::ports::StoreError;

use super::STORE;

/// How a server keeps dense vectors in memory. Smaller ones are only used to choose among points;
/// those chosen are compared by their whole vectors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quantization {
    /// 32 bits a value.
    #[default]
    None,
    /// 8 bits a value.
    Scalar,
    /// 1 bit a value, for vectors of about 1,000 values and more.
    Binary,
}

/// Which server, and how what is created on it is laid out.
#[derive(Clone)]
pub struct ServerSettings {
    /// Where it speaks gRPC, such as `http://localhost:6334`; `https` for TLS.
    pub url: String,
    pub api_key: Option<String>,
    /// The alias that is searched; collections are named after it. One installation each.
    pub collection: String,
    /// Parts that a collection is spread in. Rarity of words is counted in each part by itself,
    /// so only one ranks just as the embedded index does.
    pub shards: u32,
    /// Nodes that hold each part.
    pub replicas: u32,
    pub quantization: Quantization,
    /// How long one try may take.
    pub timeout: Duration,
    /// How often is tried again where the server is not reachable or too slow.
    pub retries: u32,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            url: "http://localhost:6334".into(),
            api_key: None,
            collection: "vitrine".into(),
            shards: 1,
            replicas: 1,
            quantization: Quantization::None,
            timeout: Duration::from_secs(5),
            retries: 3,
        }
    }
}

/// The key is not shown.
impl fmt::Debug for ServerSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, api_key, collection, shards, replicas, quantization, timeout, retries } =
            self;
        out.debug_struct("ServerSettings")
            .field("url", url)
            .field("api_key", &api_key.as_ref().map(|_| "hidden"))
            .field("collection", collection)
            .field("shards", shards)
            .field("replicas", replicas)
            .field("quantization", quantization)
            .field("timeout", timeout)
            .field("retries", retries)
            .finish()
    }
}

impl ServerSettings {
    /// What would else be told by the server, or, of the key, in full by the client.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let bad = |what: &str| Err(STORE.unavailable(what));
        if !self.url.starts_with("http://") && !self.url.starts_with("https://") {
            return bad("its address must begin with `http://` or `https://`");
        }
        if self.url.contains('@') {
            return bad("its address must hold no name and no password; give an API key instead");
        }
        let key = self.api_key.as_deref().unwrap_or("none");
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return bad("its API key must be of visible ASCII characters without spaces");
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=100).contains(&self.collection.len()) || !self.collection.chars().all(plain) {
            return bad("its collection's name must be 1 to 100 letters, digits, `-` and `_`");
        }
        if self.shards == 0 || self.replicas == 0 {
            return bad("its shards and replicas must be 1 at least");
        }
        if self.timeout.is_zero() {
            return bad("its timeout must be longer than nothing");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_never_shown() {
        let key = "s3cret key\n";
        let settings = ServerSettings { api_key: Some(key.into()), ..ServerSettings::default() };
        let error = settings.check().unwrap_err();
        let told = format!("{settings:?} {error:?} {error}");
        assert!(!told.contains("s3cret") && told.contains("API key"), "{told}");
    }

    #[test]
    fn settings_that_can_not_be_are_refused_by_what_to_do() {
        let good = ServerSettings::default;
        good().check().unwrap();
        let bad = [
            (ServerSettings { url: "localhost:6334".into(), ..good() }, "http://"),
            (ServerSettings { url: "http://me:pass@host:6334".into(), ..good() }, "API key"),
            (ServerSettings { api_key: Some(String::new()), ..good() }, "API key"),
            (ServerSettings { collection: "my shop".into(), ..good() }, "letters"),
            (ServerSettings { collection: String::new(), ..good() }, "letters"),
            (ServerSettings { shards: 0, ..good() }, "shards"),
            (ServerSettings { replicas: 0, ..good() }, "replicas"),
            (ServerSettings { timeout: Duration::ZERO, ..good() }, "timeout"),
        ];
        for (settings, hint) in bad {
            let error = settings.check().unwrap_err().to_string();
            assert!(error.contains(hint) && !error.contains("pass@"), "{error}");
        }
    }
}
