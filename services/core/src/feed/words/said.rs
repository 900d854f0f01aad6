//! What customers name in their own words, which are mostly those of merchants.

use super::{categories, colour_named, length, one_age_group, one_gender, pattern, plain, sleeve};
use crate::vocabulary::{AgeGroup, Category, Colour, Gender, Length, Pattern, Sleeve};

/// An attribute that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Category(Category),
    Colour(Colour),
    Pattern(Pattern),
    Sleeve(Sleeve),
    Length(Length),
    Gender(Gender),
    AgeGroup(AgeGroup),
}

/// Words by which something said of length is said of the sleeves.
const SLEEVES: [&str; 6] = ["sleeve", "ärmel", "arm", "manche", "manga", "袖"];

/// The attribute that one to three words name, and nothing else beside it.
pub(crate) fn said(words: &str) -> Option<Said> {
    let words = &*plain(words);
    let of_sleeves = SLEEVES.iter().any(|word| words.contains(word));
    let category = match categories::named(words) {
        Some(categories::Kind::Garment(category)) => Some(category),
        Some(categories::Kind::Other) => None,
        None => words.parse().ok().or_else(|| words.replace(' ', "-").parse().ok()),
    };
    category
        .map(Said::Category)
        .or_else(|| colour_named(words).map(Said::Colour))
        .or_else(|| sleeve(words).filter(|_| of_sleeves).map(Said::Sleeve))
        .or_else(|| length(words).map(Said::Length))
        .or_else(|| one_pattern(words).map(Said::Pattern))
        .or_else(|| one_gender(words).map(Said::Gender))
        .or_else(|| one_age_group(words).map(Said::AgeGroup))
}

/// `uni` is plain in German, and how `university` begins.
fn one_pattern(words: &str) -> Option<Pattern> {
    let is_one = !words.contains(' ') && (words == "uni" || !words.starts_with("uni"));
    is_one.then(|| pattern(words)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_told_and_what_names_more_is_left_to_its_parts() {
        for (words, known) in [
            ("Dress", Some(Said::Category(Category::Dress))),
            ("dresses", Some(Said::Category(Category::Dress))),
            ("polo shirt", Some(Said::Category(Category::PoloShirt))),
            ("red dress", None),
            ("light blue", Some(Said::Colour(Colour::LightBlue))),
            ("schwarz", Some(Said::Colour(Colour::Black))),
            ("striped", Some(Said::Pattern(Pattern::Striped))),
            ("university", None),
            ("long", Some(Said::Length(Length::Long))),
            ("long sleeves", Some(Said::Sleeve(Sleeve::Long))),
            ("sleeveless", Some(Said::Sleeve(Sleeve::Sleeveless))),
            ("women's", Some(Said::Gender(Gender::Women))),
            ("kids", Some(Said::AgeGroup(AgeGroup::Kids))),
            ("wedding", None),
            ("", None),
        ] {
            assert_eq!(said(words), known, "{words}");
        }
    }
}
