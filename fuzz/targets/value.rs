//! Any text as each of the small things that are written as text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|text: &str| strangers::value(text));
