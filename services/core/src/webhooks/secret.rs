use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What secrets are written with, so that they are known where they are found.
pub(super) const PREFIX: &str = "whsec_";

/// What proves to a server that a message is ours: 32 bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// Takes 32 bytes of chance.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// As its holder keeps it: `whsec_` and base64.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("WebhookSecret(hidden)")
    }
}

impl From<WebhookSecret> for String {
    fn from(secret: WebhookSecret) -> Self {
        secret.reveal()
    }
}

impl TryFrom<String> for WebhookSecret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("it is no secret of a webhook")
    }
}

/// The header `webhook-signature`: `v1,` and the HMAC-SHA256 of `id.seconds.body` in base64, by each
/// secret, with a space between.
pub fn signature<'a>(
    secrets: impl Iterator<Item = &'a WebhookSecret>,
    id: &str,
    seconds: i64,
    body: &str,
) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let by = |secret: &WebhookSecret| {
        let mut mac = mac(&secret.0)?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.filter_map(by).collect::<Vec<_>>().join(" ")
}

/// HMAC-SHA256. A key of any length is taken.
pub(crate) fn mac(key: &[u8]) -> Option<Hmac<Sha256>> {
    <Hmac<Sha256> as KeyInit>::new_from_slice(key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `hmac` and `hashlib` of Python 3.11 for the same bytes.
    #[test]
    fn a_signature_is_the_hmac_of_id_time_and_body() {
        let secret = WebhookSecret::new(std::array::from_fn(|at| at as u8));
        let other = WebhookSecret::new([7; 32]);
        let body = r#"{"type":"import.completed"}"#;
        let both = signature([&secret, &other].into_iter(), "msg_1", 1_614_265_330, body);
        let parts: Vec<&str> = both.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], "v1,Nn6O7JtLGAkUu/UJj+GEerZotqQjCZW+FGDXfl1hj8I=");
        assert_ne!(parts[0], parts[1]);
    }

    #[test]
    fn a_secret_is_what_it_was_revealed_as_and_is_not_shown_otherwise() {
        let secret = WebhookSecret::new([9; 32]);
        assert_eq!(WebhookSecret::try_from(secret.reveal()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "WebhookSecret(hidden)");
        for wrong in ["", "whsec_", "whsec_AAAA", "vk_0000"] {
            assert!(WebhookSecret::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
