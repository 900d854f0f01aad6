//! What is seen in a photo.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::{Category, Colour, Length, Pattern, Sleeve};

/// A rectangle in a photo: fractions of its width and height, 0 to 1, from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Region {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Region {
    /// The whole photo.
    pub const WHOLE: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// Puts the corners in order and inside the photo; `None` where nothing is left of it.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Option<Self> {
        let inside = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
        let (x0, y0, x1, y1) = (inside(x0), inside(y0), inside(x1), inside(y1));
        let region =
            Self { left: x0.min(x1), top: y0.min(y1), right: x0.max(x1), bottom: y0.max(y1) };
        (region.area() > 0.0).then_some(region)
    }

    /// The share of the photo that it covers.
    pub fn area(&self) -> f32 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }

    /// The area that both cover.
    fn both(&self, other: &Self) -> f32 {
        let width = (self.right.min(other.right) - self.left.max(other.left)).max(0.0);
        let height = (self.bottom.min(other.bottom) - self.top.max(other.top)).max(0.0);
        width * height
    }

    /// The share of the smaller of the two that lies in the other, 0 to 1.
    pub fn shared(&self, other: &Self) -> f32 {
        let smaller = self.area().min(other.area());
        if smaller > 0.0 { self.both(other) / smaller } else { 0.0 }
    }

    /// Whether a point lies in it.
    pub fn holds(&self, x: f32, y: f32) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Intersection over union, 0 to 1.
    pub fn overlap(&self, other: &Self) -> f32 {
        let both = self.both(other);
        let either = self.area() + other.area() - both;
        if either > 0.0 { both / either } else { 0.0 }
    }
}

/// One piece of clothing seen in a photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Garment {
    pub category: Category,
    /// One to three, the main one first.
    #[schema(min_items = 1, max_items = 3)]
    pub colours: Vec<Colour>,
    pub pattern: Pattern,
    /// Absent where a garment has none, as with trousers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sleeve: Option<Sleeve>,
    /// Absent where it says nothing, as with hats.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub length: Option<Length>,
    /// One sentence, in the model's own words.
    pub description: String,
    /// Letters read on the garment; empty where there are none.
    pub text: String,
    #[serde(rename = "box")]
    pub region: Region,
    /// How likely the category is right, 0 to 1; absent where that was not measured for the model.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: Option<f32>,
    /// What it may be instead; there where the category is more likely wrong than right.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub perhaps: Option<Category>,
}

impl Garment {
    /// What it is taken for: one kind, or two where it is in doubt.
    pub fn kinds(&self) -> impl Iterator<Item = Category> + Clone {
        std::iter::once(self.category).chain(self.perhaps)
    }

    /// Kinds near those that are not among them.
    pub fn near_kinds(&self) -> Vec<Category> {
        let mut near: Vec<Category> =
            self.kinds().flat_map(|kind| kind.neighbours().iter().copied()).collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|kind| self.kinds().all(|own| own != *kind));
        near
    }

    /// The colour that covers most of it.
    pub fn main_colour(&self) -> Option<Colour> {
        self.colours.first().copied()
    }

    /// The words that this garment is looked for by: its attributes, then its description.
    pub fn search_text(&self) -> String {
        let attributes = attribute_words(
            &self.colours,
            Some(self.pattern),
            self.length,
            self.category,
            self.sleeve,
        );
        format!("{attributes}. {}", self.description)
    }
}

/// `navy and white striped midi dress, long sleeves`: the one way in which attributes become
/// text for the embedder, for garments and products alike.
pub fn attribute_words(
    colours: &[Colour],
    pattern: Option<Pattern>,
    length: Option<Length>,
    category: Category,
    sleeve: Option<Sleeve>,
) -> String {
    let mut words = colours.iter().map(|colour| colour.words()).collect::<Vec<_>>().join(" and ");
    let mut add = |word: &str| {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    };
    if let Some(pattern) = pattern.filter(|pattern| *pattern != Pattern::Plain) {
        add(pattern.id());
    }
    if let Some(length) = length {
        add(length.id());
    }
    add(category.words());
    match sleeve {
        Some(Sleeve::Sleeveless) => words.push_str(", sleeveless"),
        Some(sleeve) => {
            words.push_str(", ");
            words.push_str(sleeve.words());
            words.push_str(" sleeves");
        }
        None => {}
    }
    words
}

/// `A navy striped midi dress with long sleeves.`: a garment's attributes, and the letters on it, as
/// one sentence.
pub fn sentence(
    category: Category,
    colours: &[Colour],
    pattern: Pattern,
    sleeve: Option<Sleeve>,
    length: Option<Length>,
    text: &str,
) -> String {
    let mut words = vec![listed(colours)];
    if pattern != Pattern::Plain {
        words.push(pattern.words().into());
    }
    words.extend(length.map(|length| length.words().into()));
    if sleeve == Some(Sleeve::Sleeveless) {
        words.push(Sleeve::Sleeveless.words().into());
    }
    words.push(category.words().into());
    if let Some(sleeve) = sleeve.filter(|sleeve| *sleeve != Sleeve::Sleeveless) {
        words.push(format!("with {} sleeves", sleeve.words()));
    }
    if !text.is_empty() {
        words.push(format!("saying {text}"));
    }
    words.retain(|word| !word.is_empty());
    let words = words.join(" ");
    let article = match category {
        Category::Trousers | Category::Shorts | Category::Shoes => "A pair of",
        _ if words.starts_with(['a', 'e', 'i', 'o', 'u']) => "An",
        _ => "A",
    };
    format!("{article} {words}.")
}

