//! What kind of garment a product is: by the taxonomy, the merchant's category and the title.

use std::{collections::HashMap, sync::LazyLock};

use super::plain;
use crate::vocabulary::Category;

/// What words say of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::feed) enum Kind {
    Garment(Category),
    /// Something that no photo of an outfit is matched with, as jewellery or socks.
    Other,
}

/// Numbers of Google's product taxonomy (version 2021-09-21). Where a number leaves the kind open,
/// the one it mostly holds.
const GOOGLE: &[(u32, Kind)] = &[
    (2271, Kind::Garment(Category::Dress)),
    (5424, Kind::Garment(Category::Dress)),
    (5441, Kind::Garment(Category::Dress)),
    (5329, Kind::Garment(Category::Dress)),
    (5330, Kind::Garment(Category::Dress)),
    (5598, Kind::Garment(Category::Jacket)),
    (5425, Kind::Garment(Category::Jacket)),
    (6006, Kind::Garment(Category::Jacket)),
    (203, Kind::Garment(Category::Jacket)),
    (1831, Kind::Garment(Category::Jacket)),
    (204, Kind::Garment(Category::Trousers)),
    (5408, Kind::Garment(Category::Trousers)),
    (5514, Kind::Garment(Category::Trousers)),
    (212, Kind::Garment(Category::Top)),
    (5410, Kind::Garment(Category::Top)),
    (207, Kind::Garment(Category::Shorts)),
    (1581, Kind::Garment(Category::Skirt)),
    (6229, Kind::Garment(Category::Skirt)),
    (6228, Kind::Garment(Category::Skirt)),
    (2331, Kind::Garment(Category::Skirt)),
    (5344, Kind::Garment(Category::Skirt)),
    (5411, Kind::Garment(Category::Bodysuit)),
    (5490, Kind::Garment(Category::Bodysuit)),
    (2745, Kind::Garment(Category::TankTop)),
    (187, Kind::Garment(Category::Shoes)),
    (173, Kind::Garment(Category::Hat)),
    (5625, Kind::Garment(Category::Hat)),
    (213, Kind::Other),
    (214, Kind::Other),
    (209, Kind::Other),
    (211, Kind::Other),
    (208, Kind::Other),
    (169, Kind::Other),
    (170, Kind::Other),
    (178, Kind::Other),
    (184, Kind::Other),
    (188, Kind::Other),
    (6551, Kind::Other),
];

/// Names of taxonomies and shops that hold several kinds: the title says more, and only where it
/// does not, they stand for this one.
const WIDE: &[(&str, Category)] = &[
    ("shirts & tops", Category::Top),
    ("clothing tops", Category::Top),
    ("tops", Category::Top),
    ("activewear tops", Category::Top),
    ("baby & toddler tops", Category::Top),
    ("outerwear", Category::Jacket),
    ("coats & jackets", Category::Jacket),
    ("bottoms", Category::Trousers),
];

/// Branches of taxonomies that hold nothing to match, but for hats and undershirts.
const OTHER_BRANCHES: [&str; 7] = [
    "sleepwear & loungewear",
    "underwear & socks",
    "swimwear",
    "jewelry",
    "handbags, wallets & cases",
    "clothing accessories",
    "shoe accessories",
];

