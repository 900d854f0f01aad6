//! Why a product matches a garment, and where it differs: computed from attributes, never
//! invented by a model.

use crate::{
    garment::Garment,
    look::{Attribute, Reason, ReasonKind},
    product::ColourVersion,
    vocabulary::{Category, Colour},
};

/// Reasons in the order of what a shopper looks at first; differences come last. A colour that was
/// asked for is told as such, and what the garment has instead is left out.
pub fn reasons(garment: &Garment, version: &ColourVersion<'_>, asked: &[Colour]) -> Vec<Reason> {
    let product = version.product;
    let mut reasons = vec![category(garment, product.category)];
    reasons.extend(
        colour_asked(asked, version.colours).or_else(|| colour(&garment.colours, version.colours)),
    );
    if let Some(pattern) = product.pattern {
        reasons.push(if pattern == garment.pattern {
            reason(ReasonKind::Same, Attribute::Pattern, format!("same pattern: {pattern}"))
        } else {
            reason(
                ReasonKind::Differs,
                Attribute::Pattern,
                format!("differs: {pattern}, yours is {}", garment.pattern),
            )
        });
    }
    if let (Some(yours), Some(theirs)) = (garment.sleeve, product.sleeve) {
        let name = |sleeve: crate::vocabulary::Sleeve| match sleeve {
            crate::vocabulary::Sleeve::Sleeveless => "sleeveless".to_owned(),
            other => format!("{other} sleeves"),
        };
        reasons.push(if yours == theirs {
            reason(ReasonKind::Same, Attribute::Sleeve, format!("same: {}", name(theirs)))
        } else {
            reason(
                ReasonKind::Differs,
                Attribute::Sleeve,
                format!("differs: {}, yours has {}", name(theirs), no_sleeves(&name(yours))),
            )
        });
    }
    if let (Some(yours), Some(theirs)) = (garment.length, product.length) {
        reasons.push(if yours == theirs {
            reason(ReasonKind::Same, Attribute::Length, format!("same length: {theirs}"))
        } else {
            reason(
                ReasonKind::Differs,
                Attribute::Length,
                format!("differs: {theirs}, yours is {yours}"),
            )
        });
    }
    reasons.sort_by_key(|reason| reason.kind == ReasonKind::Differs);
    reasons
}

fn no_sleeves(name: &str) -> &str {
    if name == "sleeveless" { "none" } else { name }
}

/// How many of the garment's attributes the product shares, 0 to 1: the part of the ranking that
/// does not depend on any model.
pub fn agreement(garment: &Garment, version: &ColourVersion<'_>) -> f32 {
    const CATEGORY: f32 = 3.0;
    const COLOUR: f32 = 3.0;
    const DETAIL: f32 = 1.0;
    let product = version.product;
    let mut reached = 0.0;
    let mut possible = CATEGORY + COLOUR;
    if garment.kinds().any(|kind| kind == product.category) {
        reached += CATEGORY;
    } else if garment.category.neighbours().contains(&product.category) {
        reached += CATEGORY / 2.0;
    }
    if let (Some(yours), Some(theirs)) = (garment.main_colour(), version.colours.first()) {
        if yours == *theirs {
            reached += COLOUR;
        } else if version.colours.contains(&yours) || garment.colours.contains(theirs) {
            reached += COLOUR * 0.7;
        } else if yours.neighbours().contains(theirs) {
            reached += COLOUR / 2.0;
        }
    }
    let mut detail = |same: Option<bool>| {
        if let Some(same) = same {
            possible += DETAIL;
            reached += if same { DETAIL } else { 0.0 };
        }
    };
    detail(product.pattern.map(|pattern| pattern == garment.pattern));
    detail(product.sleeve.zip(garment.sleeve).map(|(theirs, yours)| theirs == yours));
    detail(product.length.zip(garment.length).map(|(theirs, yours)| theirs == yours));
    reached / possible
}

fn category(garment: &Garment, theirs: Category) -> Reason {
    let yours = garment.category;
    if garment.perhaps.is_some() && garment.kinds().any(|kind| kind == theirs) {
        let text = format!("perhaps the same category: {theirs}");
        reason(ReasonKind::Similar, Attribute::Category, text)
    } else if yours == theirs {
        reason(ReasonKind::Same, Attribute::Category, format!("same category: {theirs}"))
    } else if yours.neighbours().contains(&theirs) {
        let text = format!("similar category: {theirs} for your {yours}");
        reason(ReasonKind::Similar, Attribute::Category, text)
    } else {
        reason(
            ReasonKind::Differs,
            Attribute::Category,
            format!("differs: {theirs}, yours is {yours}"),
        )
    }
}

