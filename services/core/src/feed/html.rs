//! Texts that merchants write as HTML, to text and back.

use std::borrow::Cow;

/// Tags that end no word.
const INLINE: [&str; 16] = [
    "a", "abbr", "b", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u",
    "wbr", "strike",
];
/// Other tags that descriptions have.
const BLOCK: [&str; 24] = [
    "br", "p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "tbody",
    "thead", "tr", "td", "th", "dl", "dt", "dd", "img", "section",
];
/// What is between these is not read.
const UNREAD: [&str; 2] = ["script", "style"];
/// The most bytes between `&` and `;`: the longest name that HTML knows has 31.
const LONGEST_NAME: usize = 32;

/// Text of a column that may hold HTML or not: `Size < 38` is text.
pub(super) fn text_of_either(text: &str) -> Cow<'_, str> {
    if is_html(text) { Cow::Owned(text_of(text)) } else { Cow::Borrowed(text) }
}

/// Text for a column that may hold HTML or not.
pub(super) fn for_either(text: &str) -> Cow<'_, str> {
    if is_html(text) { Cow::Owned(escaped(text)) } else { Cow::Borrowed(text) }
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of HTML.
pub(super) fn text_of(html: &str) -> String {
    // Where no tag ends any more, none is looked for: else each `<b` would be followed to the end.
    let ends = html.rfind('>').unwrap_or_default();
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((letter, after)) = entity(rest) {
            text.push_str(&letter);
            rest = after;
        } else if let Some((name, after)) = tag(rest, html.len() - rest.len() < ends) {
            if !INLINE.contains(&name.as_str()) {
                text.push(' ');
            }
            rest = if UNREAD.contains(&name.as_str()) { behind(after, &name) } else { after };
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text
}

/// Whether a tag or an entity stands in it.
fn is_html(text: &str) -> bool {
    // One letter is looked for much faster than one of two, and most texts have neither.
    if !text.contains('<') && !text.contains('&') {
        return false;
    }
    let ends = text.rfind('>').unwrap_or_default();
    text.match_indices(['<', '&']).any(|(at, _)| {
        let known =
            |name: &str| INLINE.contains(&name) || BLOCK.contains(&name) || UNREAD.contains(&name);
        let from = &text[at..];
        entity(from).is_some() || at < ends && name_of(from).is_some_and(|name| known(&name))
    })
}

/// The name of the tag or comment that the text begins with, and what follows it. `ends` is whether any
/// tag may end in it.
fn tag(text: &str, ends: bool) -> Option<(String, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Some((String::new(), comment.split_once("-->").map_or("", |(_, after)| after)));
    }
    let name = name_of(text).filter(|_| ends)?;
    let (_, after) = text.split_once('>')?;
    Some((name, after))
}

/// The name of the tag that the text begins with, whether that ends or not.
fn name_of(text: &str) -> Option<String> {
    let inside = text.strip_prefix('<')?;
    let named = inside.strip_prefix('/').unwrap_or(inside);
    if !named.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!') {
        return None;
    }
    let name = named.split(|letter: char| !letter.is_ascii_alphanumeric()).next()?;
    Some(name.to_lowercase())
}

/// What the entity that the text begins with stands for, and what follows it.
fn entity(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(LONGEST_NAME + 1).position(|byte| byte == b';')?;
    let (name, after) = (&inside[..end], &inside[end + 1..]);
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?.to_string()
        }
        None => quick_xml::escape::resolve_html5_entity(name)?.to_owned(),
    };
    Some((letter, after))
}

/// What follows the end of this element.
fn behind<'a>(text: &'a str, name: &str) -> &'a str {
    let end = text.match_indices("</").find(|(at, _)| {
        text[at + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
    });
    end.and_then(|(at, _)| tag(&text[at..], true)).map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::clean;

    #[test]
    fn html_becomes_text() {
        for (html, text) in [
            (
                "<p>Linen &amp; cotton,<br/>with&nbsp;<b>pockets</b>.</p>",
                "Linen & cotton, with pockets.",
            ),
            ("<ul><li>Piqu&eacute;</li><li>&#39;soft&#x27;</li></ul>", "Piqué 'soft'"),
            ("Wash < 30 °C & dry", "Wash < 30 °C & dry"),
            ("A &unknown; B", "A &unknown; B"),
            ("A<style>p { color: red }</style><!-- b > c -->B<SCRIPT>x</Script>", "A B"),
            ("Cut <b", "Cut <b"),
        ] {
            assert_eq!(clean(&text_of(html)), text, "{html}");
        }
    }

    #[test]
    fn a_long_text_of_what_never_ends_is_read_in_a_moment() {
        let started = std::time::Instant::now();
        for piece in ["&", "<b", "<x"] {
            let text = piece.repeat(1_000_000 / piece.len());
            text_of(&text);
            text_of_either(&text);
            text_of_either(&format!("{text}>"));
        }
        // A second where each is looked at once, a minute where each is followed to the end.
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    #[test]
    fn text_that_may_be_html_is_read_as_it_was_written() {
        for text in ["a < b", "a <b> c", "R&D", "x &amp; y", "<38>", "&lt;", "<p", "</p>", "é"] {
            assert_eq!(text_of_either(&for_either(text)), text);
        }
        assert_eq!(text_of_either("size <38>, R&D"), "size <38>, R&D");
        assert_eq!(text_of_either("<p>Soft&nbsp;linen</p>").trim(), "Soft\u{a0}linen");
    }
}
