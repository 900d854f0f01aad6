//! Who is let in besides the holders of our own tokens: the issuer that the operator trusts, and
//! the merchants' keys for servers.

use std::sync::Arc;

use vitrine_api::Issuer;
use vitrine_core::keys::{KEPT, Keyring};
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

pub(crate) fn keyring(database: &Database) -> Arc<Keyring> {
    Arc::new(Keyring::new(Arc::clone(&database.keys), KEPT))
}
