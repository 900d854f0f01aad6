//! Merchants' words to those of the closed vocabularies.

mod categories;
mod colours;
mod known;

pub(super) use categories::Kind;
pub(crate) use colours::colour_named;
pub(super) use colours::{colours, is_palette, palette};
pub(super) use known::KnownWords;

use crate::vocabulary::{AgeGroup, Availability, Gender, Length, Pattern, Sleeve};

/// What an option of a product is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionName {
    Colour,
    Size,
    Material,
}

/// By the names that options have in English, German, French, Spanish and Chinese.
pub(super) fn option_name(name: &str) -> Option<OptionName> {
    match plain(name).as_str() {
        "color" | "colour" | "colors" | "farbe" | "couleur" | "color way" | "颜色" => {
            Some(OptionName::Colour)
        }
        "size" | "sizes" | "größe" | "groesse" | "taille" | "talla" | "尺码" | "尺寸" => {
            Some(OptionName::Size)
        }
        "material" | "fabric" | "matière" | "stoff" | "材质" => Some(OptionName::Material),
        _ => None,
    }
}

/// The genders that a list names: one, or both as unisex.
fn gender(text: &str) -> Option<Gender> {
    let mut named = listed(text, one_gender);
    let first = named.next()?;
    Some(if named.all(|other| other == first) { first } else { Gender::Unisex })
}

fn one_gender(text: &str) -> Option<Gender> {
    match plain(text).as_str() {
        "female" | "women" | "woman" | "womens" | "women's" | "ladies" | "girl" | "girls"
        | "damen" | "femme" | "mujer" | "女" | "女士" => Some(Gender::Women),
        "male" | "men" | "man" | "mens" | "men's" | "boy" | "boys" | "herren" | "homme"
        | "hombre" | "男" | "男士" => Some(Gender::Men),
        "unisex" | "mixte" | "unisexe" | "中性" => Some(Gender::Unisex),
        _ => None,
    }
}

/// The first age group that a list names.
fn age_group(text: &str) -> Option<AgeGroup> {
    listed(text, one_age_group).next()
}

fn one_age_group(text: &str) -> Option<AgeGroup> {
    match plain(text).as_str() {
        "newborn" => Some(AgeGroup::Newborn),
        "infant" | "baby" | "babies" => Some(AgeGroup::Infant),
        "toddler" => Some(AgeGroup::Toddler),
        "kids" | "kid" | "child" | "children" | "kinder" | "enfant" | "niños" | "儿童" => {
            Some(AgeGroup::Kids)
        }
        "adult" | "adults" | "erwachsene" | "adulte" | "adulto" | "成人" => Some(AgeGroup::Adult),
        _ => None,
    }
}

/// The first length of sleeves that a list names.
fn sleeve(text: &str) -> Option<Sleeve> {
    let one = |text: &str| {
        let words = plain(text).replace('-', " ");
        let word = words.trim_end_matches(" sleeved").trim_end_matches(" sleeves");
        match word.trim_end_matches(" sleeve") {
            "strapless" | "spaghetti strap" | "straps" | "ärmellos" | "sans manches" => {
                Some(Sleeve::Sleeveless)
            }
            "cap" | "kurzarm" | "kurz" | "manches courtes" | "manga corta" => Some(Sleeve::Short),
            "3/4" | "three quarter" | "half" | "elbow" => Some(Sleeve::ThreeQuarter),
            "full" | "langarm" | "lang" | "manches longues" | "manga larga" => Some(Sleeve::Long),
            known => known.parse().ok(),
        }
    };
    listed(text, one).next()
}

/// The first length of a garment that a list names.
fn length(text: &str) -> Option<Length> {
    let one = |text: &str| match plain(text).as_str() {
        "mini" | "micro" => Some(Length::Short),
        "knee length" => Some(Length::Knee),
        "maxi" | "full length" | "ankle" | "floor length" => Some(Length::Long),
        known => known.parse().ok(),
    };
    listed(text, one).next()
}

/// What is understood of a list, as Shopify writes it: `adults; teens`.
fn listed<T>(text: &str, read: fn(&str) -> Option<T>) -> impl Iterator<Item = T> {
    text.split(';').filter_map(read)
}

/// Google's, OpenAI's, the Agentic Commerce Protocol's and schema.org's words, and those of shops.
pub(super) fn availability(text: &str) -> Option<Availability> {
    let word = text.rsplit('/').next().unwrap_or_default().to_lowercase();
    let letters: String = word.chars().filter(|letter| letter.is_alphanumeric()).collect();
    Some(match letters.as_str() {
        "instock" | "instoreonly" | "onlineonly" | "availablefororder" | "available"
        | "auflager" | "lieferbar" | "vorrätig" | "enstock" | "disponible" | "有货" | "现货" => {
            Availability::InStock
        }
        "limitedstock" | "limitedavailability" | "lowstock" | "fewleft" => {
            Availability::LimitedStock
        }
        "outofstock" | "soldout" | "unavailable" | "notavailable" | "ausverkauft"
        | "nichtvorrätig" | "nichtlieferbar" | "rupturedestock" | "enrupturedestock" | "épuisé"
        | "agotado" | "sinexistencias" | "缺货" | "无货" | "售罄" => Availability::OutOfStock,
        "preorder" | "presale" => Availability::Preorder,
        "backorder" | "madetoorder" => Availability::Backorder,
        "discontinued" => Availability::Discontinued,
        "unknown" => Availability::Unknown,
        _ => return None,
    })
}

