//! What a feed's words came to: it says the same ones again and again.

use std::collections::HashMap;

use super::{
    Kind, age_group, availability,
    categories::{Path, of_path, of_title},
    colours, gender, length, pattern, sleeve,
};
use crate::vocabulary::{AgeGroup, Availability, Colour, Gender, Length, Pattern, Sleeve};

/// The most texts that are remembered of one kind, and the longest one in bytes.
const MOST: usize = 1_000;
const LONGEST: usize = 200;

/// Reads a feed's words, each as a rule once.
#[derive(Default)]
pub(in crate::feed) struct KnownWords {
    paths: Known<Path>,
    genders: Known<Option<Gender>>,
    age_groups: Known<Option<AgeGroup>>,
    patterns: Known<Option<Pattern>>,
    sleeves: Known<Option<Sleeve>>,
    lengths: Known<Option<Length>>,
    availabilities: Known<Option<Availability>>,
    colours: Known<(Vec<Colour>, bool)>,
}

impl KnownWords {
    /// What kind of garment it is. `taxonomy` and `own` are paths with `>` or numbers; the title
    /// decides where they leave it open.
    pub(in crate::feed) fn kind<'a>(
        &mut self,
        taxonomy: impl Iterator<Item = &'a str>,
        own: impl Iterator<Item = &'a str>,
        title: &str,
    ) -> Option<Kind> {
        let mut open = None;
        for path in own.chain(taxonomy) {
            match self.paths.of(path, of_path) {
                Path::Tells(kind) => return Some(kind),
                Path::LeavesOpen(kind) => open = open.or(kind),
            }
        }
        of_title(title).or(open)
    }

    pub(in crate::feed) fn gender(&mut self, text: &str) -> Option<Gender> {
        self.genders.of(text, gender)
    }

    pub(in crate::feed) fn age_group(&mut self, text: &str) -> Option<AgeGroup> {
        self.age_groups.of(text, age_group)
    }

    pub(in crate::feed) fn pattern(&mut self, text: &str) -> Option<Pattern> {
        self.patterns.of(text, pattern)
    }

    pub(in crate::feed) fn sleeve(&mut self, text: &str) -> Option<Sleeve> {
        self.sleeves.of(text, sleeve)
    }

    pub(in crate::feed) fn length(&mut self, text: &str) -> Option<Length> {
        self.lengths.of(text, length)
    }

    pub(in crate::feed) fn availability(&mut self, text: &str) -> Option<Availability> {
        self.availabilities.of(text, availability)
    }

    pub(in crate::feed) fn colours(&mut self, text: &str) -> (Vec<Colour>, bool) {
        self.colours.of(text, colours)
    }
}

/// Texts and what they came to. Where there are too many, it begins anew.
struct Known<T>(HashMap<String, T>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone> Known<T> {
    fn of(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> T {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new = read(text);
        if text.len() <= LONGEST {
            if self.0.len() == MOST {
                self.0.clear();
            }
            self.0.insert(text.to_owned(), new.clone());
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_read_and_is_bounded() {
        let mut known = Known::default();
        let texts: Vec<String> = (0..3 * MOST).map(|number| number.to_string()).collect();
        for text in texts.iter().chain(&texts) {
            assert_eq!(known.of(text, str::len), text.len());
        }
        assert!(known.0.len() <= MOST);
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(known.of(&long, str::len), long.len());
        assert!(!known.0.contains_key(&long));
        let last = &texts[texts.len() - 1];
        assert_eq!(known.of(last, |_| 0), last.len(), "it is not read again");
    }
}
