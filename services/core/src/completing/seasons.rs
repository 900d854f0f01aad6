use crate::{
    garment::Garment,
    product::Product,
    vocabulary::{Category, Length, Sleeve},
};

/// Words of materials and titles that are of one season, in English, German, French and Spanish.
const COLD: [&str; 20] = [
    "wool",
    "cashmere",
    "fleece",
    "fur",
    "down",
    "puffer",
    "boots",
    "boot",
    "winter",
    "corduroy",
    "wolle",
    "kaschmir",
    "stiefel",
    "daunen",
    "laine",
    "cachemire",
    "bottes",
    "lana",
    "botas",
    "invierno",
];
const WARM: [&str; 18] = [
    "linen",
    "sandals",
    "sandal",
    "flip-flops",
    "espadrilles",
    "summer",
    "beach",
    "leinen",
    "sandalen",
    "sommer",
    "lin",
    "sandales",
    "été",
    "plage",
    "lino",
    "sandalias",
    "verano",
    "playa",
];

/// The time of year that something is clearly for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Warm,
    Cold,
}

impl Season {
    /// As the garments say, where they say one thing: bare arms or legs, or warm layers.
    pub(super) fn of_look(garments: &[Garment]) -> Option<Self> {
        let warm = garments.iter().any(|garment| {
            garment.category == Category::Shorts
                || garment.category == Category::TankTop
                || garment.sleeve == Some(Sleeve::Sleeveless)
                    && garment.length.is_none_or(|length| length != Length::Long)
        });
        let cold = garments
            .iter()
            .any(|garment| matches!(garment.category, Category::Jacket | Category::Hoodie));
        match (warm, cold) {
            (true, false) => Some(Self::Warm),
            (false, true) => Some(Self::Cold),
            _ => None,
        }
    }

    /// As a product's kind and words say.
    pub(super) fn of(product: &Product) -> Option<Self> {
        let says = |known: &[&str]| {
            [Some(product.title.as_str()), product.material.as_deref()].into_iter().flatten().any(
                |text| {
                    text.to_lowercase()
                        .split(|c: char| !c.is_alphanumeric() && c != '-')
                        .any(|word| known.contains(&word))
                },
            )
        };
        let warm = says(&WARM) || product.category == Category::Shorts;
        let cold = says(&COLD);
        match (warm, cold) {
            (true, false) => Some(Self::Warm),
            (false, true) => Some(Self::Cold),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn a_season_is_told_only_where_all_speaks_for_it() {
        let worn = |category, sleeve| Garment { sleeve, ..sample::garment(category, &[]) };
        let shorts = worn(Category::Shorts, None);
        let jacket = worn(Category::Jacket, Some(Sleeve::Long));
        let shirt = worn(Category::Shirt, Some(Sleeve::Long));
        assert_eq!(Season::of_look(&[shorts.clone(), shirt.clone()]), Some(Season::Warm));
        assert_eq!(Season::of_look(&[jacket.clone(), shirt.clone()]), Some(Season::Cold));
        assert_eq!(Season::of_look(&[jacket, shorts]), None);
        assert_eq!(Season::of_look(&[shirt]), None);
    }

    #[test]
    fn a_product_says_its_season_in_whole_words() {
        let named = |title: &str, material: &str| Product {
            title: title.into(),
            material: Some(material.into()),
            ..sample::product("p")
        };
        assert_eq!(Season::of(&named("Lined boots", "leather")), Some(Season::Cold));
        assert_eq!(Season::of(&named("Blazer", "Leinen")), Some(Season::Warm));
        assert_eq!(Season::of(&named("Blazer", "linen and wool")), None);
        assert_eq!(Season::of(&named("Downtown sneaker", "cotton")), None);
    }
}