/// Words of titles and categories, the telling ones first: of `polo shirt dress` it is the dress
/// that is sold. In English, German, French, Spanish and Chinese.
const WORDS: &[(&str, Kind)] = &[
    ("socks", Kind::Other),
    ("sock", Kind::Other),
    ("bras", Kind::Other),
    ("bra", Kind::Other),
    ("underwear", Kind::Other),
    ("briefs", Kind::Other),
    ("swimwear", Kind::Other),
    ("bikini", Kind::Other),
    ("swimsuit", Kind::Other),
    ("pajamas", Kind::Other),
    ("pyjamas", Kind::Other),
    ("gloves", Kind::Other),
    ("scarf", Kind::Other),
    ("scarves", Kind::Other),
    ("belt", Kind::Other),
    ("belts", Kind::Other),
    ("handbag", Kind::Other),
    ("handbags", Kind::Other),
    ("bag", Kind::Other),
    ("jewelry", Kind::Other),
    ("jewellery", Kind::Other),
    ("necklaces", Kind::Other),
    ("sunglasses", Kind::Other),
    ("jumpsuit", Kind::Other),
    ("jumpsuits", Kind::Other),
    ("overalls", Kind::Other),
    ("袜", Kind::Other),
    ("dress", Kind::Garment(Category::Dress)),
    ("dresses", Kind::Garment(Category::Dress)),
    ("gown", Kind::Garment(Category::Dress)),
    ("kleid", Kind::Garment(Category::Dress)),
    ("kleider", Kind::Garment(Category::Dress)),
    ("robe", Kind::Garment(Category::Dress)),
    ("robes", Kind::Garment(Category::Dress)),
    ("vestido", Kind::Garment(Category::Dress)),
    ("vestidos", Kind::Garment(Category::Dress)),
    ("连衣裙", Kind::Garment(Category::Dress)),
    ("polo", Kind::Garment(Category::PoloShirt)),
    ("polos", Kind::Garment(Category::PoloShirt)),
    ("poloshirt", Kind::Garment(Category::PoloShirt)),
    ("polohemd", Kind::Garment(Category::PoloShirt)),
    ("t-shirt", Kind::Garment(Category::TShirt)),
    ("t-shirts", Kind::Garment(Category::TShirt)),
    ("tshirt", Kind::Garment(Category::TShirt)),
    ("tee", Kind::Garment(Category::TShirt)),
    ("tees", Kind::Garment(Category::TShirt)),
    ("camiseta", Kind::Garment(Category::TShirt)),
    ("camisetas", Kind::Garment(Category::TShirt)),
    ("t恤", Kind::Garment(Category::TShirt)),
    ("hoodie", Kind::Garment(Category::Hoodie)),
    ("hoodies", Kind::Garment(Category::Hoodie)),
    ("kapuzenpullover", Kind::Garment(Category::Hoodie)),
    ("sudadera", Kind::Garment(Category::Hoodie)),
    ("卫衣", Kind::Garment(Category::Hoodie)),
    ("blazer", Kind::Garment(Category::Blazer)),
    ("blazers", Kind::Garment(Category::Blazer)),
    ("sakko", Kind::Garment(Category::Blazer)),
    ("西装", Kind::Garment(Category::Blazer)),
    ("jacket", Kind::Garment(Category::Jacket)),
    ("jackets", Kind::Garment(Category::Jacket)),
    ("coat", Kind::Garment(Category::Jacket)),
    ("coats", Kind::Garment(Category::Jacket)),
    ("parka", Kind::Garment(Category::Jacket)),
    ("vest", Kind::Garment(Category::Jacket)),
    ("vests", Kind::Garment(Category::Jacket)),
    ("jacke", Kind::Garment(Category::Jacket)),
    ("jacken", Kind::Garment(Category::Jacket)),
    ("mantel", Kind::Garment(Category::Jacket)),
    ("veste", Kind::Garment(Category::Jacket)),
    ("manteau", Kind::Garment(Category::Jacket)),
    ("chaqueta", Kind::Garment(Category::Jacket)),
    ("chaquetas", Kind::Garment(Category::Jacket)),
    ("abrigo", Kind::Garment(Category::Jacket)),
    ("夹克", Kind::Garment(Category::Jacket)),
    ("外套", Kind::Garment(Category::Jacket)),
    ("大衣", Kind::Garment(Category::Jacket)),
    ("bodysuit", Kind::Garment(Category::Bodysuit)),
    ("bodysuits", Kind::Garment(Category::Bodysuit)),
    ("leotard", Kind::Garment(Category::Bodysuit)),
    ("body", Kind::Garment(Category::Bodysuit)),
    ("连体衣", Kind::Garment(Category::Bodysuit)),
    ("tank top", Kind::Garment(Category::TankTop)),
    ("tank tops", Kind::Garment(Category::TankTop)),
    ("tank", Kind::Garment(Category::TankTop)),
    ("undershirt", Kind::Garment(Category::TankTop)),
    ("undershirts", Kind::Garment(Category::TankTop)),
    ("débardeur", Kind::Garment(Category::TankTop)),
    ("背心", Kind::Garment(Category::TankTop)),
    ("sweater", Kind::Garment(Category::LongSleeveTop)),
    ("sweaters", Kind::Garment(Category::LongSleeveTop)),
    ("sweatshirt", Kind::Garment(Category::LongSleeveTop)),
    ("sweatshirts", Kind::Garment(Category::LongSleeveTop)),
    ("pullover", Kind::Garment(Category::LongSleeveTop)),
    ("jumper", Kind::Garment(Category::LongSleeveTop)),
    ("cardigan", Kind::Garment(Category::LongSleeveTop)),
    ("cardigans", Kind::Garment(Category::LongSleeveTop)),
    ("longsleeve", Kind::Garment(Category::LongSleeveTop)),
    ("long-sleeve top", Kind::Garment(Category::LongSleeveTop)),
    ("long sleeve top", Kind::Garment(Category::LongSleeveTop)),
    ("langarmshirt", Kind::Garment(Category::LongSleeveTop)),
    ("pull", Kind::Garment(Category::LongSleeveTop)),
    ("jersey", Kind::Garment(Category::LongSleeveTop)),
    ("毛衣", Kind::Garment(Category::LongSleeveTop)),
    ("blouse", Kind::Garment(Category::Blouse)),
    ("blouses", Kind::Garment(Category::Blouse)),
    ("bluse", Kind::Garment(Category::Blouse)),
    ("blusen", Kind::Garment(Category::Blouse)),
    ("chemisier", Kind::Garment(Category::Blouse)),
    ("blusa", Kind::Garment(Category::Blouse)),
    ("shirt", Kind::Garment(Category::Shirt)),
    ("shirts", Kind::Garment(Category::Shirt)),
    ("hemd", Kind::Garment(Category::Shirt)),
    ("hemden", Kind::Garment(Category::Shirt)),
    ("chemise", Kind::Garment(Category::Shirt)),
    ("chemises", Kind::Garment(Category::Shirt)),
    ("camisa", Kind::Garment(Category::Shirt)),
    ("camisas", Kind::Garment(Category::Shirt)),
    ("衬衫", Kind::Garment(Category::Shirt)),
    ("skirt", Kind::Garment(Category::Skirt)),
    ("skirts", Kind::Garment(Category::Skirt)),
    ("skort", Kind::Garment(Category::Skirt)),
    ("rock", Kind::Garment(Category::Skirt)),
    ("röcke", Kind::Garment(Category::Skirt)),
    ("jupe", Kind::Garment(Category::Skirt)),
    ("jupes", Kind::Garment(Category::Skirt)),
    ("falda", Kind::Garment(Category::Skirt)),
    ("faldas", Kind::Garment(Category::Skirt)),
    ("半身裙", Kind::Garment(Category::Skirt)),
    ("裙", Kind::Garment(Category::Skirt)),
    ("shorts", Kind::Garment(Category::Shorts)),
    ("bermuda", Kind::Garment(Category::Shorts)),
    ("短裤", Kind::Garment(Category::Shorts)),
    ("trousers", Kind::Garment(Category::Trousers)),
    ("pants", Kind::Garment(Category::Trousers)),
    ("jeans", Kind::Garment(Category::Trousers)),
    ("chinos", Kind::Garment(Category::Trousers)),
    ("leggings", Kind::Garment(Category::Trousers)),
    ("joggers", Kind::Garment(Category::Trousers)),
    ("sweatpants", Kind::Garment(Category::Trousers)),
    ("hose", Kind::Garment(Category::Trousers)),
    ("hosen", Kind::Garment(Category::Trousers)),
    ("pantalon", Kind::Garment(Category::Trousers)),
    ("pantalons", Kind::Garment(Category::Trousers)),
    ("pantalón", Kind::Garment(Category::Trousers)),
    ("pantalones", Kind::Garment(Category::Trousers)),
    ("裤", Kind::Garment(Category::Trousers)),
    ("shoes", Kind::Garment(Category::Shoes)),
    ("shoe", Kind::Garment(Category::Shoes)),
    ("sneakers", Kind::Garment(Category::Shoes)),
    ("sneaker", Kind::Garment(Category::Shoes)),
    ("boots", Kind::Garment(Category::Shoes)),
    ("sandals", Kind::Garment(Category::Shoes)),
    ("heels", Kind::Garment(Category::Shoes)),
    ("loafers", Kind::Garment(Category::Shoes)),
    ("flats", Kind::Garment(Category::Shoes)),
    ("schuhe", Kind::Garment(Category::Shoes)),
    ("stiefel", Kind::Garment(Category::Shoes)),
    ("chaussures", Kind::Garment(Category::Shoes)),
    ("zapatos", Kind::Garment(Category::Shoes)),
    ("鞋", Kind::Garment(Category::Shoes)),
    ("hat", Kind::Garment(Category::Hat)),
    ("hats", Kind::Garment(Category::Hat)),
    ("cap", Kind::Garment(Category::Hat)),
    ("caps", Kind::Garment(Category::Hat)),
    ("beanie", Kind::Garment(Category::Hat)),
    ("hut", Kind::Garment(Category::Hat)),
    ("mütze", Kind::Garment(Category::Hat)),
    ("chapeau", Kind::Garment(Category::Hat)),
    ("sombrero", Kind::Garment(Category::Hat)),
    ("gorra", Kind::Garment(Category::Hat)),
    ("帽", Kind::Garment(Category::Hat)),
    ("camisole", Kind::Garment(Category::Top)),
    ("crop top", Kind::Garment(Category::Top)),
    ("top", Kind::Garment(Category::Top)),
    ("tops", Kind::Garment(Category::Top)),
    ("上衣", Kind::Garment(Category::Top)),
];
/// German nouns end in their kind: `sommerkleid`, `jeansjacke`.
const ENDINGS: [&str; 12] = [
    "kleid", "kleider", "jacke", "jacken", "mantel", "hemd", "hemden", "bluse", "blusen", "hose",
    "hosen", "schuhe",
];

