//! Words of texts, as they are compared.

/// What plurals end with, and what is taken off.
const PLURALS: [(&str, usize); 5] = [("sses", 2), ("shes", 2), ("ches", 2), ("xes", 2), ("s", 1)];

/// A text's words, without case and in one number.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| singular(word).to_owned())
        .collect()
}

fn singular(word: &str) -> &str {
    let is_plural = word.len() > 3 && !word.ends_with("ss");
    let ending = PLURALS.iter().find(|(ending, _)| is_plural && word.ends_with(ending));
    ending.map_or(word, |(_, letters)| &word[..word.len() - letters])
}

/// Whether words stand in a text, one after the other. No words stand in none.
pub(crate) fn holds(text: &[String], words: &[String]) -> bool {
    !words.is_empty() && text.windows(words.len()).any(|some| some == words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_the_same_word() {
        for (many, one) in [
            ("Dresses", "dress"),
            ("shoes", "shoe"),
            ("watches", "watch"),
            ("boxes", "box"),
            ("T-Shirts", "t-shirt"),
            ("gas", "gas"),
        ] {
            assert_eq!(tokens(many), tokens(one), "{many}");
        }
    }

    #[test]
    fn words_stand_in_a_text_whole_and_in_their_order() {
        let text = tokens("Red dresses, for a wedding");
        assert!(holds(&text, &tokens("red dress")) && holds(&text, &tokens("wedding")));
        assert!(!holds(&text, &tokens("dress red")) && !holds(&text, &tokens("wed")));
        assert!(!holds(&text, &[]));
    }
}
