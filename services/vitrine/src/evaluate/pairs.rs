use std::path::{Path, PathBuf};

use serde::Deserialize;
use vitrine_core::{garment::Region, ids::ProductId};

use crate::error::Error;

/// A photo, and the product that it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub photo: PathBuf,
    pub product: ProductId,
    pub region: Region,
}

#[derive(Debug, Deserialize)]
struct Row {
    image: String,
    product_id: String,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

/// Reads a CSV with the columns `image` (relative to the file), `product_id`, and where the product
/// is in the photo, as shares of its sides: `left`, `top`, `right`, `bottom`.
pub fn read_pairs(file: &Path) -> Result<Vec<Pair>, Error> {
    let refuse = |line: usize, what: String| {
        Error::Evaluation(format!("{}, line {line}: {what}", file.display()))
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut reader = csv::Reader::from_path(file).map_err(|error| refuse(1, error.to_string()))?;
    let mut pairs = Vec::new();
    for (at, row) in reader.deserialize::<Row>().enumerate() {
        let line = at + 2;
        let row = row.map_err(|error| refuse(line, error.to_string()))?;
        pairs.push(pair(folder, row).map_err(|what| refuse(line, what))?);
    }
    if pairs.is_empty() {
        return Err(refuse(1, "there is no photo in it".into()));
    }
    Ok(pairs)
}

fn pair(folder: &Path, row: Row) -> Result<Pair, String> {
    let Row { image, product_id, left, top, right, bottom } = row;
    let outside = || "the box has no area inside the photo; give shares from 0 to 1".to_owned();
    Ok(Pair {
        photo: folder.join(image),
        product: ProductId::new(product_id).map_err(|error| error.to_string())?,
        region: Region::new(left, top, right, bottom).ok_or_else(outside)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Vec<Pair>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("queries.csv");
        std::fs::write(&file, format!("image,product_id,left,top,right,bottom\n{rows}")).unwrap();
        read_pairs(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn a_pair_names_a_photo_beside_the_file_and_a_product() {
        let pairs = read("queries/1.jpg,dress-1,0.1,0.2,0.9,0.8\n").unwrap();
        assert!(pairs[0].photo.ends_with("queries/1.jpg"));
        assert_eq!(pairs[0].product.as_str(), "dress-1");
        assert_eq!(pairs[0].region.bottom, 0.8);
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_line() {
        for (rows, told) in [
            ("", "no photo"),
            ("a.jpg,p,0,0,1,1\nb.jpg,,0,0,1,1\n", "line 3"),
            ("a.jpg,p,0.5,0,0.5,1\n", "no area"),
            ("a.jpg,p,left,0,0.5,1\n", "line 2"),
        ] {
            let error = read(rows).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
