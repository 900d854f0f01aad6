//! What strangers send, broken by chance: what must hold of it holds. The same is held against
//! whatever `fuzz` makes up.

mod properties;

use std::{
    fs,
    io::{Cursor, Write},
    path::PathBuf,
    sync::LazyLock,
};

use flate2::{Compression, write::GzEncoder};
use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;
use vitrine_core::{
    feed::{Dialect, FeedOptions},
    photo::Photo,
    testing::{Dice, broken::change},
};

fn read(path: &str) -> Vec<u8> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    fs::read(root.join(path)).unwrap()
}

/// A photo in each format that is read, small.
static PHOTOS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let photo = image::load_from_memory(&read("demo/photos/outfit.jpg")).unwrap();
    let small = DynamicImage::ImageRgb8(photo.thumbnail(96, 96).into_rgb8());
    let written = |format| {
        let mut bytes = Cursor::new(Vec::new());
        small.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    [Jpeg, Png, WebP, Gif, Bmp, Tiff].map(written).to_vec()
});

/// A feed in each dialect, as it is and packed.
static FEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let names = [
        "acp.jsonl",
        "google-atom.xml",
        "google-problems.tsv",
        "google.tsv",
        "google.xml",
        "offers-problems.csv",
        "open-ai.csv",
        "open-ai.jsonl",
        "schema-org.json",
        "shopify-new.csv",
        "shopify-old.csv",
        "shopify-problems.csv",
        "vitrine-problems.jsonl",
        "vitrine.jsonl",
    ];
    let mut feeds: Vec<_> = names.iter().map(|name| read(&format!("tests/feeds/{name}"))).collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&feeds[0]).unwrap();
    feeds.push(packed.finish().unwrap());
    feeds
});

/// What customers write, and what attackers do.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lines = [read("demo/chats.jsonl"), read("services/api/tests/attacks.jsonl")].concat();
    String::from_utf8(lines).unwrap().lines().map(str::to_owned).collect()
});

const VALUES: [&str; 8] = [
    "https://shop.example:8443/feeds/one.csv?x=1#top",
    "http://user:hush@[::ffff:7f00:1]:80/",
    "49.90 EUR",
    "1000 JPY",
    "4 006381-333931",
    "vk_abababababababababababababababababababababababababababababababab",
    "2026-11-01 2026-11-26",
    r#"{"search":"0192d3a4-0000-7000-8000-000000000000","asked":"00","from":"p","after":null}"#,
];

fn broken<T: AsRef<[u8]>>(of: &[T], seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = dice.pick(of).as_ref().to_vec();
    for _ in 0..dice.below(4) {
        change(&mut dice, &mut bytes);
    }
    bytes
}

fn broken_text<T: AsRef<[u8]>>(of: &[T], seed: u64) -> String {
    String::from_utf8_lossy(&broken(of, seed)).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_broken_photo_is_within_bounds_or_refused(seed: u64) {
        properties::photo(&broken(&PHOTOS, seed));
    }

    #[test]
    fn a_broken_photo_from_the_cache_is_one_or_none(seed: u64, side in 16..600_u32) {
        let photo = Photo::read(&PHOTOS[0], side).unwrap();
        properties::kept_photo(&broken(&[photo.to_bytes()], seed));
    }

    #[test]
    fn a_broken_feed_gives_good_products_and_problems_with_their_lines(
        seed: u64,
        dialect in prop::option::of(prop::sample::select(&Dialect::ALL[..])),
        priced: bool,
    ) {
        let currency = priced.then(|| "EUR".parse().unwrap());
        properties::feed(&broken(&FEEDS, seed), FeedOptions { dialect, currency });
    }

    #[test]
    fn a_broken_feed_of_offers_gives_changes_and_problems_with_their_lines(
        seed: u64,
        priced: bool,
    ) {
        properties::offers(&broken(&FEEDS, seed), priced.then(|| "EUR".parse().unwrap()));
    }

    #[test]
    fn broken_words_are_taken_for_no_more_than_was_written(seed: u64) {
        properties::words(&broken_text(&WORDS, seed));
    }

    #[test]
    fn what_a_model_says_passes_the_same_each_time(seed: u64, titled: u64) {
        properties::advice(&broken_text(&WORDS, seed), &broken_text(&WORDS, titled));
    }

    #[test]
    fn a_broken_address_is_of_the_web_or_refused(seed: u64, location: u64) {
        properties::address(&broken_text(&VALUES, seed), &broken_text(&VALUES, location));
    }

    #[test]
    fn a_broken_value_is_none_or_the_same_when_it_is_read_again(seed: u64) {
        properties::value(&broken_text(&VALUES, seed));
    }

    #[test]
    fn nothing_passes_for_a_signature(seed: u64, body: String) {
        properties::signature(&broken_text(&VALUES, seed), &body);
    }
}
