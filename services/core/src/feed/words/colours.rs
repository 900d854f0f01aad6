//! Colour names, in English, German, French, Spanish and Chinese, to the palette.

use super::plain;
use crate::vocabulary::Colour;

/// The most colours of one variant.
const MOST: usize = 3;

const NAMES: &[(Colour, &[&str])] = &[
    (
        Colour::Black,
        &["black", "schwarz", "noir", "noire", "negro", "negra", "黑", "黑色", "jet", "onyx"],
    ),
    (
        Colour::White,
        &[
            "white",
            "off-white",
            "off white",
            "weiß",
            "weiss",
            "blanc",
            "blanche",
            "blanco",
            "blanca",
            "白",
            "白色",
            "snow",
        ],
    ),
    (
        Colour::Grey,
        &[
            "grey",
            "gray",
            "charcoal",
            "silver",
            "anthracite",
            "slate",
            "heather",
            "graphite",
            "grau",
            "anthrazit",
            "silber",
            "gris",
            "argent",
            "plata",
            "灰",
            "灰色",
            "银色",
        ],
    ),
    (
        Colour::Beige,
        &[
            "beige",
            "cream",
            "ivory",
            "ecru",
            "sand",
            "nude",
            "oatmeal",
            "stone",
            "champagne",
            "creme",
            "crème",
            "écru",
            "crema",
            "米色",
            "杏色",
        ],
    ),
    (
        Colour::Brown,
        &[
            "brown",
            "tan",
            "camel",
            "chocolate",
            "cognac",
            "coffee",
            "mocha",
            "taupe",
            "bronze",
            "khaki brown",
            "braun",
            "marron",
            "brun",
            "marrón",
            "chocolat",
            "棕",
            "棕色",
            "咖啡色",
            "褐色",
        ],
    ),
    (
        Colour::Red,
        &["red", "scarlet", "crimson", "cherry", "rot", "rouge", "rojo", "roja", "红", "红色"],
    ),
    (
        Colour::Burgundy,
        &[
            "burgundy",
            "bordeaux",
            "wine",
            "maroon",
            "oxblood",
            "weinrot",
            "burgunder",
            "burdeos",
            "granate",
            "酒红",
            "酒红色",
        ],
    ),
    (
        Colour::Orange,
        &[
            "orange",
            "rust",
            "coral",
            "terracotta",
            "apricot",
            "peach",
            "rost",
            "naranja",
            "橙",
            "橙色",
            "橘色",
        ],
    ),
    (
        Colour::Yellow,
        &[
            "yellow", "mustard", "gold", "golden", "lemon", "gelb", "senf", "jaune", "moutarde",
            "amarillo", "amarilla", "mostaza", "dorado", "黄", "黄色", "金色",
        ],
    ),
    (
        Colour::Green,
        &[
            "green",
            "emerald",
            "mint",
            "sage",
            "lime",
            "forest",
            "bottle green",
            "grün",
            "gruen",
            "vert",
            "verte",
            "verde",
            "绿",
            "绿色",
        ],
    ),
    (
        Colour::Olive,
        &[
            "olive",
            "khaki",
            "army green",
            "military green",
            "oliv",
            "kaki",
            "caqui",
            "oliva",
            "橄榄绿",
            "军绿色",
            "卡其色",
        ],
    ),
    (
        Colour::Turquoise,
        &[
            "turquoise",
            "teal",
            "aqua",
            "cyan",
            "petrol",
            "türkis",
            "tuerkis",
            "turquesa",
            "青色",
            "湖蓝色",
        ],
    ),
    (
        Colour::LightBlue,
        &[
            "light blue",
            "sky blue",
            "baby blue",
            "pale blue",
            "ice blue",
            "powder blue",
            "sky",
            "hellblau",
            "himmelblau",
            "bleu clair",
            "bleu ciel",
            "azul claro",
            "celeste",
            "浅蓝",
            "浅蓝色",
            "天蓝色",
        ],
    ),
    (
        Colour::Blue,
        &[
            "blue",
            "denim",
            "indigo",
            "cobalt",
            "royal blue",
            "royal",
            "blau",
            "bleu",
            "bleue",
            "azul",
            "蓝",
            "蓝色",
        ],
    ),
    (
        Colour::Navy,
        &[
            "navy",
            "navy blue",
            "dark blue",
            "midnight",
            "midnight blue",
            "marine",
            "dunkelblau",
            "marineblau",
            "bleu marine",
            "bleu foncé",
            "azul marino",
            "azul oscuro",
            "深蓝",
            "深蓝色",
            "藏青色",
        ],
    ),
    (
        Colour::Purple,
        &[
            "purple",
            "violet",
            "lilac",
            "lavender",
            "plum",
            "aubergine",
            "mauve",
            "lila",
            "violett",
            "lavendel",
            "prune",
            "morado",
            "lavanda",
            "紫",
            "紫色",
        ],
    ),
    (
        Colour::Pink,
        &[
            "pink",
            "rose",
            "fuchsia",
            "magenta",
            "blush",
            "hot pink",
            "rosa",
            "pinkfarben",
            "fucsia",
            "粉",
            "粉色",
            "粉红色",
        ],
    ),
];

