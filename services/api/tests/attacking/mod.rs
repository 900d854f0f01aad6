//! Attacks: the shop that is attacked, the doors of it, models that obey, and what must hold.

pub(crate) mod doors;
pub(crate) mod invariants;
pub(crate) mod obeying;
pub(crate) mod shop;
