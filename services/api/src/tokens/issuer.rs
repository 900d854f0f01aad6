//! Tokens that another service issued, checked by the public keys that it shows.

use std::sync::Arc;

use jsonwebtoken::{
    Validation, dangerous::insecure_decode_claims, decode, decode_header, errors::ErrorKind,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use vitrine_core::{
    address::WebAddress,
    ids::MerchantId,
    ports::Fetch,
    scope::{Scope, Scopes},
};

use super::{
    BadToken, CLOCK_SKEW, Role,
    key_set::{KeySet, KeyTimes},
    public_key::PublicKey,
};

/// Who issues tokens besides this service, and how they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// As the claim `iss` has it.
    pub issuer: String,
    /// What this service is called in the claim `aud`.
    pub audience: String,
    /// Where the issuer's public keys are, as a JWK Set (RFC 7517).
    pub jwks: WebAddress,
    /// The claim that names the merchant.
    pub merchant_claim: String,
    /// The claim with scopes: words separated by spaces, or a list of them (RFC 8693, 4.2).
    pub scopes_claim: String,
    /// The claim with roles, of the same form (RFC 9068, 2.2.3.1).
    pub roles_claim: String,
    pub times: KeyTimes,
}

/// Checks the tokens of one issuer: RS256, ES256 and EdDSA, each by a key made for it.
pub struct Issuer {
    settings: IssuerSettings,
    keys: Arc<KeySet>,
}

#[derive(Deserialize)]
struct Issued {
    iss: String,
}

impl Issuer {
    /// Fetches keys by `fetch`, once the first token comes.
    pub fn new(settings: IssuerSettings, fetch: Arc<dyn Fetch>) -> Self {
        let keys = Arc::new(KeySet::new(settings.jwks.clone(), fetch, settings.times));
        Self { settings, keys }
    }

    /// How many keys its address has now that can be used here, or why there are none.
    pub async fn look(&self) -> Result<usize, String> {
        self.keys.fetch().await.map(|keys| keys.len())
    }

    /// Whether a token says that it comes from here; it may lie.
    pub(crate) fn is_named_by(&self, token: &str) -> bool {
        let claimed = insecure_decode_claims::<Issued>(token);
        claimed.is_ok_and(|Issued { iss }| iss == self.settings.issuer)
    }

    /// Whose token it is and what it allows.
    pub(crate) async fn check(&self, token: &str) -> Result<(MerchantId, Scopes), BadToken> {
        let header = decode_header(token).map_err(|_| BadToken::Invalid)?;
        // None of the extensions that a token may insist on is known here (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(BadToken::Invalid);
        }
        let keys = self.keys.named(header.kid.as_deref()).await;
        let keys = keys.map_err(|_| BadToken::IssuerSilent)?;
        let mut bad = BadToken::Invalid;
        for key in &keys {
            match self.claims(token, key) {
                Ok(claims) => return self.read(&claims),
                Err(BadToken::Expired) => bad = BadToken::Expired,
                Err(_) => {}
            }
        }
        Err(bad)
    }

    fn claims(&self, token: &str, key: &PublicKey) -> Result<Map<String, Value>, BadToken> {
        let mut rules = Validation::new(key.algorithm);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        rules.set_issuer(&[&self.settings.issuer]);
        rules.set_audience(&[&self.settings.audience]);
        rules.validate_nbf = true;
        rules.leeway = CLOCK_SKEW;
        let checked = decode(token, &key.key, &rules);
        checked.map(|token| token.claims).map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => BadToken::Expired,
            _ => BadToken::Invalid,
        })
    }

    fn read(&self, claims: &Map<String, Value>) -> Result<(MerchantId, Scopes), BadToken> {
        let merchant = claims.get(&self.settings.merchant_claim).and_then(Value::as_str);
        let merchant = merchant.and_then(|merchant| MerchantId::new(merchant).ok());
        let merchant = merchant.ok_or(BadToken::Invalid)?;
        let scopes = words(claims.get(&self.settings.scopes_claim));
        let scopes: Scopes = scopes
            .into_iter()
            .filter_map(|word| Scope::ALL.iter().copied().find(|scope| scope.id() == word))
            .collect();
        let roles = words(claims.get(&self.settings.roles_claim));
        let roles = Role::ALL.iter().filter(|role| roles.contains(&role.id()));
        Ok((merchant, roles.fold(scopes, |scopes, role| scopes.and(role.scopes()))))
    }
}

/// The words of a claim. Those of other services are among them, and mean nothing here.
fn words(claim: Option<&Value>) -> Vec<&str> {
    match claim {
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
