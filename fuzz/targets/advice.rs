//! A model's words, up to a zero, about a product that is called what follows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|text: &str| {
    let (first, then) = text.split_once('\0').unwrap_or((text, ""));
    strangers::advice(first, then);
});
