use crate::vocabulary::{Category, vocabulary};

vocabulary! {
    /// A place of an outfit.
    Slot {
        Top = "top", "top";
        Bottom = "bottom", "bottom";
        Shoes = "shoes", "shoes";
        Outer = "outer", "layer on top";
    }
}

impl Slot {
    /// The kinds that fill it.
    pub(super) const fn categories(self) -> &'static [Category] {
        match self {
            Self::Top => &[
                Category::Blouse,
                Category::Shirt,
                Category::TShirt,
                Category::Top,
                Category::LongSleeveTop,
                Category::PoloShirt,
                Category::TankTop,
                Category::Bodysuit,
            ],
            Self::Bottom => &[Category::Trousers, Category::Skirt, Category::Shorts],
            Self::Shoes => &[Category::Shoes],
            Self::Outer => &[Category::Blazer, Category::Jacket],
        }
    }

    /// Whether a garment of this kind leaves nothing to add here.
    fn filled_by(self, category: Category) -> bool {
        let dressed = matches!(self, Self::Top | Self::Bottom) && category == Category::Dress;
        let layered = matches!(self, Self::Top | Self::Outer) && category == Category::Hoodie;
        dressed || layered || self.categories().contains(&category)
    }
}

/// The places that nothing of these fills; none where nothing is worn.
pub(super) fn empty(worn: impl Iterator<Item = Category> + Clone) -> Vec<Slot> {
    if worn.clone().next().is_none() {
        return Vec::new();
    }
    let is_empty = |slot: &Slot| !worn.clone().any(|category| slot.filled_by(category));
    Slot::ALL.iter().copied().filter(is_empty).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(worn: &[Category]) -> Vec<Slot> {
        empty(worn.iter().copied())
    }

    #[test]
    fn a_dress_needs_neither_top_nor_bottom() {
        assert_eq!(of(&[Category::Dress]), [Slot::Shoes, Slot::Outer]);
        assert_eq!(of(&[Category::Dress, Category::Shoes, Category::Blazer]), []);
    }

    #[test]
    fn what_is_missed_most_comes_first() {
        assert_eq!(of(&[Category::Shirt]), [Slot::Bottom, Slot::Shoes, Slot::Outer]);
        assert_eq!(of(&[Category::Skirt, Category::Shoes]), [Slot::Top, Slot::Outer]);
        assert_eq!(of(&[Category::Hoodie, Category::Shorts]), [Slot::Shoes]);
        assert_eq!(of(&[]), []);
    }
}
