use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadRule, NAMED, check_text};
use crate::search::{holds, tokens};

/// Words that customers use for one and the same: whoever says one means all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Synonyms {
    /// Two at least; each may be of several words.
    #[schema(min_items = 2, max_items = 50, example = json!(["trainers", "sneakers", "shoes"]))]
    pub words: Vec<String>,
}

impl Synonyms {
    /// Whether it says something.
    pub fn check(&self) -> Result<(), BadRule> {
        if !(2..=NAMED).contains(&self.words.len()) {
            return Err(BadRule::new("words", format!("Write 2 to {NAMED} of them")));
        }
        self.words.iter().try_for_each(|word| check_text("words", word))
    }

    /// Those that a text does not say, where it says one.
    pub(crate) fn unsaid(&self, text: &[String]) -> Vec<&str> {
        self.but(|word| holds(text, &tokens(word)))
    }

    /// The others, where a word is one of these.
    pub(crate) fn others(&self, word: &str) -> Vec<&str> {
        self.but(|known| tokens(known) == tokens(word))
    }

    /// All but those that are said; none where none is.
    fn but(&self, is_said: impl Fn(&str) -> bool) -> Vec<&str> {
        let (said, others): (Vec<&str>, Vec<&str>) =
            self.words.iter().map(String::as_str).partition(|word| is_said(word));
        if said.is_empty() { Vec::new() } else { others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_says_one_means_the_others() {
        let synonyms = Synonyms {
            words: ["trainers", "tennis shoes", "sneakers"].map(str::to_owned).to_vec(),
        };
        synonyms.check().unwrap();
        let unsaid = |text: &str| synonyms.unsaid(&tokens(text)).join(", ");
        assert_eq!(unsaid("white Sneaker"), "trainers, tennis shoes");
        assert_eq!(unsaid("white tennis shoes"), "trainers, sneakers");
        assert_eq!(unsaid("tennis"), "");
        assert_eq!(synonyms.others("sneaker"), ["trainers", "tennis shoes"]);
        assert!(synonyms.others("shoes").is_empty());
        let alone = Synonyms { words: vec!["trainers".into()] };
        assert!(alone.check().is_err());
    }
}
