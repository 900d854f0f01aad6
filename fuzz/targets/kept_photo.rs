//! Any bytes as a photo that a cache kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|bytes: &[u8]| strangers::kept_photo(bytes));
