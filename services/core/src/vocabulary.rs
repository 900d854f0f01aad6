//! The closed vocabularies that garments and products share. Each word has an `id` (what models,
//! the API and feeds write) and `words` (what a shopper reads). `demo/words.json` holds the same
//! lists for the training scripts; a test keeps the two equal.

/// Declares an enum whose variants are the words of one closed vocabulary.
macro_rules! vocabulary {
    ($(#[doc = $doc:literal])* $name:ident { $($variant:ident = $id:literal, $words:literal;)+ }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
                 serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $id)] $variant,)+ }

        impl $name {
            /// Every word of the vocabulary, in its fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The identifier written by models, feeds and the API.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The word's place in a set of words that is kept as one number. Kept sets hold it, so a
            /// new word comes last.
            pub const fn bit(self) -> i64 {
                1 << self as i64
            }

            /// The word as a shopper would say it.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)+ }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .description(Some([$($doc.trim()),*].join(" ")))
                    .enum_values(Some(Self::ALL.iter().map(|word| word.id())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.words())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(text: &str) -> Result<Self, $crate::vocabulary::UnknownWord> {
                let find = |wanted: &str| {
                    let mut words = Self::ALL.iter().copied();
                    words.find(|word| word.id() == wanted || word.words() == wanted)
                };
                find(text)
                    .or_else(|| find(&text.trim().to_lowercase()))
                    .ok_or_else(|| $crate::vocabulary::UnknownWord {
                        word: text.chars().take(40).collect(),
                        known: Self::ALL.iter().map(|word| word.id()).collect::<Vec<_>>().join(", "),
                    })
            }
        }
    };
}

pub(crate) use vocabulary;

/// A word outside its closed vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not known here; use one of: {known}")]
pub struct UnknownWord {
    pub word: String,
    pub known: String,
}

vocabulary! {
    /// The kind of a garment.
    Category {
        Blazer = "blazer", "blazer";
        Blouse = "blouse", "blouse";
        Bodysuit = "bodysuit", "bodysuit";
        Dress = "dress", "dress";
        Hat = "hat", "hat";
        Hoodie = "hoodie", "hoodie";
        LongSleeveTop = "long-sleeve-top", "long-sleeve top";
        Jacket = "jacket", "jacket";
        Trousers = "trousers", "trousers";
        PoloShirt = "polo-shirt", "polo shirt";
        Shirt = "shirt", "shirt";
        Shoes = "shoes", "shoes";
        Shorts = "shorts", "shorts";
        Skirt = "skirt", "skirt";
        TShirt = "t-shirt", "t-shirt";
        Top = "top", "top";
        TankTop = "tank-top", "tank top";
    }
}

vocabulary! {
    /// How advice sounds.
    Tone {
        Friendly = "friendly", "friendly";
        Formal = "formal", "formal";
        Playful = "playful", "playful";
        Brief = "brief", "brief";
    }
}

impl Category {
    /// Kinds close enough that a shopper looking for this one would look at them too, nearest first.
    pub const fn neighbours(self) -> &'static [Self] {
        match self {
            Self::Blazer => &[Self::Jacket],
            Self::Blouse => &[Self::Shirt, Self::Top],
            Self::Bodysuit => &[Self::Top, Self::TankTop],
            Self::Dress => &[Self::Skirt],
            Self::Hat => &[],
            Self::Hoodie => &[Self::Jacket, Self::LongSleeveTop],
            Self::LongSleeveTop => &[Self::TShirt, Self::Hoodie, Self::Top],
            Self::Jacket => &[Self::Blazer, Self::Hoodie],
            Self::Trousers => &[Self::Shorts],
            Self::PoloShirt => &[Self::TShirt, Self::Shirt],
            Self::Shirt => &[Self::Blouse, Self::PoloShirt],
            Self::Shoes => &[],
            Self::Shorts => &[Self::Skirt, Self::Trousers],
            Self::Skirt => &[Self::Shorts, Self::Dress],
            Self::TShirt => &[Self::Top, Self::TankTop, Self::PoloShirt],
            Self::Top => &[Self::TankTop, Self::Blouse, Self::TShirt],
            Self::TankTop => &[Self::Top, Self::TShirt],
        }
    }

    /// The label of the public Clothing dataset (17 kinds, CC0) for this kind.
    pub const fn dataset_label(self) -> &'static str {
        match self {
            Self::Blazer => "Blazer",
            Self::Blouse => "Blouse",
            Self::Bodysuit => "Body",
            Self::Dress => "Dress",
            Self::Hat => "Hat",
            Self::Hoodie => "Hoodie",
            Self::LongSleeveTop => "Longsleeve",
            Self::Jacket => "Outwear",
            Self::Trousers => "Pants",
            Self::PoloShirt => "Polo",
            Self::Shirt => "Shirt",
            Self::Shoes => "Shoes",
            Self::Shorts => "Shorts",
            Self::Skirt => "Skirt",
            Self::TShirt => "T-Shirt",
            Self::Top => "Top",
            Self::TankTop => "Undershirt",
        }
    }
}

vocabulary! {
    /// The fixed palette.
    Colour {
        Black = "black", "black";
        White = "white", "white";
        Grey = "grey", "grey";
        Beige = "beige", "beige";
        Brown = "brown", "brown";
        Red = "red", "red";
        Burgundy = "burgundy", "burgundy";
        Orange = "orange", "orange";
        Yellow = "yellow", "yellow";
        Green = "green", "green";
        Olive = "olive", "olive";
        Turquoise = "turquoise", "turquoise";
        LightBlue = "light-blue", "light blue";
        Blue = "blue", "blue";
        Navy = "navy", "navy";
        Purple = "purple", "purple";
        Pink = "pink", "pink";
    }
}

