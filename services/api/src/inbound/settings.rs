use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use vitrine_core::{
    address::{AddressError, WebAddress},
    ids::{ConversationId, MerchantId},
    inbound::{conversation_id, is_signed},
    ports::Bearer,
    webhooks::SenderSecret,
};

/// The most characters of a webhook's name.
const MAX_NAME: usize = 40;
/// Doors that a conversation can come through otherwise.
const TAKEN: [&str; 3] = ["api", "openai", WHATSAPP];
/// What the channel is called in conversations.
pub(crate) const WHATSAPP: &str = "whatsapp";

/// Who may bring messages from elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InboundSettings {
    /// Merchants' numbers at Meta's WhatsApp Cloud API, one a merchant.
    #[serde(default)]
    pub(super) whatsapp: Vec<Account>,
    /// Merchants' chat systems.
    #[serde(default)]
    pub(super) webhooks: Vec<Sender>,
}

/// A merchant's number at the WhatsApp Cloud API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Whose it is.
    #[schemars(with = "String", example = &"my-shop")]
    pub merchant: MerchantId,
    /// Of the app at Meta; it signs what Meta brings.
    #[schemars(with = "String", example = &"...")]
    app_secret: Hidden,
    /// What Meta asks for once, when the address is told to it.
    #[schemars(with = "String", example = &"...")]
    verify_token: Hidden,
    /// Of a system user who may send messages.
    #[schemars(with = "String", example = &"...")]
    access_token: Hidden,
    /// Meta's id of the number, which is not the number.
    #[schemars(example = &"106540352242922")]
    pub phone_number_id: String,
    /// Where Meta is asked.
    #[serde(default = "graph")]
    api: String,
    /// The version of Meta's API.
    #[serde(default = "version")]
    version: String,
}

/// A merchant's chat system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    /// Whose it is.
    #[schemars(with = "String", example = &"my-shop")]
    pub merchant: MerchantId,
    /// What its conversations come through; stands in its address.
    #[schemars(example = &"chat")]
    pub name: String,
    /// What it signs messages with.
    #[schemars(with = "String", example = &"whsec_...")]
    pub secret: SenderSecret,
}

/// A text that is shown and written nowhere.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("hidden")
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("hidden")
    }
}

/// Why settings can not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboundError {
    #[error("`inbound.whatsapp` has the merchant {0} twice; give each merchant one number")]
    MerchantTwice(MerchantId),
    #[error("`inbound.whatsapp` of {0} has an empty `{1}`; Meta's app dashboard shows it")]
    Empty(MerchantId, &'static str),
    #[error(
        "`inbound.whatsapp` of {0}: no address comes of `api`, `version` and `phone_number_id`: {1}"
    )]
    Address(MerchantId, AddressError),
    #[error("`inbound.webhooks` has {0} of {1} twice; give each another name")]
    NameTwice(String, MerchantId),
    #[error(
        "`inbound.webhooks` can not have the name `{0}`; use 1 to {MAX_NAME} of a-z, 0-9, `-` and `_`, \
         and not `api`, `openai` or `whatsapp`"
    )]
    Name(String),
}

impl InboundSettings {
    pub(super) fn check(&self) -> Result<(), InboundError> {
        let mut merchants = HashSet::new();
        for account in &self.whatsapp {
            let merchant = || account.merchant.clone();
            if !merchants.insert(&account.merchant) {
                return Err(InboundError::MerchantTwice(merchant()));
            }
            for (name, value) in [
                ("app_secret", &account.app_secret.0),
                ("verify_token", &account.verify_token.0),
                ("access_token", &account.access_token.0),
                ("phone_number_id", &account.phone_number_id),
            ] {
                if value.is_empty() {
                    return Err(InboundError::Empty(merchant(), name));
                }
            }
            account.messages().map_err(|error| InboundError::Address(merchant(), error))?;
        }
        let mut names = HashSet::new();
        for Sender { merchant, name, .. } in &self.webhooks {
            let of_name = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
            };
            let fits = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(of_name);
            if !fits || TAKEN.contains(&name.as_str()) {
                return Err(InboundError::Name(name.chars().take(MAX_NAME).collect()));
            }
            if !names.insert((merchant, name)) {
                return Err(InboundError::NameTwice(name.clone(), merchant.clone()));
            }
        }
        Ok(())
    }
}

