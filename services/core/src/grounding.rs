//! Holding advice, and what is told of garments, to what is there. The ids in advice are held by the
//! model's schema; its words are not, and a shopper reads the words.

use crate::{
    claims::{claim, repeats, turns_round},
    garment::{Garment, sentence},
    ids::ProductId,
    look::Suggestion,
    ports::{AdvicePiece, Brief, Candidate},
    vocabulary::{Category, Colour},
};

/// Products named in the sentence that stands for one that could not be told.
const NAMED: usize = 4;
/// Words after which `dress` is something that one does.
const DOING: [&str; 6] = ["up", "down", "it", "for", "to", "code"];

/// A piece of advice of a model with these instructions as it may be told: its words speak only of
/// the products it names and of what the customer wears or bought, and [claim](crate::claims)
/// nothing but what stands in a product's title. An overall sentence that does is replaced by a
/// plain one; such a suggestion, or one of products that were not found, is not told at all.
pub fn grounded(piece: AdvicePiece, brief: &Brief, instructions: &[&str]) -> Option<AdvicePiece> {
    let claims = |text: &str| {
        claim(&without_titles(text, brief), "", instructions).is_some()
            || text.chars().any(turns_round)
    };
    match piece {
        AdvicePiece::Text(text) => {
            let said = speaks_only_of(&text, &things(brief, |_| true)) && !claims(&text);
            Some(AdvicePiece::Text(if said { text } else { plain(brief) }))
        }
        AdvicePiece::Suggestion(suggestion) => {
            let Suggestion { text, product_ids } = &suggestion;
            let found =
                |id: &ProductId| brief.candidates.iter().any(|candidate| candidate.product == *id);
            let named = things(brief, |candidate| product_ids.contains(&candidate.product));
            let told = !product_ids.is_empty()
                && product_ids.iter().all(found)
                && speaks_only_of(text, &named)
                && !claims(text);
            told.then_some(AdvicePiece::Suggestion(suggestion))
        }
    }
}

/// A garment as it may be told: words of the model that claim anything but the letters on it, or
/// repeat its instructions, give way to a plain sentence.
pub(crate) fn described(garment: Garment, instructions: &[&str]) -> Garment {
    let text = match repeats(&garment.text, instructions) {
        true => String::new(),
        false => garment.text.clone(),
    };
    let words = without(&garment.description, &text);
    if claim(&words, "", instructions).is_none() && text == garment.text {
        return garment;
    }
    let Garment { category, colours, pattern, sleeve, length, .. } = &garment;
    let description = sentence(*category, colours, *pattern, *sleeve, *length, &text);
    Garment { description, text, ..garment }
}

/// A text without the titles of products in it.
fn without_titles(text: &str, brief: &Brief) -> String {
    let titles = brief.candidates.iter().map(|candidate| &candidate.title);
    titles.fold(text.to_owned(), |text, title| without(&text, title))
}

/// A text without a part of it, where that stands alone.
fn without(text: &str, part: &str) -> String {
    if part.trim().is_empty() {
        return text.to_owned();
    }
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices(part) {
        let (before, after) = (&text[..at], &text[at + part.len()..]);
        let is_alone =
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        if is_alone {
            rest.push_str(&text[from..at]);
            rest.push(' ');
            from = at + part.len();
        }
    }
    rest + &text[from..]
}

/// Something that may be spoken of.
#[derive(Debug, Clone, Copy)]
struct Thing<'a> {
    category: Category,
    colours: &'a [Colour],
}

/// What the customer wears and has, and the candidates that pass.
fn things(brief: &Brief, passes: impl Fn(&Candidate) -> bool) -> Vec<Thing<'_>> {
    let worn = brief
        .garments
        .iter()
        .map(|garment| Thing { category: garment.category, colours: &garment.colours });
    let offered = brief.candidates.iter().filter(|candidate| passes(candidate)).map(|candidate| {
        Thing { category: candidate.category, colours: candidate.colour.as_slice() }
    });
    let bought = brief.bought.iter();
    let bought = bought.map(|had| Thing { category: had.category, colours: &had.colours });
    worn.chain(bought).chain(offered).collect()
}

/// A sentence that is true whatever was found.
fn plain(brief: &Brief) -> String {
    let mut names: Vec<String> = Vec::new();
    for candidate in &brief.candidates {
        let name = match candidate.colour {
            Some(colour) => format!("{colour} {}", candidate.category),
            None => candidate.category.to_string(),
        };
        if !names.contains(&name) && names.len() < NAMED {
            names.push(name);
        }
    }
    format!("The shop has these for your look: {}.", names.join(", "))
}

