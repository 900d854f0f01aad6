//! Keys for servers: what a merchant's own machines show instead of a person's token. A key is
//! random, is shown once, and is kept as a hash alone.

mod ring;

use jiff::Timestamp;

pub use ring::{KEPT, Keyring};

use crate::{
    ids::{KeyId, KeyName, MerchantId},
    scope::Scopes,
};

/// How every key begins, so that people and scanners for secrets know one when they see it.
pub const PREFIX: &str = "vk_";

/// The most keys that a merchant has at once.
pub const MAX_KEYS: usize = 100;

/// A key, without what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: KeyId,
    pub merchant: MerchantId,
    /// What its merchant calls it.
    pub name: KeyName,
    pub scopes: Scopes,
    pub created: Timestamp,
    /// When it stops; never where there is none.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

impl Key {
    /// A new one, from now on.
    pub fn new(
        merchant: MerchantId,
        name: KeyName,
        scopes: Scopes,
        expires: Option<Timestamp>,
    ) -> Self {
        let (id, created) = (KeyId::now(), Timestamp::now());
        Self { id, merchant, name, scopes, created, expires, used: None }
    }

    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// What proves a key: 32 random bytes, written as [`PREFIX`] and 64 hexadecimal digits. Never
/// shown but by [`KeySecret::reveal`].
pub struct KeySecret([u8; 32]);

impl KeySecret {
    /// From bytes that nobody can guess.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The secret that a caller shows, if it is written as one.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        blake3::Hash::from_hex(digits).ok().map(|bytes| Self(bytes.into()))
    }

    /// The text that its holder shows.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", blake3::Hash::from_bytes(self.0).to_hex())
    }

    /// What is kept of it. A plain hash does: 256 random bits can not be guessed.
    pub fn hash(&self) -> KeyHash {
        KeyHash(blake3::hash(&self.0).into())
    }
}

impl std::fmt::Debug for KeySecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("KeySecret")
    }
}

/// BLAKE3 of a [`KeySecret`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_shown() {
        let secret = KeySecret::new([171; 32]);
        let shown = secret.reveal();
        assert_eq!(shown.len(), 67);
        assert_eq!(KeySecret::parse(&shown).unwrap().hash(), secret.hash());
        assert_ne!(KeySecret::new([172; 32]).hash(), secret.hash());
        assert!(!format!("{secret:?}").contains("ab"));
    }

    #[test]
    fn what_is_not_written_as_a_secret_is_none() {
        let short = format!("vk_{}", "a".repeat(63));
        let odd = format!("vk_{}", "g".repeat(64));
        let bare = "a".repeat(64);
        for text in ["", "vk_", &short, &odd, &bare, "vk_é"] {
            assert!(KeySecret::parse(text).is_none(), "{text}");
        }
    }
}