/// The first pattern that the words name.
fn pattern(text: &str) -> Option<Pattern> {
    if let Ok(pattern) = text.parse() {
        return Some(pattern);
    }
    const WORDS: &[(&str, Pattern)] = &[
        ("plain", Pattern::Plain),
        ("solid", Pattern::Plain),
        ("uni", Pattern::Plain),
        ("einfarbig", Pattern::Plain),
        ("liso", Pattern::Plain),
        ("纯色", Pattern::Plain),
        ("strip", Pattern::Striped),
        ("gestreift", Pattern::Striped),
        ("rayé", Pattern::Striped),
        ("rayas", Pattern::Striped),
        ("条纹", Pattern::Striped),
        ("check", Pattern::Checked),
        ("plaid", Pattern::Checked),
        ("tartan", Pattern::Checked),
        ("gingham", Pattern::Checked),
        ("kariert", Pattern::Checked),
        ("carreaux", Pattern::Checked),
        ("cuadros", Pattern::Checked),
        ("格", Pattern::Checked),
        ("dot", Pattern::Dotted),
        ("gepunktet", Pattern::Dotted),
        ("pois", Pattern::Dotted),
        ("lunares", Pattern::Dotted),
        ("波点", Pattern::Dotted),
        ("flor", Pattern::Floral),
        ("flower", Pattern::Floral),
        ("geblümt", Pattern::Floral),
        ("fleuri", Pattern::Floral),
        ("花", Pattern::Floral),
        ("animal", Pattern::Animal),
        ("leopard", Pattern::Animal),
        ("zebra", Pattern::Animal),
        ("snake", Pattern::Animal),
        ("豹纹", Pattern::Animal),
        ("graphic", Pattern::Graphic),
        ("logo", Pattern::Graphic),
        ("print", Pattern::Graphic),
        ("印花", Pattern::Graphic),
    ];
    let words = plain(text);
    let named = |beginning: &str| {
        let mut each = words.split([' ', '-', '/', ',']);
        each.any(|word| word.starts_with(beginning))
            || !beginning.is_ascii() && words.contains(beginning)
    };
    WORDS.iter().find(|(beginning, _)| named(beginning)).map(|(_, pattern)| *pattern)
}

/// Lower case, single spaces.
fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_is_known_in_every_dialects_words() {
        for (text, known) in [
            ("in stock", Some(Availability::InStock)),
            ("in_stock", Some(Availability::InStock)),
            ("https://schema.org/InStock", Some(Availability::InStock)),
            ("pre_order", Some(Availability::Preorder)),
            ("LimitedAvailability", Some(Availability::LimitedStock)),
            ("SoldOut", Some(Availability::OutOfStock)),
            ("Auf Lager", Some(Availability::InStock)),
            ("En rupture de stock", Some(Availability::OutOfStock)),
            ("缺货", Some(Availability::OutOfStock)),
            ("maybe", None),
        ] {
            assert_eq!(availability(text), known, "{text}");
        }
    }

    #[test]
    fn patterns_options_and_people_are_known_in_several_languages() {
        for (text, known) in [
            ("Striped", Some(Pattern::Striped)),
            ("rayé", Some(Pattern::Striped)),
            ("Polka Dots", Some(Pattern::Dotted)),
            ("Solid", Some(Pattern::Plain)),
            ("碎花", Some(Pattern::Floral)),
            ("Tie-Dye", None),
        ] {
            assert_eq!(pattern(text), known, "{text}");
        }
        assert_eq!(option_name(" Größe"), Some(OptionName::Size));
        assert_eq!(gender("Female"), Some(Gender::Women));
        assert_eq!(gender("female; male"), Some(Gender::Unisex));
        assert_eq!(age_group("kids"), Some(AgeGroup::Kids));
        assert_eq!(age_group("teens; adults"), Some(AgeGroup::Adult));
    }

    #[test]
    fn sleeves_and_lengths_are_known_by_their_own_words_and_by_shops() {
        for known in Sleeve::ALL {
            assert_eq!([sleeve(known.id()), sleeve(known.words())], [Some(*known); 2]);
        }
        for known in Length::ALL {
            assert_eq!([length(known.id()), length(known.words())], [Some(*known); 2]);
        }
        assert_eq!(sleeve("Long-sleeved"), Some(Sleeve::Long));
        assert_eq!(sleeve("3/4"), Some(Sleeve::ThreeQuarter));
        assert_eq!(sleeve("puffed"), None);
        assert_eq!(length("Maxi"), Some(Length::Long));
    }
}
