//! Feeds drawn by chance, each time the same.

use std::fmt::Write;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

const KINDS: [(&str, &str); 6] = [
    ("dress", "Apparel & Accessories > Clothing > Dresses"),
    ("shirt", "Apparel & Accessories > Clothing > Shirts & Tops"),
    ("skirt", "Apparel & Accessories > Clothing > Skirts"),
    ("coat", "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets"),
    ("trousers", "Apparel & Accessories > Clothing > Pants"),
    ("sweater", "Apparel & Accessories > Clothing > Shirts & Tops"),
];
const COLOURS: [&str; 8] = ["navy", "red", "black", "white", "green", "beige", "grey", "pink"];
const SIZES: [&str; 4] = ["S", "M", "L", "XL"];
const MATERIALS: [&str; 4] = ["cotton", "wool", "linen", "viscose"];
const PATTERNS: [&str; 4] = ["striped", "floral", "solid", "checked"];
/// Words of the descriptions; a few are common and most are rare, as in a language.
const WORDS: f64 = 5_000.0;
const SYLLABLES: [&str; 16] = [
    "ba", "cor", "di", "fen", "gu", "hal", "ji", "ko", "lam", "mi", "nor", "pe", "ri", "sol", "tu",
    "ven",
];
const HEADER: &str = "id\titem_group_id\ttitle\tdescription\tlink\timage_link\tbrand\t\
    google_product_category\tgender\tage_group\tcolor\tsize\tmaterial\tpattern\tprice\tsale_price\t\
    availability\tquantity\n";

/// Columns of [`feed`].
pub(super) const COLUMNS: usize = 18;

/// A Google feed, separated by tabs: a variant a row, one or two colours of four sizes a product.
pub(super) fn feed(rows: u64) -> Vec<u8> {
    let mut dice = StdRng::seed_from_u64(1);
    let mut feed = String::from(HEADER);
    let mut row = 0;
    for product in 0.. {
        let (kind, category) = pick(&mut dice, &KINDS);
        let (material, pattern) = (pick(&mut dice, &MATERIALS), pick(&mut dice, &PATTERNS));
        let words: Vec<String> = (0..40).map(|_| word(&mut dice)).collect();
        let words = words.join(" ");
        let (price, stock) = (dice.random_range(2_000..20_000), dice.random_range(0..50));
        let colours = COLOURS.choose_multiple(&mut dice, 1 + product % 2);
        for (colour, size) in colours.flat_map(|colour| SIZES.map(|size| (colour, size))) {
            if row == rows {
                return feed.into_bytes();
            }
            row += 1;
            let (whole, cents, sale) = (price / 100, price % 100, price / 200);
            // Writing to a String can not fail.
            let _ = writeln!(
                feed,
                "v{row}\tp{product}\tA {material} {kind} no. {product}\tModel {product}: {words}\t\
                 https://shop.example/p/{product}\thttps://shop.example/i/{product}.jpg\tMaison\t\
                 {category}\tfemale\tadult\t{colour}\t{size}\t{material}\t{pattern}\t\
                 {whole}.{cents:02} EUR\t{sale}.00 EUR\tin_stock\t{stock}"
            );
        }
    }
    feed.into_bytes()
}

fn pick<T: Copy>(dice: &mut StdRng, of: &[T]) -> T {
    of[dice.random_range(0..of.len())]
}

fn word(dice: &mut StdRng) -> String {
    let number = WORDS.powf(dice.random()) as usize;
    [number / 256, number / 16, number].map(|digit| SYLLABLES[digit % 16]).concat()
}
