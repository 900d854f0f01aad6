//! What holds of whatever strangers send, however it is broken. Each of these panics where it does not
//! hold. The tests try them on good input that was broken by chance, `fuzz` on whatever it makes up.

#![allow(unreachable_pub, reason = "a module of the tests here, and of each target there")]

mod feeds;
mod photos;
mod signatures;
mod values;
mod words;

pub use feeds::{feed, offers};
pub use photos::{kept_photo, photo};
pub use signatures::signature;
pub use values::{address, value};
pub use words::{advice, words};

/// What is told of an error is a sentence, and no stranger makes it long.
fn is_told(error: &impl std::fmt::Display) {
    let told = error.to_string();
    assert!(!told.trim().is_empty());
    assert!(told.chars().count() <= 1_000, "{told}");
}
