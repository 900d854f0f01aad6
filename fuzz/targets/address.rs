//! Any text, up to a zero, as an address, and what follows as where it leads on.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|text: &str| {
    let (first, then) = text.split_once('\0').unwrap_or((text, ""));
    strangers::address(first, then);
});
