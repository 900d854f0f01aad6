//! Any header, up to a zero, of any body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|text: &str| {
    let (first, then) = text.split_once('\0').unwrap_or((text, ""));
    strangers::signature(first, then);
});
