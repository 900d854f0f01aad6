use serde::Serialize;
use vitrine_core::{garment::Garment, vocabulary::Category};

use super::{LabelledBox, Reliability, Seen};

/// Boxes that overlap less than this are not taken for the same garment.
const SAME_GARMENT: f32 = 0.1;

/// A share and what it was counted over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Score {
    pub right: u64,
    pub of: u64,
    /// 0 to 1; 0 where nothing was counted.
    pub share: f64,
}

impl Score {
    pub(super) fn count(marks: impl IntoIterator<Item = bool>) -> Self {
        let (mut right, mut of) = (0, 0);
        for mark in marks {
            of += 1;
            right += u64::from(mark);
        }
        Self { right, of, share: if of == 0 { 0.0 } else { right as f64 / of as f64 } }
    }
}

/// One category's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassFigures {
    pub category: Category,
    /// Photos with this label.
    pub photos: u64,
    /// The share of them that was seen as such.
    pub recall: f64,
    /// The share right of all that were seen as such.
    pub precision: f64,
}

/// Figures over photos with every garment labelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoxFigures {
    /// Photos where the number and the kinds of garments are right.
    pub whole_photo: Score,
    /// Labelled garments that were found with their kind.
    pub kinds: Score,
    /// Of garments found at their place, those whose main colour is right.
    pub main_colour: Score,
    /// Likewise the pattern.
    pub pattern: Score,
    /// Of garments found with their kind, the mean intersection over union of the boxes.
    pub mean_iou: f64,
}

/// All figures of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    pub model: String,
    pub photos: u64,
    /// Photos whose main garment has the labelled kind.
    pub accuracy: Score,
    /// Photos without clothes in which none were seen.
    pub no_clothes: Score,
    /// Photos whose main garment has the labelled main colour.
    pub colour: Score,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boxes: Option<BoxFigures>,
    pub classes: Vec<ClassFigures>,
    /// Rows are labels, columns what was seen, both in the order of the categories; the last
    /// column counts photos in which nothing was seen.
    pub confusion: Vec<Vec<u64>>,
    /// Half of the photos took no longer.
    pub median_milliseconds: u64,
    /// Where the model tells how sure it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
}

impl Figures {
    pub fn of(model: &str, seen: &[Seen]) -> Self {
        let labelled = || seen.iter().filter_map(|s| Some((s.photo.label?, s)));
        let main_kind = |seen: &Seen| seen.main().map(|garment| garment.category);
        let accuracy = Score::count(labelled().map(|(label, seen)| main_kind(seen) == Some(label)));
        let no_clothes = Score::count(
            seen.iter().filter(|s| s.photo.label.is_none()).map(|s| s.garments.is_empty()),
        );
        let colour = Score::count(seen.iter().filter_map(|s| {
            let wanted = s.photo.colour?;
            Some(s.main().and_then(Garment::main_colour) == Some(wanted))
        }));
        let confusion = confusion(labelled().map(|(label, seen)| (label, main_kind(seen))));
        let mut times: Vec<u64> = seen.iter().map(|s| s.milliseconds).collect();
        times.sort_unstable();
        Self {
            model: model.to_owned(),
            photos: seen.len() as u64,
            accuracy,
            no_clothes,
            colour,
            boxes: boxes(seen),
            classes: classes(&confusion),
            confusion,
            median_milliseconds: times.get(times.len() / 2).copied().unwrap_or_default(),
            reliability: Reliability::of(seen),
        }
    }
}

fn confusion(pairs: impl Iterator<Item = (Category, Option<Category>)>) -> Vec<Vec<u64>> {
    let at = |category: Category| Category::ALL.iter().position(|c| *c == category);
    let mut table = vec![vec![0; Category::ALL.len() + 1]; Category::ALL.len()];
    for (label, seen) in pairs {
        let column = seen.and_then(at).unwrap_or(Category::ALL.len());
        if let Some(cell) = at(label).and_then(|row| table[row].get_mut(column)) {
            *cell += 1;
        }
    }
    table
}

fn classes(confusion: &[Vec<u64>]) -> Vec<ClassFigures> {
    let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    Category::ALL
        .iter()
        .zip(confusion)
        .enumerate()
        .map(|(at, (category, row))| {
            let photos: u64 = row.iter().sum();
            let taken_for: u64 = confusion.iter().map(|row| row[at]).sum();
            ClassFigures {
                category: *category,
                photos,
                recall: share(row[at], photos),
                precision: share(row[at], taken_for),
            }
        })
        .collect()
}

fn boxes(seen: &[Seen]) -> Option<BoxFigures> {
    let labelled: Vec<(&[LabelledBox], &[Garment])> = seen
        .iter()
        .filter_map(|s| Some((s.photo.boxes.as_deref()?, s.garments.as_slice())))
        .collect();
    if labelled.is_empty() {
        return None;
    }
    let whole_photo = Score::count(labelled.iter().map(|(labels, garments)| {
        let mut wanted: Vec<Category> = labels.iter().map(|label| label.category).collect();
        let mut got: Vec<Category> = garments.iter().map(|garment| garment.category).collect();
        wanted.sort_unstable();
        got.sort_unstable();
        wanted == got
    }));
    let placed: Vec<(&LabelledBox, Option<&Garment>)> =
        labelled.iter().flat_map(|(labels, garments)| pair_by_place(labels, garments)).collect();
    let same_kind = |label: &LabelledBox, garment: &Option<&Garment>| {
        garment.is_some_and(|g| g.category == label.category)
    };
    let kinds = Score::count(placed.iter().map(|(label, garment)| same_kind(label, garment)));
    let main_colour = Score::count(
        placed
            .iter()
            .filter_map(|(label, garment)| Some((*garment)?.main_colour() == Some(label.colour?))),
    );
    let pattern = Score::count(
        placed.iter().filter_map(|(label, garment)| Some((*garment)?.pattern == label.pattern?)),
    );
    let overlaps: Vec<f32> = placed
        .iter()
        .filter(|(label, garment)| same_kind(label, garment))
        .filter_map(|(label, garment)| Some(garment.as_ref()?.region.overlap(&label.region)))
        .collect();
    let mean_iou = if overlaps.is_empty() {
        0.0
    } else {
        f64::from(overlaps.iter().sum::<f32>()) / overlaps.len() as f64
    };
    Some(BoxFigures { whole_photo, kinds, main_colour, pattern, mean_iou })
}

