//! Any text as what a model writes: garments in both styles, and advice. The first byte says in how
//! large pieces it comes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::model_answer;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    model_answer(&String::from_utf8_lossy(text), 2 + usize::from(first % 38));
});
