//! What a caller may do, in words that tokens and keys carry.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// One thing that a caller may do.
    Scope {
        Looks = "looks", "send photos and fetch looks again";
        Search = "search", "search and read the products that customers see";
        Events = "events", "tell what customers did";
        CatalogRead = "catalog:read", "read the catalog as its merchant sees it: health, imports, exports";
        CatalogWrite = "catalog:write", "change the catalog and its rules";
        Keys = "keys", "make, list and revoke keys for servers";
        Reports = "reports", "read reports";
        Customers = "customers", "read and delete what is kept of a customer";
        Service = "service", "do what concerns all merchants";
        Webhooks = "webhooks", "have a merchant's own servers told what happened";
        Chat = "chat", "speak for a customer in a conversation, and read it";
        Agent = "chat:agent", "see the conversations that wait for a person, and answer in them";
    }
}

/// Things that a caller may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(i64);

impl Scopes {
    /// The set that is kept as this number; bits that stand for no word are left out.
    pub fn from_bits(bits: i64) -> Self {
        Scope::ALL.iter().copied().filter(|scope| bits & scope.bit() != 0).collect()
    }

    /// The set as one number, a bit a word.
    pub const fn bits(self) -> i64 {
        self.0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    pub fn has_any_of(self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.has(*scope))
    }

    /// What of this set is not in the other.
    pub const fn beyond(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

/// Separated by spaces, as in the claim `scope` (RFC 8693, 4.2).
impl std::fmt::Display for Scopes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::id).collect();
        out.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_what_it_was_made_of() {
        let scopes: Scopes = [Scope::Service, Scope::Looks, Scope::Looks].into_iter().collect();
        assert_eq!(scopes.to_string(), "looks service");
        assert_eq!(Scopes::from_bits(scopes.bits()), scopes);
        assert!(scopes.has(Scope::Looks) && !scopes.has(Scope::Keys) && !scopes.is_empty());
        assert!(scopes.has_any_of(&[Scope::Keys, Scope::Service]) && !scopes.has_any_of(&[]));
    }

    #[test]
    fn what_goes_beyond_another_set_is_told() {
        let some: Scopes = [Scope::Looks, Scope::Keys].into_iter().collect();
        let other: Scopes = [Scope::Looks, Scope::Events].into_iter().collect();
        assert_eq!(some.beyond(other).to_string(), "keys");
        assert_eq!(some.and(other).to_string(), "looks events keys");
        assert!(some.beyond(some).is_empty());
    }

    #[test]
    fn a_kept_number_with_bits_of_no_word_gives_none() {
        assert_eq!(Scopes::from_bits(i64::MIN | Scope::Looks.bit()).to_string(), "looks");
    }
}
