use rand::TryRngCore;
use vitrine_core::keys::KeySecret;

use crate::tokens::KeyError;

/// What proves a key that is just being made: 32 bytes from the operating system.
pub fn new_key_secret() -> Result<KeySecret, KeyError> {
    let mut random = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut random)
        .map_err(|error| KeyError::Random(error.to_string()))?;
    Ok(KeySecret::new(random))
}
