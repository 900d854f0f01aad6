//! What a product is missing that it would be found, matched or shown better with.

use crate::{product::Product, vocabulary::vocabulary};

vocabulary! {
    /// Something that a product is missing; of a variant's things, that any of its variants is.
    Lack {
        Picture = "picture", "a picture";
        Description = "description", "a description";
        Brand = "brand", "a brand";
        Colour = "colour", "a colour";
        Size = "size", "a size";
        Material = "material", "a material";
        Pattern = "pattern", "a pattern";
        Gender = "gender", "a gender";
        AgeGroup = "age_group", "an age group";
        Gtin = "gtin", "a GTIN";
        Link = "link", "a link";
        Availability = "availability", "an availability";
    }
}

impl Lack {
    /// Why it matters.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Picture => "A match is shown without a picture, and few shoppers open one.",
            Self::Description => {
                "A product is searched by its words, and the description has most of them."
            }
            Self::Brand => "A shopper who asks for a brand is not shown the product.",
            Self::Colour => {
                "Shoppers see colour first: without one, a garment of any colour fits as little."
            }
            Self::Size => "A shopper who asks for a size is not shown the variant.",
            Self::Material => "A shopper who asks for a material finds what names it first.",
            Self::Pattern => "A match counts more where the garment's pattern is the product's.",
            Self::Gender => "Without one, a product for men is shown to women, and the other way.",
            Self::AgeGroup => "A product for children can not be told from one for adults.",
            Self::Gtin => "The same article that is there twice, under two ids, goes unnoticed.",
            Self::Link => "A shopper who likes a match can not go on to its page.",
            Self::Availability => "What is not known to be in stock is never shown as a match.",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Picture => "Set `image_link` to the address of the main picture.",
            Self::Description => "Set `description` to a few sentences on cut, cloth and use.",
            Self::Brand => "Set `brand`; for own goods, to the shop's name.",
            Self::Colour => "Set `colours` of every variant, the main one first.",
            Self::Size => "Set `size` of every variant; `one size` where there is only one.",
            Self::Material => "Set `material` to what the cloth is made of.",
            Self::Pattern => "Set `pattern`; `plain` where there is none.",
            Self::Gender => "Set `gender`; `unisex` where anybody may wear it.",
            Self::AgeGroup => "Set `age_group`; `adult` for most.",
            Self::Gtin => "Set `gtin` of every variant to the 8, 12, 13 or 14 digits on its label.",
            Self::Link => "Set `link` to the product's page.",
            Self::Availability => "Set `availability` of every variant to a word that is known.",
        }
    }
}

/// All that a product is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Lacks(i64);

impl Lacks {
    /// As one number, a bit for each.
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// What [`bits`](Self::bits) gave.
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    pub const fn contains(self, lack: Lack) -> bool {
        self.0 & lack.bit() != 0
    }
}

impl FromIterator<Lack> for Lacks {
    fn from_iter<T: IntoIterator<Item = Lack>>(lacks: T) -> Self {
        Self(lacks.into_iter().fold(0, |bits, lack| bits | lack.bit()))
    }
}

impl Product {
    /// What it is missing.
    pub fn lacks(&self) -> Lacks {
        Lack::ALL.iter().copied().filter(|lack| self.is_missing(*lack)).collect()
    }

    fn is_missing(&self, lack: Lack) -> bool {
        let mut variants = self.variants.iter();
        match lack {
            Lack::Picture => is_blank(self.image_link.as_deref()),
            Lack::Description => is_blank(Some(&self.description)),
            Lack::Brand => is_blank(self.brand.as_deref()),
            Lack::Colour => variants.any(|variant| variant.colours.is_empty()),
            Lack::Size => variants.any(|variant| is_blank(variant.size.as_deref())),
            Lack::Material => is_blank(self.material.as_deref()),
            Lack::Pattern => self.pattern.is_none(),
            Lack::Gender => self.gender.is_none(),
            Lack::AgeGroup => self.age_group.is_none(),
            Lack::Gtin => variants.any(|variant| variant.read_gtin().is_none()),
            Lack::Link => is_blank(self.link.as_deref()),
            Lack::Availability => variants.any(|variant| variant.offer.availability.is_unknown()),
        }
    }
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::sample, vocabulary::Availability};

    #[test]
    fn a_whole_product_lacks_nothing_and_each_thing_that_is_taken_away_is_told() {
        let mut whole = sample::product("p");
        whole.age_group = Some("adult".parse().unwrap());
        whole.link = Some("https://shop.example/p".into());
        whole.image_link = Some("https://shop.example/p.webp".into());
        whole.variants.push(sample::variant("p-red-s", "red", "S"));
        for variant in &mut whole.variants {
            variant.gtin = Some("4006381333931".into());
        }
        assert_eq!(whole.lacks(), Lacks::default());
        for lack in Lack::ALL {
            let mut product = whole.clone();
            let second = &mut product.variants[1];
            match lack {
                Lack::Picture => product.image_link = None,
                Lack::Description => product.description = " \n".into(),
                Lack::Brand => product.brand = Some(String::new()),
                Lack::Colour => second.colours.clear(),
                Lack::Size => second.size = None,
                Lack::Material => product.material = None,
                Lack::Pattern => product.pattern = None,
                Lack::Gender => product.gender = None,
                Lack::AgeGroup => product.age_group = None,
                Lack::Gtin => second.gtin = Some("soon".into()),
                Lack::Link => product.link = None,
                Lack::Availability => second.offer.availability = Availability::Unknown,
            }
            assert_eq!(product.lacks(), Lacks::from_iter([*lack]), "{lack:?}");
        }
    }

    #[test]
    fn every_lack_says_in_a_sentence_why_it_matters_and_what_to_do() {
        for lack in Lack::ALL {
            for sentence in [lack.why(), lack.remedy()] {
                assert!(sentence.ends_with('.') && sentence.len() < 100, "{sentence}");
            }
        }
    }
}
