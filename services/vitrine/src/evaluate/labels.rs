use std::path::{Path, PathBuf};

use serde::Deserialize;
use vitrine_core::{
    garment::Region,
    vocabulary::{Category, Colour, Pattern},
};

use crate::error::Error;

/// A photo and what is known to be in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledPhoto {
    pub file: PathBuf,
    /// The main garment; `None` for a photo without clothes.
    pub label: Option<Category>,
    /// The main garment's main colour, where it is labelled.
    pub colour: Option<Colour>,
    /// Every garment, where they are labelled.
    pub boxes: Option<Vec<LabelledBox>>,
}

/// One labelled garment.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledBox {
    pub category: Category,
    pub region: Region,
    pub colour: Option<Colour>,
    pub pattern: Option<Pattern>,
}

#[derive(Debug, Deserialize)]
struct Row {
    image: String,
    label: String,
    #[serde(default)]
    colour: Option<String>,
    #[serde(default)]
    boxes: Option<String>,
}

#[derive(Debug, Deserialize)]
struct BoxRow {
    category: String,
    #[serde(rename = "box")]
    corners: [f32; 4],
    #[serde(default)]
    colour: Option<String>,
    #[serde(default)]
    pattern: Option<String>,
}

/// Reads a CSV with the columns `image` (relative to the file) and `label` (a category, or a label
/// of the public Clothing dataset; empty for no clothes), and if there are any `colour` and
/// `boxes`: a JSON list of `{"category", "box": [left, top, right, bottom], "colour", "pattern"}`.
pub fn read_labels(file: &Path) -> Result<Vec<LabelledPhoto>, Error> {
    let refuse = |line: u64, what: String| {
        Error::Evaluation(format!("{}, line {line}: {what}", file.display()))
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut reader = csv::Reader::from_path(file).map_err(|error| refuse(1, error.to_string()))?;
    let mut photos = Vec::new();
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = at as u64 + 2;
        let row = row.map_err(|error| refuse(line, error.to_string()))?;
        let photo = photo(folder, row).map_err(|what| refuse(line, what))?;
        photos.push(photo);
    }
    if photos.is_empty() {
        return Err(refuse(1, "there is no photo in it".into()));
    }
    Ok(photos)
}

fn photo(folder: &Path, row: Row) -> Result<LabelledPhoto, String> {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let label = filled(Some(row.label)).map(|label| category(&label)).transpose()?;
    let colour = filled(row.colour)
        .map(|colour| colour.parse::<Colour>().map_err(|error| error.to_string()))
        .transpose()?;
    let boxes = filled(row.boxes).map(|boxes| read_boxes(&boxes)).transpose()?;
    Ok(LabelledPhoto { file: folder.join(row.image), label, colour, boxes })
}

fn read_boxes(json: &str) -> Result<Vec<LabelledBox>, String> {
    let rows: Vec<BoxRow> =
        serde_json::from_str(json).map_err(|error| format!("boxes: {error}"))?;
    rows.into_iter()
        .map(|row| {
            let [x0, y0, x1, y1] = row.corners;
            Ok(LabelledBox {
                category: category(&row.category)?,
                region: Region::new(x0, y0, x1, y1).ok_or("boxes: a box without an area")?,
                colour: row.colour.map(|c| c.parse()).transpose().map_err(said)?,
                pattern: row.pattern.map(|p| p.parse()).transpose().map_err(said)?,
            })
        })
        .collect()
}

fn said(error: vitrine_core::vocabulary::UnknownWord) -> String {
    error.to_string()
}

fn category(label: &str) -> Result<Category, String> {
    let dataset =
        |category: &&Category| category.dataset_label().eq_ignore_ascii_case(label.trim());
    match Category::ALL.iter().find(dataset) {
        Some(category) => Ok(*category),
        None => label.parse().map_err(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<LabelledPhoto>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("photos.csv");
        std::fs::write(&file, text).unwrap();
        read_labels(&file)
    }

    #[test]
    fn labels_are_categories_or_the_datasets_own_words() {
        let photos = read("image,label\na.jpg,Undershirt\nb.jpg,tank-top\nc.jpg,\n").unwrap();
        let labels: Vec<_> = photos.iter().map(|photo| photo.label).collect();
        assert_eq!(labels, [Some(Category::TankTop), Some(Category::TankTop), None]);
        assert!(photos[0].file.ends_with("a.jpg"));
    }

    #[test]
    fn boxes_are_read_from_their_column() {
        let text = "image,label,colour,boxes\na.jpg,dress,navy,\"[{\"\"category\"\":\"\"dress\"\",\"\"box\"\":[0.1,0.2,0.5,0.9],\"\"colour\"\":\"\"navy\"\"}]\"\n";
        let boxes = read(text).unwrap()[0].boxes.clone().unwrap();
        assert_eq!((boxes.len(), boxes[0].colour), (1, Some(Colour::Navy)));
    }

    #[test]
    fn a_label_that_is_unknown_is_told_with_its_line() {
        let error = read("image,label\na.jpg,dress\nb.jpg,toga\n").unwrap_err().to_string();
        assert!(error.contains("line 3") && error.contains("toga"), "{error}");
        assert!(read("image,label\n").unwrap_err().to_string().contains("no photo"));
    }
}
