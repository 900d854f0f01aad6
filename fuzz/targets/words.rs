//! Any text as what a customer writes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|text: &str| strangers::words(text));
