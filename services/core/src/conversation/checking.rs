//! Holding the words of a model to what is known. Everything that can be wrong stands in
//! placeholders; what a model writes around them may [claim](crate::claims) nothing of its own and
//! name no garment that the draft does not.

use super::Draft;
use crate::{
    claims::{Claim, claim},
    grounding::speaks_only_of_these,
};

/// The most characters of a reply in a model's words.
const LONGEST: usize = 900;

/// Why a reply in a model's words is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfounded {
    #[error("it has a placeholder that stands for nothing, or lacks one")]
    Placeholder,
    #[error(transparent)]
    Claim(#[from] Claim),
    #[error("it names a garment that is not there")]
    Garment,
    #[error("it is empty or too long")]
    Length,
}

/// Whether a model that is told these instructions says no more than the draft does.
pub fn check(text: &str, draft: &Draft, instructions: &[&str]) -> Result<(), Unfounded> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST {
        return Err(Unfounded::Length);
    }
    let own = Draft::placeholders(text)?;
    let wanted = Draft::placeholders(&draft.text)?;
    let stands = |name: &&str| draft.has(name);
    let is_there = |name: &&str| own.contains(name);
    if !own.iter().all(stands) || !wanted.iter().all(is_there) {
        return Err(Unfounded::Placeholder);
    }
    let words = without_placeholders(text);
    if let Some(claim) = claim(&words, &without_placeholders(&draft.text), instructions) {
        return Err(claim.into());
    }
    if !speaks_only_of_these(&words, &without_placeholders(&draft.text)) {
        return Err(Unfounded::Garment);
    }
    Ok(())
}

fn without_placeholders(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        words.push_str(before);
        words.push(' ');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    words
}
