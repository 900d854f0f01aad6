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

fn variant() -> impl Strategy<Value = Variant> {
    (
        vec(word(Colour::ALL), 0..4),
        option::of(text()),
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
    (attributes, texts, vec(text(), 0..4), vec(variant(), 1..5), any::<bool>()).prop_map(
        |(attributes, texts, mut tags, mut variants, bare)| {
            let (category, gender, age_group, pattern, sleeve, length) = attributes;
            let (title, brand, description, product_type, material) = texts;
            tags.sort();
            tags.dedup();
            for (at, variant) in variants.iter_mut().enumerate() {
                let name = if bare && at == 0 { "p".to_owned() } else { format!("p, {at}") };
                variant.id = VariantId::new(name).unwrap();
            }
            Product {
                id: ProductId::new("p").unwrap(),
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
            }
        },
    )
}

proptest! {
    #[test]
    fn an_import_of_an_export_changes_nothing(product in product()) {
        for (dialect, read_as) in
            [(ExportDialect::Vitrine, Dialect::Vitrine), (ExportDialect::Google, Dialect::Google)]
        {
            let mut written = Vec::new();
            let mut exporter = Exporter::new(dialect, &mut written).unwrap();
            exporter.write(&product).unwrap();
            exporter.finish().unwrap();
            let (known_as, taken) = read(&written, None);
            prop_assert_eq!(known_as, read_as);
            let [Taken::Product(found)] = &taken[..] else {
                return Err(TestCaseError::fail(format!("{taken:?}")));
            };
            prop_assert_eq!(&found.product, &product);
        }
    }
}