/// Pairs each label with the garment that overlaps it most, the closest pair first; equal kinds go
/// before others, so that a jacket is not held against the shirt under it.
fn pair_by_place<'a>(
    labels: &'a [LabelledBox],
    garments: &'a [Garment],
) -> Vec<(&'a LabelledBox, Option<&'a Garment>)> {
    let mut pairs: Vec<(bool, f32, usize, usize)> = Vec::new();
    for (l, label) in labels.iter().enumerate() {
        for (g, garment) in garments.iter().enumerate() {
            let overlap = label.region.overlap(&garment.region);
            if overlap >= SAME_GARMENT {
                pairs.push((label.category == garment.category, overlap, l, g));
            }
        }
    }
    pairs.sort_by(|one, other| other.0.cmp(&one.0).then(other.1.total_cmp(&one.1)));
    let mut partner: Vec<Option<usize>> = vec![None; labels.len()];
    let mut taken = vec![false; garments.len()];
    for (_, _, l, g) in pairs {
        if partner[l].is_none() && !taken[g] {
            partner[l] = Some(g);
            taken[g] = true;
        }
    }
    labels
        .iter()
        .zip(partner)
        .map(|(label, at)| (label, at.and_then(|at| garments.get(at))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::LabelledPhoto;
    use vitrine_core::{
        garment::Region,
        vocabulary::{Colour, Pattern},
    };

    fn garment(category: Category, colour: Colour, corners: [f32; 4]) -> Garment {
        let [x0, y0, x1, y1] = corners;
        Garment {
            category,
            colours: vec![colour],
            pattern: Pattern::Plain,
            sleeve: None,
            length: None,
            description: String::new(),
            text: String::new(),
            region: Region::new(x0, y0, x1, y1).unwrap(),
            confidence: None,
            perhaps: None,
        }
    }

    fn label(category: Category, corners: [f32; 4]) -> LabelledBox {
        let [x0, y0, x1, y1] = corners;
        let region = Region::new(x0, y0, x1, y1).unwrap();
        LabelledBox { category, region, colour: Some(Colour::Red), pattern: Some(Pattern::Plain) }
    }

    fn seen(
        label: Option<Category>,
        boxes: Option<Vec<LabelledBox>>,
        garments: Vec<Garment>,
    ) -> Seen {
        let photo = LabelledPhoto { file: "a.jpg".into(), label, colour: None, boxes };
        Seen { photo, garments, milliseconds: 5 }
    }

    const LEFT: [f32; 4] = [0.0, 0.0, 0.4, 1.0];
    const RIGHT: [f32; 4] = [0.5, 0.0, 1.0, 1.0];

    #[test]
    fn the_largest_garment_is_held_against_the_label() {
        let garments = vec![
            garment(Category::Hat, Colour::Red, LEFT),
            garment(Category::Dress, Colour::Red, RIGHT),
        ];
        let figures = Figures::of(
            "m",
            &[
                seen(Some(Category::Dress), None, garments),
                seen(Some(Category::Skirt), None, Vec::new()),
                seen(None, None, Vec::new()),
            ],
        );
        assert_eq!((figures.accuracy.right, figures.accuracy.of), (1, 2));
        assert_eq!((figures.no_clothes.right, figures.no_clothes.of), (1, 1));
        assert_eq!(figures.boxes, None);
        let skirt = Category::ALL.iter().position(|c| *c == Category::Skirt).unwrap();
        assert_eq!(figures.confusion[skirt][Category::ALL.len()], 1);
    }

    #[test]
    fn every_labelled_garment_counts_by_kind_colour_and_place() {
        let labels = vec![label(Category::Dress, LEFT), label(Category::Hat, RIGHT)];
        let garments = vec![
            garment(Category::Dress, Colour::Red, LEFT),
            garment(Category::Shoes, Colour::Blue, RIGHT),
        ];
        let figures = Figures::of("m", &[seen(Some(Category::Dress), Some(labels), garments)]);
        let boxes = figures.boxes.unwrap();
        assert_eq!((boxes.whole_photo.right, boxes.kinds.right, boxes.kinds.of), (0, 1, 2));
        assert_eq!((boxes.main_colour.right, boxes.main_colour.of), (1, 2));
        assert!((boxes.mean_iou - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_missed_garment_lowers_the_kinds_and_an_invented_one_the_whole_photo() {
        let missed = seen(Some(Category::Dress), Some(vec![label(Category::Dress, LEFT)]), vec![]);
        let invented = seen(None, Some(vec![]), vec![garment(Category::Hat, Colour::Red, LEFT)]);
        let boxes = Figures::of("m", &[missed, invented]).boxes.unwrap();
        assert_eq!((boxes.whole_photo.right, boxes.kinds.right, boxes.kinds.of), (0, 0, 1));
    }
}