/// What a path of categories with `>`, or the number of one, says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    Tells(Kind),
    /// The title may say more; where it does not, this is meant.
    LeavesOpen(Option<Kind>),
}

pub(super) fn of_path(path: &str) -> Path {
    if let Ok(number) = path.trim().parse::<u32>() {
        let known = GOOGLE.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind);
        return match known {
            Some(Kind::Other) => Path::Tells(Kind::Other),
            open => Path::LeavesOpen(open),
        };
    }
    let segments: Vec<String> = path.rsplit('>').map(plain).collect();
    let last = segments.first().map_or("", String::as_str);
    let elsewhere = segments.iter().any(|segment| OTHER_BRANCHES.contains(&segment.as_str()));
    if elsewhere && !matches!(last, "hats" | "caps" | "undershirts") {
        return Path::Tells(Kind::Other);
    }
    let is_wide = WIDE.iter().any(|(name, _)| *name == last);
    if let Ok(category) = last.parse::<Category>()
        && !is_wide
    {
        return Path::Tells(Kind::Garment(category));
    }
    let wide = segments.iter().find_map(|segment| {
        WIDE.iter().find(|(name, _)| name == segment).map(|(_, category)| Kind::Garment(*category))
    });
    match of_words(last) {
        Some(kind) if !is_wide => Path::Tells(kind),
        _ => Path::LeavesOpen(wide),
    }
}

