//! Holding the words of a model to what is known. Everything that can be wrong stands in
//! placeholders; what a model writes around them may hold no number, no address, no promise and no
//! garment that the draft does not.

use super::Draft;
use crate::grounding::speaks_only_of_these;

/// The most characters of a reply in a model's words.
const LONGEST: usize = 900;

/// Why a reply in a model's words is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfounded {
    #[error("it has a placeholder that stands for nothing, or lacks one")]
    Placeholder,
    #[error("it holds a number of its own")]
    Number,
    #[error("it holds an address")]
    Address,
    #[error("it promises something")]
    Promise,
    #[error("it names a garment that is not there")]
    Garment,
    #[error("it is empty or too long")]
    Length,
}

/// Words that promise what no catalog says: money off, delivery, returns, guarantees.
const PROMISES: &[&str] = &[
    "discount",
    "coupon",
    "voucher",
    "promo",
    "for free",
    "free of charge",
    "free shipping",
    "deliver",
    "shipping",
    "ships",
    "arrive",
    "return it",
    "returns",
    "refund",
    "guarantee",
    "promise",
    "warranty",
    "reserve",
    "rabatt",
    "gutschein",
    "kostenlos",
    "gratis",
    "liefer",
    "versand",
    "rückgabe",
    "umtausch",
    "erstatt",
    "garantie",
    "versprech",
    "reservier",
    "remise",
    "réduction",
    "bon d'achat",
    "gratuit",
    "livraison",
    "livr",
    "retour",
    "rembours",
    "promet",
    "descuento",
    "cupón",
    "envío",
    "entrega",
    "devol",
    "reembols",
    "garantía",
    "promet",
];
/// Number words that would stand for amounts.
const CURRENCIES: &[char] = &['€', '$', '£', '¥', '%'];

/// Whether a model's text says no more than the draft does.
pub fn check(text: &str, draft: &Draft) -> Result<(), Unfounded> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LONGEST {
        return Err(Unfounded::Length);
    }
    let own = Draft::placeholders(text)?;
    let wanted = Draft::placeholders(&draft.text)?;
    let stands = |name: &&str| draft.knows(name);
    let is_there = |name: &&str| own.contains(name);
    if !own.iter().all(stands) || !wanted.iter().all(is_there) {
        return Err(Unfounded::Placeholder);
    }
    let words = without_placeholders(text);
    if words.chars().any(|c| c.is_numeric() || CURRENCIES.contains(&c)) {
        return Err(Unfounded::Number);
    }
    let lower = words.to_lowercase();
    if ["http", "www.", "@", ".com", "://"].iter().any(|part| lower.contains(part)) {
        return Err(Unfounded::Address);
    }
    let said = draft.text.to_lowercase();
    if PROMISES.iter().any(|promise| lower.contains(promise) && !said.contains(promise)) {
        return Err(Unfounded::Promise);
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
