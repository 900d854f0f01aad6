use std::collections::{HashMap, HashSet};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    ids::VariantId,
    money::Money,
    product::Offer,
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Length, Pattern, Sleeve},
};

/// A clean text that is not empty, with whatever could be taken for a part of a table.
fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 ,;:'\"/&<>{}\\[\\]|éß连\\\\-]{1,24}"
        .prop_map(|text| clean(&text))
        .prop_filter("not empty", |text| !text.is_empty())
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all)
}

fn offer() -> impl Strategy<Value = Offer> {
    let money = |amount, code: &str| Money { amount, currency: code.parse().unwrap() };
    (
        select(&["EUR", "JPY", "KWD"][..]),
        1..100_000_i64,
        option::of(0..100_i64),
        word(Availability::ALL),
        option::of(0..50_u32),
    )
        .prop_map(move |(code, amount, sale, availability, stock)| Offer {
            price: money(amount, code),
            sale_price: sale.map(|percent| money(amount * percent / 100, code)),
            availability,
            stock,
        })
}

/// What is read as colours, whatever colours the variant has.
fn colour_words() -> impl Strategy<Value = String> {
    select(&["Navy", "white", "Red / Unicorn", "none", "-"][..]).prop_map(str::to_owned)
}

fn variant() -> impl Strategy<Value = Variant> {
    (
        vec(word(Colour::ALL), 0..4),
        option::of(prop_oneof![text(), colour_words()]),
        option::of(text()),
        option::of(text()),
        offer(),
    )
        .prop_map(|(mut colours, colour_name, size, gtin, offer)| {
            let mut seen = Vec::new();
            colours.retain(|colour| {
                !seen.contains(colour) && {
                    seen.push(*colour);
                    true
                }
            });
            let colour_name = colour_name.filter(|name| *name != words::palette(&colours));
            let id = VariantId::new("later").unwrap();
            Variant { id, colours, colour_name, size, gtin, offer }
        })
}

