use std::path::Path;

use vitrine_core::{
    garment::{Garment, Region},
    vocabulary::{Category, Colour, Pattern},
};

use super::Seen;
use crate::error::Error;

/// Writes a row for each garment: the photo's file, whether it is what the photo's label is held
/// against, its kind, colours and pattern, and its box as shares of the photo. A photo without
/// garments has no row.
pub fn write_seen(file: &Path, seen: &[Seen]) -> Result<(), Error> {
    let failed = |error: csv::Error| Error::Evaluation(format!("{}: {error}", file.display()));
    let mut out = csv::Writer::from_path(file).map_err(failed)?;
    let head =
        ["image", "main", "category", "colours", "pattern", "left", "top", "right", "bottom"];
    out.write_record(head).map_err(failed)?;
    for photo in seen {
        let main = photo.main();
        for garment in &photo.garments {
            let is_main = main.is_some_and(|main| std::ptr::eq(main, garment));
            out.write_record(row(&photo.photo.file, garment, is_main)).map_err(failed)?;
        }
    }
    out.flush().map_err(Error::file(file))
}

fn row(image: &Path, garment: &Garment, is_main: bool) -> Vec<String> {
    let Garment { category, colours, pattern, region, .. } = garment;
    let Region { left, top, right, bottom } = region;
    let colours: Vec<&str> = colours.iter().copied().map(Colour::id).collect();
    let words =
        [Category::id(*category).to_owned(), colours.join(" "), Pattern::id(*pattern).to_owned()];
    let corners = [left, top, right, bottom].map(|share| format!("{share:.4}"));
    let begin = [image.display().to_string(), is_main.to_string()];
    begin.into_iter().chain(words).chain(corners).collect()
}
