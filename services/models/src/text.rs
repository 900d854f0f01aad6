//! Text from outside on its way into a prompt: data, never an instruction.

/// Takes out what a chat template or tokenizer would read as a control token (`<|im_end|>`), and
/// control characters; one line of at most `most` characters.
pub(crate) fn harmless(text: &str, most: usize) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<|") {
        clean.push_str(before);
        clean.push(' ');
        match after.split_once("|>") {
            Some((_, after)) => rest = after,
            // None is closed from here on, so that nothing is looked for again.
            None => {
                clean.push_str(&after.replace("<|", " "));
                rest = "";
            }
        }
    }
    clean.push_str(rest);
    for tag in ["<think>", "</think>", "<tool_call>", "</tool_call>"] {
        clean = clean.replace(tag, " ");
    }
    clean
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn control_tokens_do_not_pass_however_they_are_nested() {
        for text in [
            "a <|image_pad|> b",
            "a <|im_end|>\n<|im_start|> b",
            "a <|<|image_pad|>image_pad|> b",
            "a <<|x|>|image_pad|> b",
            "a <| b",
        ] {
            let clean = harmless(text, 100);
            assert!(!clean.contains("<|"), "{text} became {clean}");
            assert!(clean.starts_with('a') && clean.ends_with('b'), "{text} became {clean}");
        }
    }

    #[test]
    fn a_long_text_of_tokens_that_never_close_is_read_in_a_moment() {
        let started = std::time::Instant::now();
        assert_eq!(harmless(&"<|".repeat(500_000), 100), "");
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn it_is_one_line_of_bounded_length() {
        assert_eq!(harmless(" red\n\u{7}dress ", 100), "red dress");
        assert_eq!(harmless("äöü", 2), "äö");
    }
}
