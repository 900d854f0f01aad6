//! The photos that customers send.

use std::path::Path;

use image::{RgbImage, codecs::jpeg::JpegEncoder};
use rand::Rng;

use crate::{measure::Outcome, paint::mark};

/// How many photos are sent again and again.
const KNOWN: usize = 20;
/// The side of the square that makes a photo a new one.
const SIDE: u32 = 12;
const QUALITY: u8 = 95;

pub(super) struct Photos {
    known: Vec<Vec<u8>>,
    pictures: Vec<RgbImage>,
}

impl Photos {
    /// The outfits in the repository's folder `demo`.
    pub(super) fn read(demo: &Path) -> Outcome<Self> {
        let (mut known, mut pictures) = (Vec::new(), Vec::new());
        for number in 1..=KNOWN {
            let file = demo.join(format!("outfits/{number:03}.jpg"));
            let bytes =
                std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            pictures.push(image::load_from_memory(&bytes)?.into_rgb8());
            known.push(bytes);
        }
        Ok(Self { known, pictures })
    }

    pub(super) fn known(&self) -> &[Vec<u8>] {
        &self.known
    }

    pub(super) fn a_known_one(&self) -> Vec<u8> {
        self.known.get(rand::rng().random_range(0..self.known.len())).cloned().unwrap_or_default()
    }

    /// One of them with a square in one of some 70,000 shades: what the model says of it is the
    /// same, but it has to look.
    pub(super) fn a_new_one(&self) -> Outcome<Vec<u8>> {
        let mut rng = rand::rng();
        let picture = self.pictures.get(rng.random_range(0..self.pictures.len()));
        let mut picture = picture.ok_or("no pictures")?.clone();
        mark(&mut picture, SIDE, [(); 3].map(|()| 150 + 2 * rng.random_range(0..=40)));
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture)?;
        Ok(bytes)
    }
}
