//! How many of the users are of which kind, and how much of what they send is new.

/// Users of each kind, in hundredths.
pub(super) const SHOPPERS: usize = 80;
pub(super) const AGENTS: usize = 15;
pub(super) const MERCHANTS: usize = 5;

/// Photos that were never sent before, in hundredths of all photos. The others cost no model time.
pub(super) const NEW_PHOTOS: u32 = 10;
/// The same in a spike, so that the models have more to do than they can.
pub(super) const NEW_PHOTOS_IN_A_SPIKE: u32 = 50;

/// Rounds of a merchant of which one has an import.
pub(super) const ROUNDS_TO_AN_IMPORT: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_of_users_are_all_users() {
        assert_eq!(SHOPPERS + AGENTS + MERCHANTS, 100);
    }
}