pub(super) fn of_title(title: &str) -> Option<Kind> {
    of_words(&plain(title))
}

/// [`WORDS`], by how they are looked for; each with its place in the list.
struct Index {
    words: HashMap<&'static str, usize>,
    /// Of more than one word.
    phrases: Vec<(&'static str, usize)>,
    /// In writing that puts no spaces between words.
    unspaced: Vec<(&'static str, usize)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { words: HashMap::new(), phrases: Vec::new(), unspaced: Vec::new() };
    for (at, (word, _)) in WORDS.iter().enumerate() {
        if word.chars().any(|letter| letter as u32 >= 0x2000) {
            index.unspaced.push((word, at));
        } else if word.contains(' ') {
            index.phrases.push((word, at));
        } else {
            index.words.entry(word).or_insert(at);
        }
    }
    index
});

/// The kind that these words name, and nothing else beside it.
pub(super) fn named(words: &str) -> Option<Kind> {
    let phrase = || INDEX.phrases.iter().chain(&INDEX.unspaced).find(|(known, _)| *known == words);
    let at = INDEX.words.get(words).copied().or_else(|| phrase().map(|(_, at)| *at))?;
    WORDS.get(at).map(|(_, kind)| *kind)
}

/// The first of [`WORDS`] that stands in the text.
fn of_words(text: &str) -> Option<Kind> {
    let words = || text.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
    let single = words()
        .flat_map(|word| {
            let endings = ENDINGS.into_iter().filter(move |ending| word.ends_with(ending));
            std::iter::once(word).chain(endings)
        })
        .filter_map(|word| INDEX.words.get(word).copied())
        .min();
    let begins = |(phrase, _): &&(&str, usize)| {
        phrase.split(' ').next().is_some_and(|first| text.contains(first))
    };
    let mut phrases = INDEX.phrases.iter().filter(begins).peekable();
    let phrase = phrases.peek().is_some().then(|| {
        let padded = format!(" {} ", words().collect::<Vec<_>>().join(" "));
        phrases.find(|(phrase, _)| padded.contains(&format!(" {phrase} "))).map(|(_, at)| *at)
    });
    let unspaced = (!text.is_ascii())
        .then(|| INDEX.unspaced.iter().find(|(word, _)| text.contains(word)).map(|(_, at)| *at));
    let first = single.into_iter().chain(phrase.flatten()).chain(unspaced.flatten()).min()?;
    WORDS.get(first).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::{super::KnownWords, *};

    fn told(taxonomy: &str, own: &str, title: &str) -> Option<Kind> {
        let list = |text: &'static str| (!text.is_empty()).then_some(text).into_iter();
        KnownWords::default().kind(
            list(Box::leak(taxonomy.to_owned().into_boxed_str())),
            list(Box::leak(own.to_owned().into_boxed_str())),
            title,
        )
    }

    #[test]
    fn a_kind_is_told_by_number_path_own_words_and_title() {
        let garment = |category| Some(Kind::Garment(category));
        for (taxonomy, own, title, expected) in [
            ("2271", "", "Linden", garment(Category::Dress)),
            ("212", "", "Linden linen polo", garment(Category::PoloShirt)),
            ("212", "", "Linden", garment(Category::Top)),
            ("212", "Women > Blouses", "Linden tee", garment(Category::Blouse)),
            (
                "Apparel & Accessories > Clothing > Shirts & Tops",
                "",
                "Nova T-Shirt",
                garment(Category::TShirt),
            ),
            (
                "Apparel & Accessories > Clothing > Clothing Tops > T-Shirts",
                "",
                "Nova",
                garment(Category::TShirt),
            ),
            (
                "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets",
                "",
                "Wool blazer",
                garment(Category::Blazer),
            ),
            ("Apparel & Accessories > Shoes > Boots", "", "Nova", garment(Category::Shoes)),
            ("", "", "Polo shirt dress in navy", garment(Category::Dress)),
            ("", "", "Geblümtes Sommerkleid", garment(Category::Dress)),
            ("", "", "Chemise en lin", garment(Category::Shirt)),
            ("", "", "Camiseta de algodón", garment(Category::TShirt)),
            ("", "", "碎花连衣裙", garment(Category::Dress)),
            ("", "tank-top", "Nova", garment(Category::TankTop)),
            ("209", "", "Nova dress socks", Some(Kind::Other)),
            (
                "Apparel & Accessories > Clothing > Sleepwear & Loungewear > Robes",
                "",
                "Nova",
                Some(Kind::Other),
            ),
            (
                "Apparel & Accessories > Clothing Accessories > Hats",
                "",
                "Nova",
                garment(Category::Hat),
            ),
            ("", "Accessories > Belts", "Leather belt", Some(Kind::Other)),
            ("", "", "Gift card", None),
        ] {
            assert_eq!(told(taxonomy, own, title), expected, "{taxonomy} | {own} | {title}");
        }
    }

    #[test]
    fn every_kind_is_told_by_its_own_words() {
        for category in Category::ALL {
            assert_eq!(told("", category.id(), ""), Some(Kind::Garment(*category)));
            assert_eq!(told("", "", category.words()), Some(Kind::Garment(*category)));
        }
    }
}
