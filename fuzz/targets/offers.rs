//! Any bytes as a feed of offers. The first one says whether prices have a currency.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_fuzz::strangers;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, feed)) = bytes.split_first() else { return };
    strangers::offers(feed, "EUR".parse().ok().filter(|_| first & 8 != 0));
});
