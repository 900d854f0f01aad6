//! Any text as a bearer token. None passes but those that the seeds sign.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::door;

fuzz_target!(|text: &str| {
    if let Some(claims) = door::token(text) {
        assert_eq!((claims.sub.as_str(), claims.exp), ("demo", 4_102_444_800));
    }
});
