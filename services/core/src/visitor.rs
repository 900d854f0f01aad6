//! Who looks, as it is remembered: so that the same visitor is known again and nobody is named.

use serde::{Deserialize, Serialize};

use crate::{
    digest,
    ids::{MerchantId, VisitorId},
};

/// A visitor of one merchant: 32 hexadecimal digits of a BLAKE3 over both names. Visitors are kept
/// and told apart by it alone, and a customer's id that an app sends as the visitor's is not kept
/// by the way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Visitor(String);

impl Visitor {
    pub fn new(merchant: &MerchantId, visitor: &VisitorId) -> Self {
        Self(short_digest(&[merchant.as_str(), visitor.as_str()]))
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
        let digits = short_digest(&[topic, &self.0]);
        u64::from_str_radix(digits.get(..16).unwrap_or_default(), 16).unwrap_or_default()
    }
}

/// The first 32 digits of a [digest](crate::digest).
pub(crate) fn short_digest(parts: &[&str]) -> String {
    let mut digits = digest(parts);
    digits.truncate(32);
    digits
}
