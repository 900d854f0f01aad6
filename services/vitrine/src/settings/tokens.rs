//! Whose tokens are taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_api::{IssuerSettings, KeyTimes};
use vitrine_core::address::WebAddress;

use super::Settings;
use crate::error::Error;

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

impl Default for Tokens {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: None,
            jwks: None,
            merchant_claim: "merchant".into(),
            scopes_claim: "scope".into(),
            roles_claim: "roles".into(),
        }
    }
}

impl Settings {
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
}

#[cfg(test)]
mod tests {
    use super::{super::tests::common, *};

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
}
