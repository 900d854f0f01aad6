//! Who is let in besides the holders of our own tokens: the issuer that the operator trusts, and
//! the merchants' keys for servers.

use std::sync::Arc;

use vitrine_api::Issuer;
use vitrine_core::{
    keys::{KEPT, Keyring},
    ports::Cache,
};
use vitrine_outbound::Outbound;

use crate::{database::Database, error::Error, settings::Settings};

/// The issuer whose tokens are taken, if the settings name one. Its address is the operator's own
/// word, so it may be anywhere; the client for it speaks to no other place inside.
pub(crate) fn issuer(settings: &Settings) -> Result<Option<Arc<Issuer>>, Error> {
    let Some(issuer) = settings.issuer()? else { return Ok(None) };
    let mut rules = settings.outbound();
    rules.allow_hosts.push(issuer.jwks.host().to_string());
    let fetch = Outbound::new(&rules).map_err(|error| Error::Settings(error.to_string()))?;
    Ok(Some(Arc::new(Issuer::new(issuer, Arc::new(fetch)))))
}

pub(crate) fn keyring(database: &Database, shared: &Arc<dyn Cache>) -> Arc<Keyring> {
    Arc::new(Keyring::new(Arc::clone(&database.keys), Arc::clone(shared), KEPT))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::cli::Common;

    /// The public key of RFC 8037, appendix A.2.
    const KEYS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "one",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn set(pairs: &[&str]) -> Settings {
        let set = pairs.iter().map(|pair| (*pair).to_owned()).collect();
        Settings::read(&Common { config: None, set, data: None }, None).unwrap()
    }

    #[tokio::test]
    async fn an_issuer_inside_is_asked_for_its_keys_and_nothing_else_there_is_opened() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tokens.jwks=http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut asked = [0; 4096];
            let _ = line.read(&mut asked).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", KEYS.len());
            line.write_all(format!("{head}{KEYS}").as_bytes()).await.unwrap();
        });
        let settings = set(&["tokens.issuer=login", "tokens.audience=api", &address]);
        assert_eq!(issuer(&settings).unwrap().unwrap().look().await, Ok(1));
        assert!(settings.outbound().allow_hosts.is_empty(), "feeds are fetched as ever");
    }

    #[tokio::test]
    async fn without_an_issuer_none_is_asked() {
        assert!(issuer(&set(&[])).unwrap().is_none());
    }
}
