//! Any bytes as the keys of an issuer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::door;

fuzz_target!(|bytes: &[u8]| door::key_set(bytes));