fn colour(yours: &[Colour], theirs: &[Colour]) -> Option<Reason> {
    let (my_main, their_main) = (yours.first()?, theirs.first()?);
    if let Some(shared) = theirs.iter().find(|colour| yours.contains(colour)) {
        let text = format!("colour {shared}: yours and theirs");
        return Some(reason(ReasonKind::Same, Attribute::Colour, text));
    }
    Some(if my_main.neighbours().contains(their_main) {
        let text = format!("similar colour: {their_main} for your {my_main}");
        reason(ReasonKind::Similar, Attribute::Colour, text)
    } else {
        let text = format!("differs: {their_main}, yours is {my_main}");
        reason(ReasonKind::Differs, Attribute::Colour, text)
    })
}

fn colour_asked(asked: &[Colour], theirs: &[Colour]) -> Option<Reason> {
    let colour = theirs.iter().find(|colour| asked.contains(colour))?;
    Some(reason(ReasonKind::Asked, Attribute::Colour, format!("colour {colour}: as you asked")))
}

fn reason(kind: ReasonKind, attribute: Attribute, text: String) -> Reason {
    Reason { kind, attribute, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    fn texts(garment: &Garment, product: &crate::product::Product) -> Vec<String> {
        reasons(garment, &product.colour_versions()[0], &[])
            .into_iter()
            .map(|reason| reason.text)
            .collect()
    }

    #[test]
    fn what_is_shared_is_said_first_and_what_differs_last() {
        let garment = sample::garment(Category::Dress, &[Colour::Navy]);
        let mut product = sample::product("p");
        product.sleeve = Some(crate::vocabulary::Sleeve::Sleeveless);
        assert_eq!(
            texts(&garment, &product),
            [
                "same category: dress",
                "colour navy: yours and theirs",
                "same pattern: plain",
                "same length: midi",
                "differs: sleeveless, yours has long sleeves",
            ]
        );
    }

    #[test]
    fn a_neighbouring_category_and_colour_are_similar() {
        let garment = sample::garment(Category::Skirt, &[Colour::Black]);
        let said = texts(&garment, &sample::product("p"));
        assert!(said.contains(&"similar category: dress for your skirt".to_owned()), "{said:?}");
        assert!(said.contains(&"similar colour: navy for your black".to_owned()), "{said:?}");
    }

    #[test]
    fn a_kind_in_doubt_is_told_as_such() {
        let garment = Garment {
            perhaps: Some(Category::Skirt),
            ..sample::garment(Category::Dress, &[Colour::Navy])
        };
        let dress = sample::product("p");
        let skirt = crate::product::Product { category: Category::Skirt, ..dress.clone() };
        for (product, told) in [(&dress, "dress"), (&skirt, "skirt")] {
            let said = texts(&garment, product);
            assert_eq!(said[0], format!("perhaps the same category: {told}"), "{said:?}");
            assert!(agreement(&garment, &product.colour_versions()[0]) > 0.9);
        }
    }

    #[test]
    fn a_colour_that_was_asked_for_is_told_as_such() {
        let garment = sample::garment(Category::Dress, &[Colour::Yellow]);
        let product = sample::product("p");
        let said = reasons(&garment, &product.colour_versions()[0], &[Colour::Navy]);
        let colours: Vec<_> =
            said.iter().filter(|reason| reason.attribute == Attribute::Colour).collect();
        assert_eq!(colours.len(), 1);
        assert_eq!(colours[0].text, "colour navy: as you asked");
        assert_eq!(colours[0].kind, ReasonKind::Asked);
    }

    #[test]
    fn agreement_falls_with_every_difference() {
        let product = sample::product("p");
        let version = product.colour_versions()[0];
        let same = sample::garment(Category::Dress, &[Colour::Navy]);
        let other_colour = sample::garment(Category::Dress, &[Colour::Yellow]);
        let other_kind = sample::garment(Category::Shoes, &[Colour::Yellow]);
        let values =
            [&same, &other_colour, &other_kind].map(|garment| agreement(garment, &version));
        assert!((values[0] - 1.0).abs() < 1e-6);
        assert!(values[0] > values[1] && values[1] > values[2], "{values:?}");
    }
}
