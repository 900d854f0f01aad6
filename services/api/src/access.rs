//! What roles may do.

use vitrine_core::scope::{Scope, Scopes};

use crate::tokens::Role;

/// What everybody may do who has a token for customers.
const SHOPPER: &[Scope] = &[Scope::Looks, Scope::Search, Scope::Events, Scope::Chat];
const AGENT: &[Scope] =
    &[Scope::Looks, Scope::Search, Scope::Events, Scope::Customers, Scope::Chat, Scope::Agent];
const MERCHANT: &[Scope] = &[
    Scope::Looks,
    Scope::Search,
    Scope::Events,
    Scope::CatalogRead,
    Scope::CatalogWrite,
    Scope::Keys,
    Scope::Reports,
    Scope::Customers,
    Scope::Webhooks,
    Scope::Chat,
    Scope::Agent,
];

impl Role {
    /// Every role, from the least to the most that it may do.
    pub const ALL: &'static [Self] = &[Self::Shopper, Self::Agent, Self::Merchant, Self::Admin];

    /// The word that tokens bear.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Agent => "agent",
            Self::Merchant => "merchant",
            Self::Admin => "admin",
        }
    }

    /// What its holder may do.
    pub fn scopes(self) -> Scopes {
        let scopes = match self {
            Self::Shopper => SHOPPER,
            Self::Agent => AGENT,
            Self::Merchant => MERCHANT,
            Self::Admin => Scope::ALL,
        };
        scopes.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_the_one_before_it_may() {
        for pair in Role::ALL.windows(2) {
            assert!(pair[0].scopes().beyond(pair[1].scopes()).is_empty(), "{pair:?}");
            assert_ne!(pair[0].scopes(), pair[1].scopes());
        }
    }

    #[test]
    fn a_role_is_written_as_tokens_bear_it() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.id());
        }
    }
}
