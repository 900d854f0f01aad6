use std::path::Path;

use vitrine_core::{
    garment::{Garment, Region},
    vocabulary::{Category, Colour},
};

use super::{LabelledPhoto, Seen};
use crate::error::Error;

/// Writes a row for each garment: the photo's file and label, whether it is what the label is held
/// against, its kind and how sure the model is of it, colours, pattern, and its box as shares of the
/// photo. A photo without garments has no row.
pub fn write_seen(file: &Path, seen: &[Seen]) -> Result<(), Error> {
    let failed = |error: csv::Error| Error::Evaluation(format!("{}: {error}", file.display()));
    let mut out = csv::Writer::from_path(file).map_err(failed)?;
    let of_garment = ["main", "category", "confidence", "perhaps", "colours", "pattern"];
    let head = ["image", "label"].into_iter().chain(of_garment);
    out.write_record(head.chain(["left", "top", "right", "bottom"])).map_err(failed)?;
    for photo in seen {
        let main = photo.main();
        for garment in &photo.garments {
            let is_main = main.is_some_and(|main| std::ptr::eq(main, garment));
            out.write_record(row(&photo.photo, garment, is_main)).map_err(failed)?;
        }
    }
    out.flush().map_err(Error::file(file))
}

fn row(photo: &LabelledPhoto, garment: &Garment, is_main: bool) -> Vec<String> {
    let Garment { category, confidence, perhaps, colours, pattern, region, .. } = garment;
    let Region { left, top, right, bottom } = region;
    let kind = |kind: &Option<Category>| kind.map(Category::id).unwrap_or_default().to_owned();
    let colours: Vec<&str> = colours.iter().copied().map(Colour::id).collect();
    let words = [
        photo.file.display().to_string(),
        kind(&photo.label),
        is_main.to_string(),
        category.id().to_owned(),
        confidence.map(|share| format!("{share:.6}")).unwrap_or_default(),
        kind(perhaps),
        colours.join(" "),
        pattern.id().to_owned(),
    ];
    let corners = [left, top, right, bottom].map(|share| format!("{share:.4}"));
    words.into_iter().chain(corners).collect()
}