impl Colour {
    /// Colours that light and cameras easily turn into this one, or that shoppers take for it.
    pub const fn neighbours(self) -> &'static [Self] {
        match self {
            Self::Black => &[Self::Navy, Self::Grey],
            Self::White => &[Self::Beige, Self::Grey],
            Self::Grey => &[Self::Black, Self::White],
            Self::Beige => &[Self::White, Self::Brown],
            Self::Brown => &[Self::Beige, Self::Olive, Self::Burgundy],
            Self::Red => &[Self::Burgundy, Self::Orange],
            Self::Burgundy => &[Self::Red, Self::Brown, Self::Purple],
            Self::Orange => &[Self::Red, Self::Yellow],
            Self::Yellow => &[Self::Orange, Self::Beige],
            Self::Green => &[Self::Olive, Self::Turquoise],
            Self::Olive => &[Self::Green, Self::Brown],
            Self::Turquoise => &[Self::Green, Self::LightBlue],
            Self::LightBlue => &[Self::Blue, Self::Turquoise],
            Self::Blue => &[Self::Navy, Self::LightBlue],
            Self::Navy => &[Self::Blue, Self::Black],
            Self::Purple => &[Self::Burgundy, Self::Pink],
            Self::Pink => &[Self::Purple, Self::Red],
        }
    }
}

vocabulary! {
    /// What covers the cloth.
    Pattern {
        Plain = "plain", "plain";
        Striped = "striped", "striped";
        Checked = "checked", "checked";
        Dotted = "dotted", "dotted";
        Floral = "floral", "floral";
        Animal = "animal", "animal-print";
        Graphic = "graphic", "graphic-print";
    }
}

vocabulary! {
    /// How far a sleeve reaches.
    Sleeve {
        Sleeveless = "sleeveless", "sleeveless";
        Short = "short", "short";
        ThreeQuarter = "three-quarter", "three-quarter";
        Long = "long", "long";
    }
}

vocabulary! {
    /// How far a garment reaches down the body.
    Length {
        Cropped = "cropped", "cropped";
        Short = "short", "short";
        Knee = "knee", "knee-length";
        Midi = "midi", "midi";
        Long = "long", "long";
    }
}

vocabulary! {
    /// Whom a product is made for.
    Gender {
        Women = "women", "women";
        Men = "men", "men";
        Unisex = "unisex", "unisex";
    }
}

vocabulary! {
    /// The age a product is made for (Google Merchant Center's `age_group`).
    AgeGroup {
        Newborn = "newborn", "newborn";
        Infant = "infant", "infant";
        Toddler = "toddler", "toddler";
        Kids = "kids", "kids";
        Adult = "adult", "adult";
    }
}

vocabulary! {
    /// Whether an offer can be bought.
    Availability {
        InStock = "in_stock", "in stock";
        LimitedStock = "limited_stock", "few left";
        Preorder = "preorder", "preorder";
        Backorder = "backorder", "backorder";
        OutOfStock = "out_of_stock", "out of stock";
        Discontinued = "discontinued", "discontinued";
        Unknown = "unknown", "unknown";
    }
}

impl Availability {
    /// Whether a customer can put it in the basket and have it sent now.
    pub const fn can_be_bought_now(self) -> bool {
        matches!(self, Self::InStock | Self::LimitedStock)
    }

    /// Whether the merchant does not say.
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_scripts_use_the_same_words() {
        let words: serde_json::Value =
            serde_json::from_str(include_str!("../../../demo/words.json")).unwrap();
        let pairs = |list: &str| -> Vec<(String, String)> {
            words[list]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| {
                    (word["id"].as_str().unwrap().into(), word["words"].as_str().unwrap().into())
                })
                .collect()
        };
        let ids = |list: &str| -> Vec<String> {
            words[list].as_array().unwrap().iter().map(|id| id.as_str().unwrap().into()).collect()
        };
        assert_eq!(
            pairs("categories"),
            Category::ALL.iter().map(|c| (c.id().into(), c.words().into())).collect::<Vec<_>>()
        );
        assert_eq!(
            words["categories"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["label"].as_str().unwrap())
                .collect::<Vec<_>>(),
            Category::ALL.iter().map(|c| c.dataset_label()).collect::<Vec<_>>()
        );
        assert_eq!(
            pairs("colours"),
            Colour::ALL.iter().map(|c| (c.id().into(), c.words().into())).collect::<Vec<_>>()
        );
        assert_eq!(ids("patterns"), Pattern::ALL.iter().map(|w| w.id()).collect::<Vec<_>>());
        assert_eq!(ids("sleeves"), Sleeve::ALL.iter().map(|w| w.id()).collect::<Vec<_>>());
        assert_eq!(ids("lengths"), Length::ALL.iter().map(|w| w.id()).collect::<Vec<_>>());
    }

    #[test]
    fn every_word_reads_back_from_its_id_and_from_its_words() {
        for category in Category::ALL {
            assert_eq!(category.id().parse::<Category>().unwrap(), *category);
            assert_eq!(category.words().to_uppercase().parse::<Category>().unwrap(), *category);
        }
        let error = "toga".parse::<Category>().unwrap_err().to_string();
        assert!(error.contains("`toga`") && error.contains("blazer, blouse"), "{error}");
    }

    #[test]
    fn no_word_is_its_own_neighbour() {
        assert!(Category::ALL.iter().all(|c| !c.neighbours().contains(c)));
        assert!(Colour::ALL.iter().all(|c| !c.neighbours().contains(c)));
    }
}
