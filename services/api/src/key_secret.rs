use rand::TryRngCore;
use vitrine_core::{keys::KeySecret, webhooks::WebhookSecret};

use crate::tokens::KeyError;

/// What proves a key that is just being made: 32 bytes from the operating system.
pub fn new_key_secret() -> Result<KeySecret, KeyError> {
    random().map(KeySecret::new)
}

/// What signs the messages of a webhook that is just being made.
pub(crate) fn new_webhook_secret() -> Result<WebhookSecret, KeyError> {
    random().map(WebhookSecret::new)
}

fn random() -> Result<[u8; 32], KeyError> {
    let mut random = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut random)
        .map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(random)
}
