//! Any bytes as a feed. The first byte names the dialect, or none, and whether prices have a currency.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitrine_core::feed::{Dialect, FeedOptions};
use vitrine_fuzz::strangers;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, feed)) = bytes.split_first() else { return };
    let dialect = Dialect::ALL.get(usize::from(first % 8)).copied();
    let currency = "EUR".parse().ok().filter(|_| first & 8 != 0);
    strangers::feed(feed, FeedOptions { dialect, currency });
});