/// Names as merchants give them: the product's, a number, and what Shopify makes of the options.
fn name_variant(variant: &mut Variant, product: &str, way: u8, at: usize, known: &mut Vec<String>) {
    let colour = variant.colour_name.clone().unwrap_or_else(|| words::palette(&variant.colours));
    let mut parts = vec![colour, variant.size.clone().unwrap_or_default()];
    parts.retain(|part| !part.is_empty());
    let mut name = match way {
        0 => product.to_owned(),
        1 => format!("{product}, {at}"),
        2 => [product]
            .into_iter()
            .chain(parts.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join("/"),
        _ => [product]
            .into_iter()
            .chain(parts.iter().rev().map(String::as_str))
            .collect::<Vec<_>>()
            .join("/"),
    };
    if known.contains(&name) || name.chars().count() > 100 {
        name = format!("{product} #{at}");
    }
    variant.id = VariantId::new(&name).unwrap();
    known.push(name);
}

fn product() -> impl Strategy<Value = Product> {
    let attributes = (
        word(Category::ALL),
        option::of(word(Gender::ALL)),
        option::of(word(AgeGroup::ALL)),
        option::of(word(Pattern::ALL)),
        option::of(word(Sleeve::ALL)),
        option::of(word(Length::ALL)),
    );
    let texts = (text(), option::of(text()), text(), option::of(text()), option::of(text()));
    let ids = (select(&["p", "linden-dress", "Linden 1", "é/連?"][..]), vec(0..4_u8, 5));
    (attributes, texts, vec(text(), 0..4), vec(variant(), 1..5), ids).prop_map(
        |(attributes, texts, mut tags, mut variants, (id, names))| {
            let (category, gender, age_group, pattern, sleeve, length) = attributes;
            let (title, brand, description, product_type, material) = texts;
            tags.sort();
            tags.dedup();
            let mut known = Vec::new();
            for (at, (variant, name)) in variants.iter_mut().zip(names).enumerate() {
                name_variant(variant, id, name, at, &mut known);
            }
            Product {
                id: ProductId::new(id).unwrap(),
                title,
                brand,
                description,
                category,
                product_type,
                gender,
                age_group,
                material,
                pattern,
                sleeve,
                length,
                tags,
                link: Some("https://shop.example/p?a=1&b=2".into()),
                image_link: None,
                variants,
                from_picture: Vec::new(),
            }
        },
    )
}

/// A feed of one product, and the variants that it does not hold.
fn written(dialect: ExportDialect, product: &Product) -> (Vec<u8>, Vec<NotWritten>) {
    let mut written = Vec::new();
    let mut exporter = Exporter::new(dialect, &mut written).unwrap();
    let told = exporter.write(product).unwrap();
    exporter.finish().unwrap();
    (written, told)
}

/// The rows of a Shopify export, by the names of their columns.
fn shopify_rows(product: &Product) -> Vec<HashMap<String, String>> {
    let (written, _) = written(ExportDialect::Shopify, product);
    csv::Reader::from_reader(&written[..]).deserialize().map(|row| row.unwrap()).collect()
}

proptest! {
    #[test]
    fn an_import_of_an_export_changes_nothing(product in product()) {
        for (dialect, read_as) in [
            (ExportDialect::Vitrine, Dialect::Vitrine),
            (ExportDialect::Google, Dialect::Google),
            (ExportDialect::Shopify, Dialect::Shopify),
        ] {
            let mut expected = product.clone();
            let mut currency = None;
            if dialect == ExportDialect::Shopify {
                let first = product.variants[0].offer.price.currency;
                expected.variants.retain(|variant| variant.offer.price.currency == first);
                currency = Some(first.to_string());
            }
            let (written, told) = written(dialect, &product);
            prop_assert_eq!(told.len(), product.variants.len() - expected.variants.len());
            let (known_as, taken) = read(&written, currency.as_deref());
            prop_assert_eq!(known_as, read_as);
            let [Taken::Product(found)] = &taken[..] else {
                return Err(TestCaseError::fail(format!("{taken:?}")));
            };
            prop_assert_eq!(&found.product, &expected);
        }
    }

    #[test]
    fn shopify_can_tell_every_variant_by_its_options(product in product()) {
        let rows = shopify_rows(&product);
        // Ids are told apart by their case; what customers read has to differ in more.
        let value = |row: &HashMap<String, String>, at: usize| {
            let value = &row[&format!("Option{at} value")];
            let is_id = rows[0][&format!("Option{at} name")] == "Variant";
            if is_id { value.clone() } else { value.to_lowercase() }
        };
        let options: HashSet<_> =
            rows.iter().map(|row| [1, 2, 3].map(|at| value(row, at))).collect();
        prop_assert_eq!(options.len(), rows.len());
        for at in 1..=3 {
            let used = !rows[0][&format!("Option{at} name")].is_empty();
            let value = format!("Option{at} value");
            prop_assert!(rows.iter().all(|row| row[&value].is_empty() != used));
        }
    }
}

/// The columns of Shopify's sample file that an export writes.
const OF_SHOPIFY: [&str; 28] = [
    "Title",
    "URL handle",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Tags",
    "Published on online store",
    "Status",
    "SKU",
    "Barcode",
    "Option1 name",
    "Option1 value",
    "Option2 name",
    "Option2 value",
    "Option3 name",
    "Option3 value",
    "Price",
    "Compare-at price",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Fulfillment service",
    "Product image URL",
    "Image position",
    "Google Shopping / Google product category",
    "Google Shopping / Gender",
    "Google Shopping / Age group",
];

#[test]
fn a_shopify_file_has_shopifys_columns_and_our_own_and_says_a_product_once() {
    let mut product = crate::testing::sample::product("linden-dress");
    product.description = "Linen & light".into();
    product.image_link = Some("https://shop.example/p.webp".into());
    let mut small = crate::testing::sample::variant("LD-S", "navy", "S");
    small.offer.sale_price = Some("39.90 EUR".parse().unwrap());
    product.variants = vec![small, crate::testing::sample::variant("LD-M", "navy", "M")];
    let rows = shopify_rows(&product);
    let names: HashSet<&str> = rows[0].keys().map(String::as_str).collect();
    let others = names.iter().filter(|name| !OF_SHOPIFY.contains(*name));
    assert!(OF_SHOPIFY.iter().all(|name| names.contains(name)), "{names:?}");
    assert!(
        others.clone().all(|name| name.starts_with("Vitrine ")),
        "{:?}",
        others.collect::<Vec<_>>()
    );
    let said = |row: &HashMap<String, String>| OF_SHOPIFY.map(|name| row[name].clone()).join("|");
    assert_eq!(
        said(&rows[0]),
        "Linden midi dress|linden-dress|Linen &amp; light|Linden|\
         Apparel & Accessories > Clothing > Dresses|Dresses|everyday|TRUE|Active|LD-S||\
         Color|Deep navy|Size|S|||39.90|49.90|shopify|3|DENY|manual|https://shop.example/p.webp|1|\
         2271|female|"
    );
    assert_eq!(
        said(&rows[1]),
        "|linden-dress||||||||LD-M|||Deep navy||M|||49.90||shopify|3|DENY|manual|||||"
    );
}

#[test]
fn what_a_shopify_file_can_not_hold_is_told_by_variant_and_currency() {
    let mut product = crate::testing::sample::product("p1");
    let variant = |id: &str, price: &str| {
        let mut variant = crate::testing::sample::variant(id, "navy", id);
        variant.offer.price = price.parse().unwrap();
        variant
    };
    product.variants = vec![variant("a", "10 USD"), variant("b", "10 EUR")];
    let mut written = Vec::new();
    let exporter = Exporter::new(ExportDialect::Shopify, &mut written).unwrap();
    let mut exporter = exporter.in_currency("EUR".parse().unwrap());
    let told: Vec<_> = exporter.write(&product).unwrap();
    exporter.finish().unwrap();
    let told: Vec<_> = told.iter().map(NotWritten::to_string).collect();
    assert_eq!(
        told,
        [
            "`a` of `p1` costs 10.00 USD, and this feed is in EUR, so it is not in it; write another \
          feed in USD"
        ]
    );
    let (_, taken) = read(&written, Some("EUR"));
    let [Taken::Product(found)] = &taken[..] else { panic!("{taken:?}") };
    product.variants.remove(0);
    assert_eq!(found.product, product);
    assert_eq!(found.warnings, []);
}

#[test]
fn a_shopify_merchants_handles_skus_and_option_names_come_out_as_they_came_in() {
    for name in ["shopify-old.csv", "shopify-new.csv"] {
        let bytes = golden(name);
        let (_, taken) = read(&bytes, Some("EUR"));
        let mut came: Vec<[String; 3]> = csv::Reader::from_reader(&bytes[..])
            .deserialize::<HashMap<String, String>>()
            .map(|row| row.unwrap())
            .map(|row| {
                let of = |names: [&str; 2]| {
                    names.iter().find_map(|name| row.get(*name)).unwrap().clone()
                };
                [
                    of(["Handle", "URL handle"]),
                    of(["Variant SKU", "SKU"]),
                    of(["Variant Price", "Price"]),
                ]
            })
            .filter(|[handle, _, price]| !price.is_empty() && handle != "old-skirt")
            .collect();
        let products = taken.iter().filter_map(|taken| match taken {
            Taken::Product(found) => Some(&found.product),
            _ => None,
        });
        for row in products.flat_map(shopify_rows) {
            let out = ["URL handle", "SKU", "Price"].map(|name| row[name].clone());
            assert_eq!(out, came.remove(0), "{name}");
        }
        assert_eq!(came, Vec::<[String; 3]>::new(), "{name}");
    }
}

#[test]
fn of_a_file_that_shopify_wrote_again_only_our_own_columns_are_lost() {
    let mut product = crate::testing::sample::product("Linden 1");
    product.tags = vec!["summer, early".into(), "linen".into()];
    product.pattern = Some(Pattern::Striped);
    let mut few = crate::testing::sample::variant("a", "navy", "S");
    few.offer.availability = Availability::LimitedStock;
    few.offer.stock = Some(2);
    let mut gone = crate::testing::sample::variant("b", "red", "M");
    gone.offer.availability = Availability::Discontinued;
    gone.offer.stock = None;
    gone.colours = vec![Colour::Red, Colour::White];
    gone.colour_name = Some("Sunset".into());
    product.variants = vec![few, gone];

    let (written, _) = written(ExportDialect::Shopify, &product);
    let mut reader = csv::Reader::from_reader(&written[..]);
    let kept: Vec<usize> = (0..)
        .zip(reader.headers().unwrap())
        .filter(|(_, name)| !name.starts_with("Vitrine "))
        .map(|(at, _)| at)
        .collect();
    let mut again = csv::Writer::from_writer(Vec::new());
    let header = reader.headers().unwrap().clone();
    again.write_record(kept.iter().map(|at| &header[*at])).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        again.write_record(kept.iter().map(|at| &row[*at])).unwrap();
    }
    let (_, taken) = read(&again.into_inner().unwrap(), Some("EUR"));
    let [Taken::Product(found)] = &taken[..] else { panic!("{taken:?}") };

    let mut expected = product.clone();
    expected.id = found.product.id.clone();
    assert!(expected.id.as_str().starts_with("linden-1-"), "{}", expected.id);
    expected.tags = vec!["summer early".into(), "linen".into()];
    (expected.material, expected.pattern, expected.sleeve, expected.length) =
        (None, None, None, None);
    expected.link = None;
    expected.variants[0].offer.availability = Availability::InStock;
    expected.variants[1].offer.availability = Availability::OutOfStock;
    expected.variants[1].offer.stock = Some(0);
    expected.variants[1].colours = vec![];
    assert_eq!(found.product, expected);
}