impl Account {
    /// Whether Meta asks with the token that is set up. Hashes are compared in the same time, right or
    /// wrong.
    pub(crate) fn verifies(&self, token: &str) -> bool {
        blake3::hash(token.as_bytes()) == blake3::hash(self.verify_token.0.as_bytes())
    }

    /// Whether the body is signed as its header says.
    pub(crate) fn signed(&self, body: &[u8], header: &str) -> bool {
        is_signed(self.app_secret.0.as_bytes(), body, header)
    }

    /// The conversation with the customer of this phone number.
    pub(crate) fn conversation(&self, number: &str) -> ConversationId {
        conversation_id(self.app_secret.0.as_bytes(), &self.merchant, WHATSAPP, number)
    }

    pub(super) fn bearer(&self) -> Bearer {
        Bearer::new(&self.access_token.0)
    }

    /// Where messages are sent to.
    pub(super) fn messages(&self) -> Result<WebAddress, AddressError> {
        self.address(&format!("{}/messages", self.phone_number_id))
    }

    /// A place of the Graph API.
    pub(super) fn address(&self, place: &str) -> Result<WebAddress, AddressError> {
        let api = self.api.trim_end_matches('/');
        WebAddress::parse(&format!("{api}/{}/{place}", self.version))
    }
}

fn graph() -> String {
    "https://graph.facebook.com".to_owned()
}

fn version() -> String {
    "v23.0".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn account() -> Value {
        json!({"merchant": "demo", "app_secret": "hush1", "verify_token": "hush2",
               "access_token": "hush3", "phone_number_id": "106540352242922"})
    }

    fn checked(settings: Value) -> Result<(), InboundError> {
        serde_json::from_value::<InboundSettings>(settings).unwrap().check()
    }

    fn with(field: &str, value: &str) -> Value {
        let mut account = account();
        account[field] = value.into();
        account
    }

    #[test]
    fn secrets_are_not_shown() {
        let sender = json!({"merchant": "demo", "name": "chat",
                            "secret": "whsec_aHVzaDRodXNoNGh1c2g0aHVzaDRodXNoNGh1c2g0aHU="});
        let settings = json!({"whatsapp": [account()], "webhooks": [sender]});
        let settings: InboundSettings = serde_json::from_value(settings).unwrap();
        settings.check().unwrap();
        let shown = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
        assert!(!shown.contains("hush") && !shown.contains("aHVz"), "{shown}");
        let address = settings.whatsapp[0].messages().unwrap();
        assert_eq!(address.as_str(), "https://graph.facebook.com/v23.0/106540352242922/messages");
    }

    #[test]
    fn what_can_not_be_used_is_told_with_what_to_do() {
        assert_eq!(checked(json!({})), Ok(()));
        for (whatsapp, told) in [
            (json!([account(), account()]), "demo twice; give each"),
            (json!([with("access_token", "")]), "empty `access_token`"),
            (json!([with("api", "ftp://x")]), "no address comes of"),
        ] {
            let error = checked(json!({"whatsapp": whatsapp})).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        let secret = format!("whsec_{}", "A".repeat(40));
        let sender = |name: &str| json!({"merchant": "demo", "name": name, "secret": secret});
        for (webhooks, told) in [
            (json!([sender("chat"), sender("chat")]), "chat of demo twice"),
            (json!([sender("api")]), "the name `api`"),
            (json!([sender("a/b")]), "the name `a/b`"),
            (json!([sender("")]), "the name ``"),
        ] {
            let error = checked(json!({"webhooks": webhooks})).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        let unknown = serde_json::from_value::<InboundSettings>(
            json!({"whatsapp": [with("api_version", "v1")]}),
        );
        assert!(unknown.unwrap_err().to_string().contains("api_version"));
    }
}
