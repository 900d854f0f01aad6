//! What a customer's own words rule out: colours, sizes and prices that are said outright, in
//! English, German, French or Spanish. Only forms that can hardly mean anything else are taken;
//! everything that was written stays the wish.

use crate::{
    feed::colour_named,
    filter::Filters,
    money::{Currency, Money},
    vocabulary::Colour,
};

/// What comes before the most that is paid.
const AT_MOST: [&[&str]; 20] = [
    &["no", "more", "than"],
    &["not", "more", "than"],
    &["less", "than"],
    &["cheaper", "than"],
    &["at", "most"],
    &["up", "to"],
    &["under"],
    &["below"],
    &["max"],
    &["maximum"],
    &["weniger", "als"],
    &["bis", "zu"],
    &["bis"],
    &["unter"],
    &["höchstens"],
    &["maximal"],
    &["moins", "de"],
    &["au", "maximum"],
    &["menos", "de"],
    &["hasta"],
];
/// What comes before the least that is paid.
const AT_LEAST: [&[&str]; 10] = [
    &["more", "than"],
    &["at", "least"],
    &["over"],
    &["above"],
    &["mehr", "als"],
    &["mindestens"],
    &["über"],
    &["plus", "de"],
    &["au", "moins"],
    &["más", "de"],
];
const IN: [&str; 2] = ["in", "en"];
const OR: [&str; 4] = ["or", "oder", "ou", "o"];
const SIZE: [&str; 6] = ["size", "größe", "grösse", "gr", "taille", "talla"];
const LETTERS: [&str; 10] = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "4XL", "5XL"];

/// The conditions that a text says outright. A price without a currency is taken in `currency`,
/// where one is known and nothing but the end follows.
pub fn understood(text: &str, currency: Option<Currency>) -> Filters {
    let words = Words::of(text);
    let mut filters = Filters::default();
    let mut at = 0;
    while at < words.len() {
        at += words
            .price(at, currency, &mut filters)
            .or_else(|| words.colours(at, &mut filters.colours))
            .or_else(|| words.size(at, &mut filters.sizes))
            .unwrap_or(1);
    }
    filters
}

/// The prices and sizes alone that a text says outright, and the text without them.
pub fn conditions(text: &str) -> (Filters, String) {
    let words = Words::of(text);
    let mut filters = Filters::default();
    let (mut rest, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let said = words.price(at, None, &mut filters);
        match said.or_else(|| words.size(at, &mut filters.sizes)) {
            Some(taken) => at += taken,
            None => {
                rest.push(words.written(at));
                at += 1;
            }
        }
    }
    let rest = if filters.is_empty() { text.to_owned() } else { rest.join(" ") };
    (filters, rest)
}

/// The colours that a shopper means by one word: `blue` may be navy.
fn shades(colour: Colour) -> &'static [Colour] {
    match colour {
        Colour::Blue => &[Colour::Blue, Colour::Navy, Colour::LightBlue],
        Colour::Red => &[Colour::Red, Colour::Burgundy],
        Colour::Green => &[Colour::Green, Colour::Olive],
        other => {
            let place = Colour::ALL.iter().position(|known| *known == other).unwrap_or_default();
            Colour::ALL.get(place..=place).unwrap_or_default()
        }
    }
}

/// The words of a text as they were written, and in small letters.
struct Words<'a>(Vec<(&'a str, String)>);

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let words = text
            .split(|c: char| c.is_whitespace() || "!?;:()\"«»".contains(c))
            .map(|word| word.trim_matches([',', '.', '\'']))
            .filter(|word| !word.is_empty());
        Self(words.map(|word| (word, word.to_lowercase())).collect())
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn word(&self, at: usize) -> &str {
        self.0.get(at).map_or("", |(_, small)| small)
    }

    fn written(&self, at: usize) -> &str {
        self.0.get(at).map_or("", |(written, _)| written)
    }

    fn says(&self, at: usize, phrase: &[&str]) -> bool {
        phrase.iter().enumerate().all(|(next, word)| self.word(at + next) == *word)
    }

    /// A bound on the price; how many words it takes.
    fn price(&self, at: usize, currency: Option<Currency>, into: &mut Filters) -> Option<usize> {
        let said = |phrases: &[&'static [&'static str]]| {
            phrases.iter().find(|phrase| self.says(at, phrase)).map(|phrase| phrase.len())
        };
        let (bound, phrase) = match said(&AT_MOST) {
            Some(words) => (&mut into.max_price, words),
            None => (&mut into.min_price, said(&AT_LEAST)?),
        };
        let (money, words) = self.money(at + phrase, currency)?;
        bound.get_or_insert(money);
        Some(phrase + words)
    }

    /// `50 euro`, `€49.90`, `50`.
    fn money(&self, at: usize, known: Option<Currency>) -> Option<(Money, usize)> {
        let word = self.word(at);
        let number = word.trim_matches(|c: char| !c.is_ascii_digit());
        let sign = word.replacen(number, "", 1);
        if number.is_empty() {
            return None;
        }
        let (currency, words) = match currency_of(&sign) {
            Some(currency) => (currency, 1),
            None if !sign.is_empty() => return None,
            None => match currency_of(self.word(at + 1)) {
                Some(currency) => (currency, 2),
                None if at + 1 == self.len() => (known?, 1),
                None => return None,
            },
        };
        let number = number.replace(',', ".");
        let money = format!("{number} {currency}").parse().ok()?;
        Some((money, words))
    }

    /// `in light blue or white`; how many words it takes.
    fn colours(&self, at: usize, into: &mut Vec<Colour>) -> Option<usize> {
        if !IN.contains(&self.word(at)) {
            return None;
        }
        let mut taken = 1;
        loop {
            let (colour, words) = self.colour(at + taken)?;
            taken += words;
            for shade in shades(colour) {
                if !into.contains(shade) {
                    into.push(*shade);
                }
            }
            if !OR.contains(&self.word(at + taken)) || self.colour(at + taken + 1).is_none() {
                return Some(taken);
            }
            taken += 1;
        }
    }

    /// A colour's whole name, of two words before one of one.
    fn colour(&self, at: usize) -> Option<(Colour, usize)> {
        let pair = format!("{} {}", self.word(at), self.word(at + 1));
        let pair = colour_named(&pair).map(|colour| (colour, 2));
        pair.or_else(|| colour_named(self.word(at)).map(|colour| (colour, 1)))
    }

    /// `size 38`, or `in M` in capitals; how many words it takes.
    fn size(&self, at: usize, into: &mut Vec<String>) -> Option<usize> {
        let next = self.written(at + 1);
        let size = if SIZE.contains(&self.word(at)) {
            let letters = next.to_uppercase();
            let number = next.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
            if LETTERS.contains(&letters.as_str()) {
                letters
            } else if number && (1..=4).contains(&next.len()) {
                next.replace(',', ".")
            } else {
                return None;
            }
        } else if self.word(at) == "in" && LETTERS.contains(&next) {
            next.to_owned()
        } else {
            return None;
        };
        if !into.contains(&size) {
            into.push(size);
        }
        Some(2)
    }
}

