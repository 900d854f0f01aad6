//! Who looks, as it is remembered: so that the same visitor is known again and nobody is named.

use serde::{Deserialize, Serialize};

use crate::ids::{MerchantId, VisitorId};

/// A visitor of one merchant: 32 hexadecimal digits of a BLAKE3 over both names. Visitors are kept
/// and told apart by it alone, and a customer's id that an app sends as the visitor's is not kept
/// by the way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visitor(String);

impl Visitor {
    pub fn new(merchant: &MerchantId, visitor: &VisitorId) -> Self {
        Self(digest(&[merchant.as_str(), visitor.as_str()]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was kept by [`as_str`](Self::as_str).
    pub fn kept(digits: String) -> Self {
        Self(digits)
    }

    /// A number that is the same for the same visitor and topic, and spread evenly over visitors.
    pub(crate) fn number(&self, topic: &str) -> u64 {
        let digits = digest(&[topic, &self.0]);
        u64::from_str_radix(digits.get(..16).unwrap_or_default(), 16).unwrap_or_default()
    }
}

/// One hash of several texts, each with its length, so that no two lists give the same: 32
/// hexadecimal digits.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}
