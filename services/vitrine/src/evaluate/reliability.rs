use std::path::Path;

use plotters::prelude::*;
use serde::Serialize;

use super::{Score, Seen};
use crate::error::Error;

/// Bands of confidence that are told apart.
const BANDS: usize = 10;
/// Of the picture, in pixels.
const SIDE: u32 = 420;

/// How far a model's confidence can be believed, over photos whose main garment has a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    pub bands: Vec<Band>,
    /// The mean distance between what was said and what came true, over all photos (ECE).
    pub expected_error: f64,
    /// The mean square of what was said less what came true (Brier).
    pub brier: f64,
    /// Photos whose main garment was told with a second kind that it may be: those where one of the
    /// two is right.
    pub doubts: Score,
}

/// Photos whose main garment was told with a confidence in one band.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Band {
    pub photos: u64,
    /// The mean of what was said.
    pub confidence: f64,
    /// The share that was right.
    pub right: f64,
}

impl Reliability {
    /// None where no confidence was told.
    pub fn of(seen: &[Seen]) -> Option<Self> {
        let mains = seen.iter().filter_map(|seen| Some((seen.photo.label?, seen.main()?)));
        let told: Vec<_> = mains
            .filter_map(|(label, main)| Some((f64::from(main.confidence?), label, main)))
            .collect();
        if told.is_empty() {
            return None;
        }
        let mut bands = vec![(0_u64, 0.0, 0.0); BANDS];
        let mut brier = 0.0;
        for (confidence, label, main) in &told {
            let right = f64::from(u8::from(main.category == *label));
            let band = ((confidence * BANDS as f64) as usize).min(BANDS - 1);
            let (photos, said, came_true) = &mut bands[band];
            (*photos, *said, *came_true) = (*photos + 1, *said + confidence, *came_true + right);
            brier += (confidence - right).powi(2);
        }
        let count = told.len() as f64;
        let apart = bands.iter().map(|(_, said, came_true)| (said - came_true).abs());
        let expected_error = apart.sum::<f64>() / count;
        let band = |(photos, said, came_true): (u64, f64, f64)| {
            let among = photos.max(1) as f64;
            Band { photos, confidence: said / among, right: came_true / among }
        };
        let doubts = told.iter().filter(|(_, _, main)| main.perhaps.is_some());
        let doubts = doubts.map(|(_, label, main)| main.kinds().any(|kind| kind == *label));
        Some(Self {
            bands: bands.into_iter().map(band).collect(),
            expected_error,
            brier: brier / count,
            doubts: Score::count(doubts),
        })
    }

    /// Draws a dot for each band, the larger the more photos it has, beside the line on which what
    /// was said is what came true.
    pub fn draw(&self, file: &Path) -> Result<(), Error> {
        self.picture(file)
            .map_err(|error| Error::Evaluation(format!("{}: {error}", file.display())))
    }

    fn picture(&self, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let area = SVGBackend::new(file, (SIDE, SIDE)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let came_true = "share of garments whose kind is right";
        chart.configure_mesh().x_desc("confidence that was told").y_desc(came_true).draw()?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.4)))?;
        let all: u64 = self.bands.iter().map(|band| band.photos).sum();
        let dots = self.bands.iter().filter(|band| band.photos > 0).map(|band| {
            let size = 3.0 + 24.0 * (band.photos as f64 / all as f64).sqrt();
            Circle::new((band.confidence, band.right), size as i32, BLUE.mix(0.6).filled())
        });
        chart.draw_series(dots)?;
        area.present()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use vitrine_core::{
        garment::{Garment, Region},
        vocabulary::{Category, Pattern},
    };

    use super::*;
    use crate::evaluate::LabelledPhoto;

    fn seen(confidence: Option<f32>, label: Category, perhaps: Option<Category>) -> Seen {
        let dress = Garment {
            category: Category::Dress,
            colours: Vec::new(),
            pattern: Pattern::Plain,
            sleeve: None,
            length: None,
            description: String::new(),
            text: String::new(),
            region: Region::WHOLE,
            confidence,
            perhaps,
        };
        let photo =
            LabelledPhoto { file: "a.jpg".into(), label: Some(label), colour: None, boxes: None };
        Seen { photo, garments: vec![dress], milliseconds: 1 }
    }

    #[test]
    fn what_was_said_is_held_against_what_came_true() {
        let all = [
            seen(Some(0.95), Category::Dress, None),
            seen(Some(0.95), Category::Dress, None),
            seen(Some(0.35), Category::Skirt, Some(Category::Skirt)),
            seen(Some(0.35), Category::Hat, Some(Category::Skirt)),
        ];
        let Reliability { bands, expected_error, brier, doubts } = Reliability::of(&all).unwrap();
        assert_eq!((bands[9].photos, bands[3].photos), (2, 2));
        assert!((bands[9].right - 1.0).abs() < 1e-9 && bands[3].right.abs() < 1e-9);
        assert!((expected_error - (0.05 + 0.35) / 2.0).abs() < 1e-6, "{expected_error}");
        assert!((brier - (0.0025 + 0.1225) / 2.0).abs() < 1e-6, "{brier}");
        assert_eq!((doubts.right, doubts.of), (1, 2));
        assert_eq!(Reliability::of(&[seen(None, Category::Dress, None)]), None);
    }
}
