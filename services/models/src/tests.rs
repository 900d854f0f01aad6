//! What the tests of several parts use.

pub(crate) mod stand_in;
mod strangers;
pub(crate) mod written;
