//! Answers as the results of tools.

use rmcp::model::{CallToolResult, ContentBlock, Resource};
use serde::Serialize;
use serde_json::Value;
use vitrine_core::{
    address::WebAddress,
    completing::Completion,
    look::{Look, Match},
};

use crate::{problem::Problem, problems::Code, ucp::Found};

/// Kinds of pictures, by the ending of a file's name.
const KINDS: [(&str, &str); 9] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
];

/// An answer as JSON, as text for clients that read no other, and with a link to each picture.
pub(super) fn answered(
    answer: &impl Serialize,
    pictures: Vec<Resource>,
) -> Result<CallToolResult, Problem> {
    let broken = |error: serde_json::Error| {
        tracing::error!(%error, "an answer could not be written");
        Problem::of(Code::Internal)
    };
    // By way of its text: a similarity is 0.9 there, and 0.8999999761581421 as a number.
    let text = serde_json::to_string(answer).map_err(broken)?;
    let answer: Value = serde_json::from_str(&text).map_err(broken)?;
    let mut result = CallToolResult::structured(answer);
    result.content.extend(pictures.into_iter().map(ContentBlock::resource_link));
    Ok(result)
}

/// What a model is told so that it can do better.
pub(super) fn failed(problem: &Problem) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(problem.words())])
}

pub(super) fn pictures_of_look(look: &Look) -> Vec<Resource> {
    let of_garments = look.garments.iter().flat_map(|garment| &garment.matches);
    let completing = look.complete_the_look.iter().flat_map(|completion| &completion.matches);
    links(of_garments.chain(completing).filter_map(picture))
}

pub(super) fn pictures_of_completions(completions: &[Completion]) -> Vec<Resource> {
    links(completions.iter().flat_map(|completion| &completion.matches).filter_map(picture))
}

pub(super) fn pictures_of_products(found: &Found) -> Vec<Resource> {
    links(found.products.iter().filter_map(|product| product.picture()))
}

fn picture(found: &Match) -> Option<(&str, &str)> {
    Some((found.image_link.as_deref()?, &found.title))
}

/// Links to pictures, given by their addresses and titles. What is no address is left out, and what
/// was there before.
pub(super) fn links<'a>(pictures: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Resource> {
    let mut links: Vec<Resource> = Vec::new();
    for (address, title) in pictures {
        let Ok(address) = WebAddress::parse(address).map(String::from) else { continue };
        if links.iter().any(|link| link.uri == address) {
            continue;
        }
        let kind = kind_of(&address);
        let link = Resource::new(address, title);
        links.push(match kind {
            Some(kind) => link.with_mime_type(kind),
            None => link,
        });
    }
    links
}

fn kind_of(address: &str) -> Option<&'static str> {
    let path = address.split(['?', '#']).next()?;
    let (_, ending) = path.rsplit_once('/')?.1.rsplit_once('.')?;
    let kind = KINDS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
    kind.map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_linked_once_with_its_kind_where_its_path_tells_it() {
        let pictures = [
            ("https://shop.example/a.JPG?w=300", "A dress"),
            ("https://shop.example/b", "Shoes"),
            ("no address", "A hat"),
            ("https://shop.example/a.JPG?w=300", "The same dress"),
            ("https://shop.example/v1.0/c.exe#d.png", "A coat"),
        ];
        let told: Vec<_> = links(pictures.into_iter())
            .into_iter()
            .map(|link| (link.name, link.mime_type))
            .collect();
        let none = |name: &str| (name.to_owned(), None);
        let dress = ("A dress".to_owned(), Some("image/jpeg".to_owned()));
        assert_eq!(told, [dress, none("Shoes"), none("A coat")]);
    }
}