fn currency_of(word: &str) -> Option<Currency> {
    let code = match word {
        "€" | "euro" | "euros" => "EUR",
        "$" | "dollar" | "dollars" | "dólares" => "USD",
        "£" | "pound" | "pounds" => "GBP",
        "fr" | "francs" | "franken" => "CHF",
        code if code.len() == 3 => code,
        _ => return None,
    };
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Filters {
        understood(text, Some("EUR".parse().unwrap()))
    }

    fn price(text: &str) -> Option<Money> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_colour_and_a_price_are_read_as_a_shopper_writes_them() {
        let blue = vec![Colour::Blue, Colour::Navy, Colour::LightBlue];
        for text in [
            "the same in blue, under 50 euro",
            "dasselbe in blau, unter 50 €",
            "le même en bleu à moins de 50€",
            "lo mismo en azul, menos de 50 euros",
            "The same IN BLUE for less than €50.00!",
            "in blue under 50",
        ] {
            let filters = read(text);
            assert_eq!(
                (filters.colours, filters.max_price),
                (blue.clone(), price("50 EUR")),
                "{text}"
            );
        }
    }

    #[test]
    fn several_colours_two_bounds_and_sizes_are_read_together() {
        let filters = read("in light blue or white, size m, more than 20 USD and up to 49,90 USD");
        assert_eq!(filters.colours, [Colour::LightBlue, Colour::White]);
        assert_eq!(filters.sizes, ["M"]);
        assert_eq!((filters.min_price, filters.max_price), (price("20 USD"), price("49.90 USD")));
        assert_eq!(read("size 38 or in L").sizes, ["38", "L"]);
    }

    #[test]
    fn conditions_are_taken_out_of_a_search_and_all_else_stays_as_it_was() {
        let (filters, rest) = conditions("Red dress, size 38, under 50 euro, for a wedding");
        assert_eq!(filters.sizes, ["38"]);
        assert_eq!((filters.max_price, filters.min_price), (price("50 EUR"), None));
        assert!(filters.colours.is_empty());
        assert_eq!(rest, "Red dress for a wedding");
        let (filters, rest) = conditions("dresses over 100 USD");
        assert_eq!((filters.min_price, rest.as_str()), (price("100 USD"), "dresses"));
        let (filters, rest) = conditions("less than €20");
        assert_eq!((filters.max_price, rest.as_str()), (price("20 EUR"), ""));
        let plain = "shoes,  under 50 -- in blue (size matters)";
        assert_eq!(conditions(plain), (Filters::default(), plain.to_owned()));
    }

    #[test]
    fn words_that_may_mean_something_else_rule_nothing_out() {
        for text in [
            "something warmer, for a wedding",
            "I love the blue dress",
            "under the sea",
            "up to 5 pieces of it",
            "over 40 and proud",
            "in time for 2027",
            "i live in l.a.",
            "under 50 shades of grey",
            "size matters",
            "",
        ] {
            assert_eq!(read(text), Filters::default(), "{text}");
        }
        assert_eq!(understood("under 50", None), Filters::default());
    }

    #[test]
    fn no_text_breaks_it() {
        for text in [
            "in",
            "under",
            "under €",
            "size",
            "in in in",
            "under 99999999999999999999 euro",
            "€€€ 5€5€",
        ] {
            read(text);
        }
    }
}