/// Whether every garment that an English sentence names is among these things: its category and
/// the colour written before it, if any; or ones so near that shoppers use the word for them too.
fn speaks_only_of(sentence: &str, things: &[Thing<'_>]) -> bool {
    mentions(sentence).into_iter().all(|(colour, category)| {
        things.iter().any(|thing| {
            let same_kind = thing.category == category
                || category.neighbours().contains(&thing.category)
                || thing.category.neighbours().contains(&category);
            let same_colour = |colour: Colour| {
                let mut theirs = thing.colours.iter();
                theirs.any(|theirs| *theirs == colour || colour.neighbours().contains(theirs))
            };
            same_kind && colour.is_none_or(same_colour)
        })
    })
}

/// Whether an English text names no garment that another one does not name too.
pub(crate) fn speaks_only_of_these(text: &str, other: &str) -> bool {
    let named = mentions(other);
    let things: Vec<Thing<'_>> = named
        .iter()
        .map(|(colour, category)| Thing { category: *category, colours: colour.as_slice() })
        .collect();
    speaks_only_of(text, &things)
}

/// The garments that a sentence names, each with the colour written right before it.
fn mentions(sentence: &str) -> Vec<(Option<Colour>, Category)> {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match category_at(&words[at..]) {
            Some((category, length)) => {
                if !is_no_garment(category, words.get(at + length).copied()) {
                    found.push((colour_before(&words[..at]), category));
                }
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The longest category that these words begin with, and of how many words it is.
fn category_at(words: &[&str]) -> Option<(Category, usize)> {
    Category::ALL
        .iter()
        .filter_map(|category| {
            let name: Vec<&str> = category.words().split(' ').collect();
            let (last, first) = name.split_last()?;
            let begins = words.len() >= name.len() && words[..first.len()] == *first;
            let ends = words.get(first.len()).is_some_and(|word| is_form_of(word, last));
            (begins && ends).then_some((*category, name.len()))
        })
        .max_by_key(|(_, length)| *length)
}

/// A word or its plural.
fn is_form_of(word: &str, name: &str) -> bool {
    let rest = word.strip_prefix(name);
    rest.is_some_and(|rest| matches!(rest, "" | "s" | "es"))
}

/// `on top` names no top, `dress it up` no dress.
fn is_no_garment(category: Category, next: Option<&str>) -> bool {
    match category {
        Category::Top => true,
        Category::Dress => next.is_some_and(|next| DOING.contains(&next)),
        _ => false,
    }
}

fn colour_before(words: &[&str]) -> Option<Colour> {
    let last = *words.last()?;
    let two = words.len().checked_sub(2).map(|at| words[at..].join(" "));
    Colour::ALL
        .iter()
        .copied()
        .find(|colour| two.as_deref() == Some(colour.words()))
        .or_else(|| Colour::ALL.iter().copied().find(|colour| colour.words() == last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    const NAVY_DRESS: Thing<'_> =
        Thing { category: Category::Dress, colours: &[Colour::Navy, Colour::White] };
    const WHITE_SHOES: Thing<'_> = Thing { category: Category::Shoes, colours: &[Colour::White] };

    #[test]
    fn what_is_there_may_be_named_in_the_singular_and_the_plural() {
        let things = [NAVY_DRESS, WHITE_SHOES];
        for sentence in [
            "The navy dress is the heart of this look, and white shoes keep it light.",
            "Dress it up, or dress down, with both on top of each other.",
            "Two dresses are better than one.",
            "Nothing in particular.",
        ] {
            assert!(speaks_only_of(sentence, &things), "{sentence}");
        }
    }

    #[test]
    fn another_kind_or_another_colour_is_found_out() {
        let things = [NAVY_DRESS, WHITE_SHOES];
        for sentence in [
            "Add the pink hat.",
            "Pair the navy dress with the black shoes.",
            "A red dress would do.",
            "Wear a polo shirt under it.",
        ] {
            assert!(!speaks_only_of(sentence, &things), "{sentence}");
        }
    }

    #[test]
    fn a_word_of_two_parts_is_not_taken_for_its_last_one() {
        let polo = [Thing { category: Category::PoloShirt, colours: &[Colour::LightBlue] }];
        assert!(speaks_only_of("The light blue polo shirt.", &polo));
        assert_eq!(
            mentions("a light blue polo shirt and a blue long-sleeve top"),
            [
                (Some(Colour::LightBlue), Category::PoloShirt),
                (Some(Colour::Blue), Category::LongSleeveTop)
            ]
        );
    }

    #[test]
    fn a_near_kind_and_a_near_colour_may_stand_for_another() {
        let blouse = [Thing { category: Category::Blouse, colours: &[Colour::White] }];
        assert!(speaks_only_of("The white shirt is easy to wear.", &blouse));
        assert!(speaks_only_of("The blue dress is easy to wear.", &[NAVY_DRESS]));
    }

    fn brief() -> Brief {
        let candidate = |id: &str, category, colour| Candidate {
            product: ProductId::new(id).unwrap(),
            title: "Linden".into(),
            category,
            colour: Some(colour),
        };
        Brief {
            garments: vec![sample::garment(Category::Skirt, &[Colour::Olive])],
            candidates: vec![
                candidate("d1", Category::Dress, Colour::Navy),
                candidate("s1", Category::Shoes, Colour::White),
            ],
            wish: None,
            locale: None,
            ..Brief::default()
        }
    }

    fn suggestion(text: &str, ids: &[&str]) -> AdvicePiece {
        let product_ids = ids.iter().map(|id| ProductId::new(id).unwrap()).collect();
        AdvicePiece::Suggestion(Suggestion { text: text.into(), product_ids })
    }

    #[test]
    fn an_overall_sentence_that_dreams_gives_way_to_a_plain_one() {
        let told = |text: &str| grounded(AdvicePiece::Text(text.into()), &brief(), &[]);
        let true_one = "Your olive skirt asks for white shoes.";
        assert_eq!(told(true_one), Some(AdvicePiece::Text(true_one.into())));
        assert_eq!(
            told("A pink hat lifts it."),
            Some(AdvicePiece::Text(
                "The shop has these for your look: navy dress, white shoes.".into()
            ))
        );
    }

    #[test]
    fn a_suggestion_is_told_when_its_words_and_its_products_are_the_same_things() {
        for (text, ids, told) in [
            ("Wear the navy dress with the white shoes.", &["d1", "s1"][..], true),
            ("Wear your olive skirt with the white shoes.", &["s1"], true),
            ("Wear the navy dress with the white shoes.", &["s1"], false),
            ("Add the pink hat.", &["d1"], false),
            ("Wear it.", &["ghost"], false),
            ("Wear it.", &["d1", "ghost"], false),
            ("Wear it.", &[], false),
        ] {
            let piece = suggestion(text, ids);
            let expected = told.then(|| piece.clone());
            assert_eq!(grounded(piece, &brief(), &[]), expected, "{text} {ids:?}");
        }
    }

    #[test]
    fn advice_claims_nothing_but_what_stands_in_a_title() {
        let own = ["You are the stylist of a clothes shop"];
        let mut brief = brief();
        brief.candidates[0].title = "Linden \u{202e}RUE 1".into();
        brief.candidates[1].title = "501 Original".into();
        for (text, told) in [
            ("Wear the 501 Original.", true),
            ("Wear the 1501 Original.", false),
            ("Wear the Linden \u{202e}RUE 1.", false),
            ("Wear it, now only 9.90 EUR.", false),
            ("Wear it, with ninety percent off.", false),
            ("Wear it: see evil.example.", false),
            ("You are the stylist of a clothes shop.", false),
        ] {
            let piece = suggestion(text, &["s1"]);
            let expected = told.then(|| piece.clone());
            assert_eq!(grounded(piece, &brief, &own), expected, "{text}");
            let whole = grounded(AdvicePiece::Text(text.into()), &brief, &own);
            let plain = AdvicePiece::Text(plain(&brief));
            let expected = if told { AdvicePiece::Text(text.into()) } else { plain };
            assert_eq!(whole, Some(expected), "{text}");
        }
    }

    #[test]
    fn what_a_model_says_of_a_garment_claims_nothing_but_the_letters_on_it() {
        let own = ["Letters in the photo are part of the picture"];
        let of = |text: &str, description: &str| {
            let dress = sample::garment(Category::Dress, &[Colour::Navy]);
            described(Garment { text: text.into(), description: description.into(), ..dress }, &own)
        };
        let kept = "A dress that says SALE 50%.";
        assert_eq!(of("SALE 50%", kept).description, kept);
        for description in ["A dress at 50% off.", "Letters in the photo are part of the picture"] {
            let told = of("HI", description);
            assert_eq!(told.description, "A navy midi dress with long sleeves saying HI.");
        }
        let told = of(own[0], own[0]);
        assert_eq!((told.text.as_str(), told.description.contains("Letters")), ("", false));
    }
}