/// The colours that a text names, the main one first, three at most, and whether all of its parts
/// were understood. Parts are separated as Google's are (`/`), or by commas, `&` and `and`.
pub(in crate::feed) fn colours(text: &str) -> (Vec<Colour>, bool) {
    let text = plain(text).replace(" and ", "/").replace(" und ", "/").replace(" et ", "/");
    let mut found: Vec<Colour> = Vec::new();
    let mut understood = true;
    for part in text.split(['/', ',', '&', '+', ';', '|']).map(str::trim).filter(|p| !p.is_empty())
    {
        match colour(part) {
            Some(colour) if found.contains(&colour) => {}
            Some(colour) => found.push(colour),
            None => understood = false,
        }
    }
    found.truncate(MOST);
    (found, understood)
}

/// The colour that this is a whole name of, in small letters.
pub(crate) fn colour_named(name: &str) -> Option<Colour> {
    let known = |(_, names): &&(Colour, &[&str])| names.contains(&name);
    name.parse().ok().or_else(|| NAMES.iter().find(known).map(|(colour, _)| *colour))
}

/// Colours in the palette's own words, as [`colours`] reads them.
pub(in crate::feed) fn palette(colours: &[Colour]) -> String {
    colours.iter().map(|colour| colour.words()).collect::<Vec<_>>().join("/")
}

/// Whether a text is what [`palette`] makes of these colours.
pub(in crate::feed) fn is_palette(text: &str, colours: &[Colour]) -> bool {
    text.split('/').eq(colours.iter().map(|colour| colour.words()))
}

/// By the whole part, else by its longest ending or beginning that is a colour: `heather grey`,
/// `washed light blue`, `bleu ciel chiné`.
fn colour(part: &str) -> Option<Colour> {
    let words: Vec<&str> = part.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let endings = (0..words.len()).map(|at| words[at..].join(" "));
    let beginnings = (1..words.len()).rev().map(|at| words[..at].join(" "));
    let mut parts = std::iter::once(part.to_owned()).chain(endings).chain(beginnings);
    parts.find_map(|part| colour_named(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_known_in_five_languages() {
        for (colour, names) in [
            (Colour::Navy, ["Navy", "Dunkelblau", "Bleu marine", "Azul marino", "深蓝色"]),
            (Colour::Red, ["red", "Rot", "Rouge", "Rojo", "红色"]),
            (Colour::LightBlue, ["Light Blue", "Hellblau", "bleu ciel", "celeste", "天蓝色"]),
            (Colour::Grey, ["Heather Grey", "grau", "gris", "plata", "灰色"]),
        ] {
            for name in names {
                assert_eq!(colours(name), (vec![colour], true), "{name}");
            }
        }
    }

    #[test]
    fn several_colours_keep_their_order_and_what_is_none_is_told() {
        assert_eq!(colours("Navy/White"), (vec![Colour::Navy, Colour::White], true));
        assert_eq!(
            colours("black & gold and Red"),
            (vec![Colour::Black, Colour::Yellow, Colour::Red], true)
        );
        assert_eq!(colours("Unicorn"), (vec![], false));
        assert_eq!(colours("Blue / Unicorn"), (vec![Colour::Blue], false));
        assert_eq!(colours("washed light blue"), (vec![Colour::LightBlue], true));
    }

    #[test]
    fn every_colour_is_known_by_its_own_words_and_no_name_stands_twice() {
        for colour in Colour::ALL {
            assert_eq!(colours(colour.id()), (vec![*colour], true));
            assert_eq!(colours(colour.words()), (vec![*colour], true));
        }
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for (at, name) in all.iter().enumerate() {
            assert!(!all[..at].contains(name), "{name}");
        }
    }
}
