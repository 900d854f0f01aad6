//! Bearer tokens: who may use the API, and for which merchant.

mod issuer;
mod key_set;
mod public_key;

use std::time::Duration;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::ErrorKind,
    get_current_timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::ids::MerchantId;

pub use issuer::{Issuer, IssuerSettings};
pub use key_set::KeyTimes;

/// The fewest bytes that a secret may have: as many as HMAC-SHA-256 puts out (RFC 7518, 3.2).
const MIN_SECRET: usize = 32;
/// What this service calls itself in the tokens that it issues.
pub const ISSUER: &str = "vitrine";
/// How far the clocks of two machines may differ, in seconds.
const CLOCK_SKEW: u64 = 30;

/// What someone may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A customer, through the merchant's app.
    Shopper,
    /// Who answers customers in a chat.
    Agent,
    /// Who keeps the catalog.
    Merchant,
    /// Who runs the service.
    Admin,
}

/// What a token says (RFC 7519).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    /// The merchant.
    pub sub: MerchantId,
    pub role: Role,
    /// Seconds since 1970, as `exp`.
    pub iat: u64,
    pub exp: u64,
    pub jti: uuid::Uuid,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid")]
    Invalid,
    #[error("the keys of the token's issuer are not known, and it does not answer")]
    IssuerSilent,
}

/// Why there are no keys, or no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the token secret has {0} bytes and needs at least {MIN_SECRET}; make one with `openssl rand -hex 32`"
    )]
    TooShort(usize),
    #[error("the token could not be signed: {0}")]
    Signing(String),
    #[error("no random numbers to be had ({0}); look into the system's log")]
    Random(String),
}

/// Issues and checks this service's own tokens, by HMAC-SHA-256 and nothing else.
#[derive(Clone)]
pub struct TokenKeys {
    signing: EncodingKey,
    checking: DecodingKey,
    rules: Validation,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("TokenKeys")
    }
}

impl TokenKeys {
    /// From at least 32 bytes that nobody else knows.
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < MIN_SECRET {
            return Err(KeyError::TooShort(secret.len()));
        }
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_required_spec_claims(&["exp", "iss", "sub"]);
        rules.set_issuer(&[ISSUER]);
        rules.validate_nbf = true;
        rules.leeway = CLOCK_SKEW;
        let (signing, checking) =
            (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Ok(Self { signing, checking, rules })
    }

    /// A token for this role at this merchant.
    pub fn issue(
        &self,
        role: Role,
        merchant: &MerchantId,
        valid_for: Duration,
    ) -> Result<String, KeyError> {
        let iat = get_current_timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            sub: merchant.clone(),
            role,
            iat,
            exp: iat.saturating_add(valid_for.as_secs()),
            jti: uuid::Uuid::new_v4(),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|error| KeyError::Signing(error.to_string()))
    }

    /// What a token says, if it is one of ours and still good.
    pub fn check(&self, token: &str) -> Result<Claims, BadToken> {
        let checked = decode::<Claims>(token, &self.checking, &self.rules);
        checked.map(|token| token.claims).map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => BadToken::Expired,
            _ => BadToken::Invalid,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merchant() -> MerchantId {
        MerchantId::new("demo").unwrap()
    }

    #[test]
    fn a_short_secret_says_how_to_make_a_good_one() {
        let error = TokenKeys::from_secret(&[7; 31]).unwrap_err().to_string();
        assert!(error.contains("31 bytes") && error.contains("openssl rand -hex 32"), "{error}");
    }

    #[test]
    fn a_token_says_who_it_was_issued_to() {
        let keys = TokenKeys::from_secret(&[7; 32]).unwrap();
        for role in [Role::Shopper, Role::Agent, Role::Merchant, Role::Admin] {
            let token = keys.issue(role, &merchant(), Duration::from_secs(60)).unwrap();
            let claims = keys.check(&token).unwrap();
            assert_eq!((claims.role, claims.sub, claims.exp - claims.iat), (role, merchant(), 60));
        }
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        let keys = TokenKeys::from_secret(&[7; 32]).unwrap();
        let token = || keys.issue(Role::Agent, &merchant(), Duration::from_secs(60)).unwrap();
        assert_ne!(token(), token());
    }
}
