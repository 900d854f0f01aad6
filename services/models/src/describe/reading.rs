//! Garments, each as soon as a model has written it down.

use serde::Deserialize;
use vitrine_core::{
    garment::{Garment, Region, sentence},
    photo::Photo,
    ports::ModelError,
    vocabulary::{Category, Colour, Length, Pattern, Sleeve},
};

use super::style::DescribeStyle;
use crate::{
    confidence::Certainty,
    json_stream::{Mark, Nesting},
    piece::Piece,
    text::harmless,
};

/// A garment as the model writes it, in either style.
#[derive(Debug, Deserialize)]
pub(crate) struct RawGarment {
    #[serde(alias = "c")]
    pub(super) category: Category,
    /// Thousandths of the square photo: left, top, right, bottom (Qwen3-VL's own convention).
    #[serde(alias = "b")]
    bbox_2d: [f32; 4],
    #[serde(alias = "k")]
    colours: Vec<Colour>,
    #[serde(alias = "p")]
    pattern: Pattern,
    #[serde(alias = "s")]
    sleeve: Option<Sleeve>,
    #[serde(alias = "l")]
    length: Option<Length>,
    #[serde(alias = "t")]
    text: String,
    /// There in the full style.
    description: Option<String>,
}

impl RawGarment {
    pub(crate) fn into_garment(self, photo: &Photo) -> Garment {
        let [x0, y0, x1, y1] = self.bbox_2d.map(|thousandths| thousandths / 1000.0);
        let region = Region::new(x0, y0, x1, y1).and_then(|region| photo.from_square(region));
        let mut colours = self.colours;
        let mut seen = Vec::new();
        colours.retain(|colour| {
            !seen.contains(colour) && {
                seen.push(*colour);
                true
            }
        });
        let text = harmless(&self.text, 40);
        let description = match self.description {
            Some(words) => harmless(&words, 200),
            None => {
                sentence(self.category, &colours, self.pattern, self.sleeve, self.length, &text)
            }
        };
        Garment {
            category: self.category,
            colours,
            pattern: self.pattern,
            sleeve: self.sleeve,
            length: self.length,
            description,
            text,
            region: region.unwrap_or(Region::WHOLE),
            confidence: None,
            perhaps: None,
        }
    }
}

/// Cuts the array that is being written into garments, each as soon as its brace closes.
pub(crate) struct GarmentReader {
    style: DescribeStyle,
    nesting: Nesting,
    object: Vec<u8>,
    certainty: Certainty,
    inside: bool,
}

impl GarmentReader {
    pub(crate) fn of(style: DescribeStyle) -> Self {
        let (nesting, object, certainty) = Default::default();
        Self { style, nesting, object, certainty, inside: false }
    }

    /// The garments that a piece completes, each with the probability of its kind.
    pub(crate) fn read(&mut self, piece: &Piece) -> Result<Vec<(RawGarment, f32)>, ModelError> {
        let mut garments = Vec::new();
        let mut is_same_token = false;
        for byte in piece.text.bytes() {
            let mark = self.nesting.push(byte);
            if mark == Some(Mark::Open(2)) {
                self.inside = true;
                is_same_token = false;
            }
            if self.inside {
                self.certainty.note(self.object.len(), piece.probability, is_same_token);
                self.object.push(byte);
                is_same_token = true;
            }
            if mark == Some(Mark::Close(2)) {
                self.inside = false;
                let object = std::mem::take(&mut self.object);
                let certainty = std::mem::take(&mut self.certainty);
                let garment = serde_json::from_slice(&object)
                    .map_err(|error| ModelError::Answer(error.to_string()))?;
                garments
                    .push((garment, certainty.of_value(&object, self.style.kind()).unwrap_or(1.0)));
            }
        }
        Ok(garments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"[{"category":"dress","bbox_2d":[100,200,600,900],"colours":["navy","navy","white"],"pattern":"striped","sleeve":null,"length":"midi","text":"a}]","description":"A dress."},{"category":"shoes","bbox_2d":[900,900,100,100],"colours":["red"],"pattern":"plain","sleeve":null,"length":null,"text":"","description":"Shoes."}]"#;

    fn piece(text: &str) -> Piece {
        Piece { text: text.to_owned(), probability: 0.9 }
    }

    #[test]
    fn each_garment_has_the_probability_of_its_own_kind() {
        let mut reader = GarmentReader::of(DescribeStyle::Full);
        let mut told = Vec::new();
        for text in TWO.split_inclusive(['"', '{']) {
            let probability = match text.trim_matches('"') {
                "dress" => 0.25,
                "shoes" => 0.75,
                _ => 1.0,
            };
            told.extend(reader.read(&Piece { text: text.to_owned(), probability }).unwrap());
        }
        let told: Vec<_> = told.into_iter().map(|(raw, sure)| (raw.category, sure)).collect();
        assert_eq!(told, [(Category::Dress, 0.25), (Category::Shoes, 0.75)]);
    }

    #[test]
    fn a_garment_is_known_as_soon_as_its_brace_closes() {
        let mut reader = GarmentReader::of(DescribeStyle::Full);
        let mut known_at = Vec::new();
        for (at, letter) in TWO.char_indices() {
            if !reader.read(&piece(&letter.to_string())).unwrap().is_empty() {
                known_at.push(at);
            }
        }
        let first_end = TWO.find("},{").unwrap();
        assert_eq!(known_at, [first_end, TWO.len() - 2]);
    }

    #[test]
    fn boxes_are_put_in_order_and_colours_said_once() {
        let photo = Photo::from_picture(&image::RgbImage::new(100, 100), 100);
        let garments: Vec<Garment> = GarmentReader::of(DescribeStyle::Full)
            .read(&piece(TWO))
            .unwrap()
            .into_iter()
            .map(|(raw, _)| raw.into_garment(&photo))
            .collect();
        assert_eq!(garments[0].colours, [Colour::Navy, Colour::White]);
        assert_eq!(garments[0].region, Region { left: 0.1, top: 0.2, right: 0.6, bottom: 0.9 });
        assert_eq!(garments[1].region, Region { left: 0.1, top: 0.1, right: 0.9, bottom: 0.9 });
    }

    #[test]
    fn the_compact_style_is_read_out_in_whole_words() {
        let photo = Photo::from_picture(&image::RgbImage::new(100, 100), 100);
        let mut reader = GarmentReader::of(DescribeStyle::Compact);
        let mut told = Vec::new();
        for (text, probability) in [
            (r#"[{"c":"shirt","b":["#, 0.5),
            (r#"100,200,600,900],"k":["navy","white"],"p":"striped","s":"long","l":null"#, 0.9),
            (r#","t":"NOVA"}]"#, 0.9),
        ] {
            told.extend(reader.read(&Piece { text: text.to_owned(), probability }).unwrap());
        }
        let (raw, sure) = told.pop().unwrap();
        assert_eq!(sure, 0.5, "a token that holds the kind and more is the kind's");
        let garment = raw.into_garment(&photo);
        assert_eq!(
            garment.description,
            "A navy and white striped shirt with long sleeves saying NOVA."
        );
        assert_eq!((garment.category, garment.text.as_str()), (Category::Shirt, "NOVA"));
    }

    #[test]
    fn what_is_not_in_the_vocabulary_is_an_error_not_a_guess() {
        let error = GarmentReader::of(DescribeStyle::Full)
            .read(&piece(&TWO.replace("dress", "toga")))
            .unwrap_err();
        assert!(error.to_string().contains("toga"), "{error}");
    }
}
