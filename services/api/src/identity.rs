//! Who shows a token or a key.

use std::sync::Arc;

use jiff::Timestamp;
use vitrine_core::{
    ids::{KeyId, MerchantId},
    keys::{KeySecret, Keyring, PREFIX},
    scope::Scopes,
};

use crate::{
    problem::Problem,
    problems::Code,
    tokens::{BadToken, Issuer, TokenKeys},
};

/// Somebody who proved who they are. The merchant is what the proof says, whatever the request says.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub merchant: MerchantId,
    pub scopes: Scopes,
    /// The key that was shown, if it was one.
    pub key: Option<KeyId>,
}

/// All that can prove who somebody is.
pub(crate) struct Identities {
    pub tokens: TokenKeys,
    pub issuer: Option<Arc<Issuer>>,
    pub keys: Arc<Keyring>,
}

impl Identities {
    /// Whose bearer token (RFC 6750) this is.
    pub(crate) async fn of(&self, bearer: &str) -> Result<Identity, Problem> {
        if bearer.starts_with(PREFIX) {
            return self.of_key(bearer).await;
        }
        let refused = |bad| match bad {
            BadToken::Expired => Problem::of(Code::TokenExpired),
            BadToken::Invalid => Problem::of(Code::TokenInvalid),
            BadToken::IssuerSilent => Problem::issuer_silent(),
        };
        let (merchant, scopes) = match &self.issuer {
            Some(issuer) if issuer.is_named_by(bearer) => issuer.check(bearer).await,
            _ => self.tokens.check(bearer).map(|claims| (claims.sub, claims.role.scopes())),
        }
        .map_err(refused)?;
        Ok(Identity { merchant, scopes, key: None })
    }

    async fn of_key(&self, bearer: &str) -> Result<Identity, Problem> {
        let unknown = || Problem::of(Code::TokenInvalid);
        let secret = KeySecret::parse(bearer).ok_or_else(unknown)?;
        let key = self.keys.find(&secret).await?.ok_or_else(unknown)?;
        if key.has_expired(Timestamp::now()) {
            return Err(Problem::of(Code::TokenExpired));
        }
        Ok(Identity { merchant: key.merchant, scopes: key.scopes, key: Some(key.id) })
    }
}
