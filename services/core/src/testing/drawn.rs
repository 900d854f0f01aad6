//! Products and filters drawn by chance, each time the same.

use super::{Dice, sample};
use crate::{
    filter::Filters,
    lack::Lack,
    money::Money,
    product::{Offer, OfferChange, OfferPatch, Product, Variant},
    product_filter::ProductFilter,
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Pattern},
};

/// A few of each, so that most filters find some.
const CATEGORIES: [Category; 3] = [Category::Dress, Category::TShirt, Category::Hat];
const BRANDS: [&str; 6] = ["Linden", "LINDEN", " linden ", "O'Neill, \"Söhne\"\u{0}", "", "%"];
const GTINS: [&str; 6] =
    ["4006381333931", "04006381333931", "4-006381-333931", "73513537", "00000000", "soon\u{0}"];
const BLANKS: [&str; 2] = ["", " "];

/// A product in which anything may be missing, or blank, with one to three variants.
pub fn product(dice: &mut Dice, id: &str) -> Product {
    let variants = 1 + dice.below(3);
    let variants = (0..variants).map(|at| variant(dice, &format!("{id}-{at}"))).collect();
    Product {
        title: "Drawn \u{0}".into(),
        brand: maybe(dice, &BRANDS).map(str::to_owned),
        description: maybe(dice, &["Long.", "\\u0000 \\\u{0}\"", " "]).unwrap_or_default().into(),
        category: *dice.pick(&CATEGORIES),
        gender: maybe(dice, Gender::ALL),
        age_group: maybe(dice, AgeGroup::ALL),
        material: maybe(dice, &["cotton", BLANKS[0], BLANKS[1]]).map(str::to_owned),
        pattern: maybe(dice, Pattern::ALL),
        link: maybe(dice, &["https://shop.example/p", BLANKS[0]]).map(str::to_owned),
        image_link: maybe(dice, &["https://shop.example/p.webp", BLANKS[1]]).map(str::to_owned),
        variants,
        ..sample::product(id)
    }
}

/// A variant in which anything may be missing.
pub fn variant(dice: &mut Dice, id: &str) -> Variant {
    let mut colours: Vec<Colour> = (0..dice.below(3)).map(|_| *dice.pick(Colour::ALL)).collect();
    colours.dedup();
    Variant {
        colours,
        colour_name: maybe(dice, &["Deep \u{0}"]).map(str::to_owned),
        size: maybe(dice, &["M", "\\", " "]).map(str::to_owned),
        gtin: maybe(dice, &GTINS).map(str::to_owned),
        offer: Offer {
            availability: *dice.pick(Availability::ALL),
            stock: maybe(dice, &[0, 1]),
            ..sample::variant(id, "navy", "M").offer
        },
        ..sample::variant(id, "navy", "M")
    }
}

/// Another availability, and often another stock, for one of the product's variants.
pub fn offer_change(dice: &mut Dice, product: &Product) -> OfferChange {
    let patch = OfferPatch {
        availability: Some(*dice.pick(Availability::ALL)),
        stock: maybe(dice, &[None, Some(0), Some(1)]),
        ..OfferPatch::default()
    };
    OfferChange { variant: dice.pick(&product.variants).id.clone(), patch }
}

/// One to three conditions.
pub fn filter(dice: &mut Dice) -> ProductFilter {
    let mut filter = ProductFilter::default();
    for _ in 0..1 + dice.below(3) {
        match dice.below(10) {
            0 => filter.categories = some(dice, &CATEGORIES),
            1 => filter.colours = some(dice, Colour::ALL),
            2 => filter.patterns = some(dice, Pattern::ALL),
            3 => filter.brands = some(dice, &BRANDS).into_iter().map(str::to_owned).collect(),
            4 => filter.genders = some(dice, Gender::ALL),
            5 => filter.age_groups = some(dice, AgeGroup::ALL),
            6 => filter.lacks = some(dice, Lack::ALL),
            7 => filter.available = Some(dice.below(2) == 0),
            8 => filter.matched = Some(dice.below(2) == 0),
            _ => filter.id_prefix = Some((*dice.pick(&["p", "p1", "é", "%", "p\u{0}"])).into()),
        }
    }
    filter
}

/// None to three conditions of a customer.
pub fn filters(dice: &mut Dice) -> Filters {
    let texts = |some: Vec<&str>| some.into_iter().map(str::to_owned).collect();
    let mut filters = Filters::default();
    for _ in 0..dice.below(4) {
        match dice.below(12) {
            0 => filters.categories = some(dice, &CATEGORIES),
            1 => filters.colours = some(dice, Colour::ALL),
            2 => filters.patterns = some(dice, Pattern::ALL),
            3 => filters.brands = texts(some(dice, &BRANDS)),
            4 => filters.genders = some(dice, Gender::ALL),
            5 => filters.age_groups = some(dice, AgeGroup::ALL),
            6 => filters.materials = texts(some(dice, &["Cotton", "silk", ""])),
            7 => filters.sizes = texts(some(dice, &["m", "\\"])),
            8 => filters.availability = some(dice, Availability::ALL),
            9 => filters.tags = texts(some(dice, &["Everyday", "sale"])),
            10 => filters.include_unavailable = true,
            _ => {
                let price = dice.pick(&["30 EUR", "49.90 EUR", "50 USD"]).parse::<Money>();
                let end = if dice.below(2) == 0 {
                    &mut filters.min_price
                } else {
                    &mut filters.max_price
                };
                *end = price.ok();
            }
        }
    }
    filters
}

fn maybe<T: Copy>(dice: &mut Dice, from: &[T]) -> Option<T> {
    (dice.below(3) > 0).then(|| *dice.pick(from))
}

fn some<T: Copy>(dice: &mut Dice, from: &[T]) -> Vec<T> {
    (0..1 + dice.below(3)).map(|_| *dice.pick(from)).collect()
}