/// `red`, `red and white`, `red, white and navy`.
fn listed(colours: &[Colour]) -> String {
    let words: Vec<&str> = colours.iter().map(|colour| colour.words()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_each_attribute_and_no_other() {
        let colours = [Colour::LightBlue, Colour::White, Colour::Navy];
        let sleeves = || Sleeve::ALL.iter().copied().map(Some).chain([None]);
        let lengths = || Length::ALL.iter().copied().map(Some).chain([None]);
        for category in Category::ALL {
            for (number, pattern) in Pattern::ALL.iter().enumerate() {
                for (sleeve, length) in
                    sleeves().flat_map(|sleeve| lengths().map(move |length| (sleeve, length)))
                {
                    let some = &colours[..1 + number % 3];
                    let told = sentence(*category, some, *pattern, sleeve, length, "");
                    assert_eq!(read(&told), (*category, some.to_vec(), *pattern, sleeve, length));
                }
            }
        }
    }

    /// What a sentence says, by taking it apart word for word.
    fn read(sentence: &str) -> (Category, Vec<Colour>, Pattern, Option<Sleeve>, Option<Length>) {
        let words = sentence.trim_end_matches('.');
        let (words, with) = words.split_once(" with ").unwrap_or((words, ""));
        let mut rest = ["A pair of ", "An ", "A "]
            .iter()
            .find_map(|start| words.strip_prefix(start))
            .unwrap()
            .to_owned();
        let mut take = |word: &str| {
            let padded = format!(" {rest} ").replacen(&format!(" {word} "), "  ", 1);
            let has = padded.trim().len() < rest.trim().len();
            if has {
                rest = padded.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            has
        };
        let mut kinds: Vec<Category> = Category::ALL.to_vec();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.words().len()));
        let category = kinds.into_iter().find(|kind| take(kind.words())).unwrap();
        let bare = take("sleeveless").then_some(Sleeve::Sleeveless);
        let sleeve = Sleeve::ALL
            .iter()
            .copied()
            .find(|sleeve| with == format!("{} sleeves", sleeve.words()))
            .or(bare);
        let length = Length::ALL.iter().copied().find(|length| take(length.words()));
        let pattern = Pattern::ALL.iter().copied().find(|pattern| take(pattern.words()));
        let colours =
            rest.replace(", ", " and ").split(" and ").map(|word| word.parse().unwrap()).collect();
        (category, colours, pattern.unwrap_or(Pattern::Plain), sleeve, length)
    }

    #[test]
    fn a_sentence_reads_as_english() {
        let shirt = |colours: &[Colour], text: &str| {
            sentence(Category::Shirt, colours, Pattern::Plain, Some(Sleeve::Short), None, text)
        };
        assert_eq!(shirt(&[Colour::Orange], ""), "An orange shirt with short sleeves.");
        assert_eq!(shirt(&[], "UP"), "A shirt with short sleeves saying UP.");
        let colours = [Colour::Red, Colour::White, Colour::Navy];
        assert_eq!(
            sentence(Category::Shorts, &colours, Pattern::Checked, None, Some(Length::Knee), ""),
            "A pair of red, white and navy checked knee-length shorts."
        );
    }

    #[test]
    fn attributes_read_as_a_shopper_would_say_them() {
        assert_eq!(
            attribute_words(
                &[Colour::Navy, Colour::White],
                Some(Pattern::Striped),
                Some(Length::Midi),
                Category::Dress,
                Some(Sleeve::Long)
            ),
            "navy and white striped midi dress, long sleeves"
        );
        assert_eq!(
            attribute_words(
                &[],
                Some(Pattern::Plain),
                None,
                Category::TankTop,
                Some(Sleeve::Sleeveless)
            ),
            "tank top, sleeveless"
        );
    }

    #[test]
    fn a_region_is_clamped_ordered_and_never_empty() {
        assert_eq!(
            Region::new(0.9, 1.5, -0.2, 0.5),
            Some(Region { left: 0.0, top: 0.5, right: 0.9, bottom: 1.0 })
        );
        assert_eq!(Region::new(0.3, 0.3, 0.3, 0.9), None);
        assert_eq!(Region::new(f32::NAN, 0.0, f32::NAN, 1.0), None);
    }

    #[test]
    fn overlap_is_one_with_itself_and_a_third_with_a_half_shift() {
        let left = Region::new(0.0, 0.0, 0.5, 1.0).unwrap();
        let shifted = Region::new(0.25, 0.0, 0.75, 1.0).unwrap();
        assert!((left.overlap(&left) - 1.0).abs() < 1e-6);
        assert!((left.overlap(&shifted) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(left.overlap(&Region::new(0.6, 0.0, 1.0, 1.0).unwrap()), 0.0);
    }
}
