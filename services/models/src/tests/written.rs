//! What holds of whatever a model writes, in whatever pieces it comes. Each panics where it does not
//! hold. The tests try good answers that were broken by chance, `fuzz` whatever it makes up.

use vitrine_core::{
    garment::Garment,
    ids::ProductId,
    photo::Photo,
    ports::{AdvicePiece, Candidate},
    vocabulary::Category,
};

use crate::{
    advise::reading::{AdviceReader, Handles},
    describe::{DescribeStyle, reading::GarmentReader},
    piece::Piece,
    text::harmless,
};

/// Garments are told of or an error is, the same however many letters come at once. All of them lie in
/// the photo, and none says what opens another turn of a chat.
pub(crate) fn garments(written: &str, at_once: usize) {
    let photo = Photo::from_picture(&image::RgbImage::new(96, 64), 64);
    for style in [DescribeStyle::Full, DescribeStyle::Compact] {
        let read = |at_once: usize| {
            let mut reader = GarmentReader::of(style);
            told(written, at_once, |text| {
                let garments = reader.read(&Piece { text, probability: 0.5 });
                let garments = garments.map_err(|error| error.to_string())?;
                assert!(garments.iter().all(|(_, sure)| (0.0..=1.0).contains(sure)));
                Ok(garments.into_iter().map(|(raw, _)| raw.into_garment(&photo)).collect())
            })
        };
        let letters = read(1);
        is_as_letters(&letters, read(at_once));
        letters.0.iter().for_each(is_good);
    }
}

fn is_good(garment: &Garment) {
    let region = garment.region;
    assert!(region.area() > 0.0, "{region:?}");
    for share in [region.left, region.top, region.right, region.bottom] {
        assert!((0.0..=1.0).contains(&share), "{region:?}");
    }
    is_harmless(&garment.text, 40);
    let from_words = 200 + garment.search_text().len();
    is_harmless(&garment.description, from_words);
}

/// Advice is told or an error is, the same however many letters come at once, and speaks of nothing but
/// what there was.
pub(crate) fn advice(written: &str, at_once: usize) {
    let candidate = |id: &str| Candidate {
        product: ProductId::new(id).expect("a good id"),
        title: "Linden".into(),
        category: Category::Dress,
        colour: None,
    };
    let candidates = [candidate("d1"), candidate("s1")];
    let handles = Handles::of(&candidates);
    let read = |at_once: usize| {
        let mut reader = AdviceReader::default();
        told(written, at_once, |text| {
            reader.read(&text, &handles).map_err(|error| error.to_string())
        })
    };
    let letters = read(1);
    is_as_letters(&letters, read(at_once));
    let texts = letters.0.iter().filter(|piece| matches!(piece, AdvicePiece::Text(_)));
    assert!(texts.count() <= 1);
    for piece in &letters.0 {
        match piece {
            AdvicePiece::Text(text) => is_harmless(text, 400),
            AdvicePiece::Suggestion(suggestion) => {
                is_harmless(&suggestion.text, 300);
                let known =
                    |id: &ProductId| candidates.iter().any(|candidate| candidate.product == *id);
                assert!(suggestion.product_ids.iter().all(known));
                assert!(suggestion.product_ids.len() <= candidates.len());
            }
        }
    }
}

fn is_harmless(text: &str, most: usize) {
    assert_eq!(harmless(text, most), text);
}

/// What was told, and the error that ended it.
type Told<T> = (Vec<T>, Option<String>);

fn told<T>(
    written: &str,
    at_once: usize,
    mut read: impl FnMut(String) -> Result<Vec<T>, String>,
) -> Told<T> {
    let letters: Vec<char> = written.chars().collect();
    let mut all = Vec::new();
    for piece in letters.chunks(at_once.max(1)) {
        match read(piece.iter().collect()) {
            Ok(told) => all.extend(told),
            Err(error) => return (all, Some(error)),
        }
    }
    (all, None)
}

/// What stands in the piece that an error is in is not told.
fn is_as_letters<T: PartialEq + std::fmt::Debug>(letters: &Told<T>, pieces: Told<T>) {
    assert_eq!(pieces.1, letters.1);
    match letters.1 {
        None => assert_eq!(pieces.0, letters.0),
        Some(_) => assert!(letters.0.starts_with(&pieces.0)),
    }
}
