//! What of a product is seen in its picture, where its merchant leaves it unsaid.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    garment::Garment,
    product::{Product, Variant},
    vocabulary::{Category, Colour, Length, Pattern, Sleeve},
};

/// Kinds that are not well described without their sleeves, and without their length.
const SLEEVED: [Category; 8] = [
    Category::Blouse,
    Category::Bodysuit,
    Category::Dress,
    Category::PoloShirt,
    Category::Shirt,
    Category::TShirt,
    Category::Top,
    Category::Jacket,
];
const TOLD_BY_LENGTH: [Category; 2] = [Category::Dress, Category::Skirt];

/// What a picture can tell of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PictureAttribute)]
pub enum Attribute {
    Colours,
    Pattern,
    Sleeve,
    Length,
}

/// What was seen of a product in its picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The main one first.
    pub colours: Vec<Colour>,
    pub pattern: Option<Pattern>,
    pub sleeve: Option<Sleeve>,
    pub length: Option<Length>,
}

impl Seen {
    /// What the garments of its picture tell of a product: the largest of its own category; where
    /// there is none, the only garment, if it could be taken for one. Nothing where neither is:
    /// a model may wear much that is not for sale.
    pub fn of(product: &Product, garments: &[Garment]) -> Self {
        let own = garments.iter().filter(|garment| garment.category == product.category);
        let largest = own.max_by(|one, other| one.region.area().total_cmp(&other.region.area()));
        let taken_for =
            |garment: &&Garment| product.category.neighbours().contains(&garment.category);
        let only = match garments {
            [only] => Some(only).filter(taken_for),
            _ => None,
        };
        largest.or(only).map(Self::from).unwrap_or_default()
    }
}

impl From<&Garment> for Seen {
    fn from(garment: &Garment) -> Self {
        Self {
            colours: garment.colours.clone(),
            pattern: Some(garment.pattern),
            sleeve: garment.sleeve,
            length: garment.length,
        }
    }
}

impl Product {
    /// Whether its picture is worth looking at: something is left unsaid that a garment of its
    /// kind has.
    pub fn has_gaps(&self) -> bool {
        let of_picture = |attribute| self.from_picture.contains(&attribute);
        let own_colours = |variant: &Variant| !variant.colours.is_empty();
        let colours = self.variants.iter().any(own_colours) && !of_picture(Attribute::Colours);
        let pattern = self.pattern.is_some() && !of_picture(Attribute::Pattern);
        let sleeve = self.sleeve.is_some() && !of_picture(Attribute::Sleeve);
        let length = self.length.is_some() && !of_picture(Attribute::Length);
        !colours
            || !pattern
            || !sleeve && SLEEVED.contains(&self.category)
            || !length && TOLD_BY_LENGTH.contains(&self.category)
    }

    /// Takes from what was seen what the merchant leaves unsaid, and marks it; never over a
    /// merchant's own value. Colours are taken only where all variants could have the same: more
    /// words for colours than one are more colours than one picture shows.
    pub fn fill_in(&mut self, seen: &Seen) {
        if self.pattern.is_none() && seen.pattern.is_some() {
            self.pattern = seen.pattern;
            self.from_picture.push(Attribute::Pattern);
        }
        if self.sleeve.is_none() && seen.sleeve.is_some() {
            self.sleeve = seen.sleeve;
            self.from_picture.push(Attribute::Sleeve);
        }
        if self.length.is_none() && seen.length.is_some() {
            self.length = seen.length;
            self.from_picture.push(Attribute::Length);
        }
        let name = self.variants.first().and_then(|variant| variant.colour_name.clone());
        let of_one_colour = self
            .variants
            .iter()
            .all(|variant| variant.colours.is_empty() && variant.colour_name == name);
        if of_one_colour && !seen.colours.is_empty() {
            for variant in &mut self.variants {
                variant.colours.clone_from(&seen.colours);
            }
            self.from_picture.push(Attribute::Colours);
        }
    }

    /// The product as its merchant gives it.
    pub fn own(&self) -> Cow<'_, Self> {
        if self.from_picture.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        for attribute in std::mem::take(&mut own.from_picture) {
            match attribute {
                Attribute::Colours => {
                    own.variants.iter_mut().for_each(|variant| variant.colours.clear());
                }
                Attribute::Pattern => own.pattern = None,
                Attribute::Sleeve => own.sleeve = None,
                Attribute::Length => own.length = None,
            }
        }
        Cow::Owned(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{garment::Region, testing::sample};

    fn garment(category: Category, colour: Colour, width: f32) -> Garment {
        let region = Region::new(0.0, 0.0, width, 1.0).unwrap();
        Garment { region, ..sample::garment(category, &[colour]) }
    }

    /// A dress of which nothing is said that can be seen.
    fn bare() -> Product {
        let mut product = sample::product("p");
        (product.pattern, product.sleeve, product.length) = (None, None, None);
        for variant in &mut product.variants {
            variant.colours.clear();
            variant.colour_name = None;
        }
        product
    }

    #[test]
    fn what_is_filled_in_is_marked_and_can_be_taken_out_again() {
        let mut product = bare();
        assert!(product.has_gaps());
        let seen = Seen::from(&garment(Category::Dress, Colour::Red, 1.0));
        product.fill_in(&seen);
        assert_eq!(product.variants[0].colours, [Colour::Red]);
        assert_eq!(product.pattern, seen.pattern);
        assert!(product.from_picture.contains(&Attribute::Colours));
        assert_eq!(*product.own(), bare());
        assert!(product.has_gaps(), "the merchant still leaves it unsaid");
    }

    #[test]
    fn the_merchants_own_values_stay() {
        let mut product = sample::product("p");
        let before = product.clone();
        assert!(!product.has_gaps());
        product.fill_in(&Seen::from(&garment(Category::Dress, Colour::Red, 1.0)));
        assert_eq!(product, before);
        product.pattern = None;
        assert!(product.has_gaps());
        product.fill_in(&Seen::from(&garment(Category::Dress, Colour::Red, 1.0)));
        assert_eq!(product.from_picture, [Attribute::Pattern]);
        assert_eq!(product.variants, before.variants);
    }

    #[test]
    fn one_picture_gives_no_colour_to_variants_of_several() {
        let mut product = bare();
        let mut other = product.variants[0].clone();
        other.colour_name = Some("Sunset".into());
        product.variants.push(other);
        product.fill_in(&Seen::from(&garment(Category::Dress, Colour::Red, 1.0)));
        assert!(product.variants.iter().all(|variant| variant.colours.is_empty()));
        assert!(!product.from_picture.contains(&Attribute::Colours));
    }

    #[test]
    fn only_a_garment_that_may_be_the_product_is_looked_at() {
        let dress = bare();
        let of = |garments: &[Garment]| Seen::of(&dress, garments).colours;
        let (hat, small, large) = (
            garment(Category::Hat, Colour::Green, 0.9),
            garment(Category::Dress, Colour::Red, 0.2),
            garment(Category::Dress, Colour::Blue, 0.5),
        );
        assert_eq!(of(&[hat.clone(), small, large]), [Colour::Blue], "the largest of its kind");
        assert!(of(std::slice::from_ref(&hat)).is_empty(), "a hat is no dress");
        let neighbour = dress.category.neighbours()[0];
        let near = garment(neighbour, Colour::Pink, 0.5);
        assert_eq!(of(std::slice::from_ref(&near)), [Colour::Pink]);
        assert!(of(&[near, hat]).is_empty(), "which of several it is nobody knows");
        assert!(of(&[]).is_empty());
    }
}
