//! Messages of other servers, signed as ours are.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::secret::{PREFIX, mac};

/// The most seconds that the time of a message may be from ours, either way.
const APART: u64 = 5 * 60;

/// What another's server signs with: 24 to 64 bytes, as Standard Webhooks has it. Not shown, and not
/// written anywhere.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SenderSecret(Vec<u8>);

impl SenderSecret {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether one of the signatures is by this secret. Each is compared in the same time, right or
    /// wrong.
    pub fn signed(&self, message: &Signed, body: &[u8]) -> Result<(), Unsigned> {
        let mut mac = mac(&self.0).ok_or(Unsigned::Signature)?;
        mac.update(format!("{}.{}.", message.id, message.timestamp).as_bytes());
        mac.update(body);
        let is_ours = |signature: &str| {
            let signature = signature.strip_prefix("v1,").map(|text| STANDARD.decode(text));
            signature.is_some_and(|bytes| {
                bytes.is_ok_and(|bytes| mac.clone().verify_slice(&bytes).is_ok())
            })
        };
        let mut signatures = message.signatures.split(' ');
        signatures.any(is_ours).then_some(()).ok_or(Unsigned::Signature)
    }
}

impl std::fmt::Debug for SenderSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SenderSecret(hidden)")
    }
}

impl Serialize for SenderSecret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("hidden")
    }
}

impl TryFrom<String> for SenderSecret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.filter(|bytes| (24..=64).contains(&bytes.len()));
        bytes
            .map(Self)
            .ok_or("this is no secret of a webhook; write `whsec_` and 24 to 64 bytes as base64")
    }
}

/// The headers of a message that came in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub id: String,
    timestamp: String,
    signatures: String,
}

/// Why a message is not taken for the other server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("its time is more than 5 minutes from now; send it anew, and set the clock")]
    Time,
    #[error("it is not signed with the secret that is set up here")]
    Signature,
}

impl Signed {
    /// Takes the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    pub fn new(
        id: &str,
        timestamp: &str,
        signatures: &str,
        now: Timestamp,
    ) -> Result<Self, Unsigned> {
        let at: i64 = timestamp.parse().map_err(|_| Unsigned::Time)?;
        if at.abs_diff(now.as_second()) > APART {
            return Err(Unsigned::Time);
        }
        let [id, timestamp, signatures] = [id, timestamp, signatures].map(str::to_owned);
        Ok(Self { id, timestamp, signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{WebhookSecret, signature};

    const BODY: &str = r#"{"text":"hello"}"#;

    fn ours() -> SenderSecret {
        SenderSecret::try_from(WebhookSecret::new([1; 32]).reveal()).unwrap()
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let now = Timestamp::now();
        let seconds = now.as_second();
        let secrets = [[2; 32], [1; 32]].map(WebhookSecret::new);
        let both = signature(secrets.iter(), "msg_1", seconds, BODY);
        let time = seconds.to_string();
        let signed = Signed::new("msg_1", &time, &both, now).unwrap();
        assert_eq!(ours().signed(&signed, BODY.as_bytes()), Ok(()));
        assert_eq!(ours().signed(&signed, b"{}"), Err(Unsigned::Signature));
        let other = Signed::new("msg_2", &time, &both, now).unwrap();
        assert_eq!(ours().signed(&other, BODY.as_bytes()), Err(Unsigned::Signature));
        let by_another = signature(secrets[..1].iter(), "msg_1", seconds, BODY);
        for wrong in [by_another.as_str(), "", "v1,", "v1a,x", &both.replace("v1,", "v2,")] {
            let signed = Signed::new("msg_1", &time, wrong, now).unwrap();
            assert_eq!(
                ours().signed(&signed, BODY.as_bytes()),
                Err(Unsigned::Signature),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_is_old_or_from_the_future_is_not_taken() {
        let now = Timestamp::now();
        for (apart, taken) in [(-301, false), (-299, true), (0, true), (299, true), (301, false)] {
            let time = (now.as_second() + apart).to_string();
            assert_eq!(Signed::new("msg_1", &time, "", now).is_ok(), taken, "{apart}");
        }
        assert_eq!(Signed::new("msg_1", "yesterday", "", now), Err(Unsigned::Time));
    }

    #[test]
    fn a_secret_is_hidden_and_has_a_length_that_is_safe() {
        let shown = serde_json::to_string(&ours()).unwrap();
        assert_eq!(
            (shown.as_str(), format!("{:?}", ours())),
            ("\"hidden\"", "SenderSecret(hidden)".into())
        );
        let of = |bytes: usize| format!("whsec_{}", STANDARD.encode(vec![7; bytes]));
        assert!(SenderSecret::try_from(of(24)).is_ok() && SenderSecret::try_from(of(64)).is_ok());
        for wrong in [of(23), of(65), "whsec_".into(), STANDARD.encode([7; 32])] {
            assert!(SenderSecret::try_from(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
