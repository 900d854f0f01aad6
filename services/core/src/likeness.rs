//! How alike pictures look.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    experiments::Varied,
    look::{Attribute, Match, Reason, ReasonKind},
    ports::Weights,
    vocabulary::vocabulary,
};

vocabulary! {
    /// How alike a product's picture and a garment look.
    Grade {
        Same = "same", "taken for the same product";
        VerySimilar = "very_similar", "of one kind, colour and pattern";
        Similar = "similar", "of one kind";
    }
}

/// The lowest cosine of each grade: at or above it the grade is right as often as whoever measured
/// it wanted, `same` of the one product that looks most alike. 1 where no cosine is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Grades {
    pub same: f32,
    pub very_similar: f32,
    pub similar: f32,
}

impl Grades {
    /// None below the lowest.
    pub fn of(&self, cosine: f32) -> Option<Grade> {
        let reached = |least: f32| least < 1.0 && cosine >= least;
        if reached(self.same) {
            Some(Grade::Same)
        } else if reached(self.very_similar) {
            Some(Grade::VerySimilar)
        } else {
            reached(self.similar).then_some(Grade::Similar)
        }
    }
}

/// That a product's picture and a garment look alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LooksAlike {
    pub grade: Grade,
    /// Of the two pictures' vectors, -1 to 1. Comparable between matches of one encoder.
    pub cosine: f32,
    /// Whether it is taken for the very product of the photo.
    pub same_product: bool,
}

impl LooksAlike {
    /// None where they do not look alike, or where nobody measured what that means.
    pub(crate) fn of(grades: Option<Grades>, cosine: Option<f32>) -> Option<Self> {
        let cosine = cosine?;
        let grade = grades?.of(cosine)?;
        Some(Self { grade, cosine, same_product: grade == Grade::Same })
    }

    /// Of matches for one garment only the one that looks most alike is taken for the same product,
    /// as only that was measured; others that would be are very similar.
    pub(crate) fn leave_one_the_same<'a>(matches: impl Iterator<Item = &'a mut Match>) {
        let mut same: Vec<&mut Match> = matches.filter(|found| found.is_the_same()).collect();
        let cosine = |found: &Match| found.looks_alike.map_or(-1.0, |alike| alike.cosine);
        same.sort_by(|one, other| cosine(other).total_cmp(&cosine(one)));
        for found in same.into_iter().skip(1) {
            let Some(alike) = &mut found.looks_alike else { continue };
            *alike = Self { grade: Grade::VerySimilar, same_product: false, ..*alike };
            let reason = alike.reason();
            let of_picture = |reason: &&mut Reason| reason.attribute == Attribute::Picture;
            if let Some(told) = found.reasons.iter_mut().find(of_picture) {
                *told = reason;
            }
        }
    }

    pub(crate) fn reason(self) -> Reason {
        let (kind, text) = match self.grade {
            Grade::Same => (ReasonKind::Same, "looks the same"),
            Grade::VerySimilar => (ReasonKind::Similar, "looks very similar"),
            Grade::Similar => (ReasonKind::Similar, "looks similar"),
        };
        Reason { kind, attribute: Attribute::Picture, text: text.to_owned() }
    }
}

impl Match {
    fn is_the_same(&self) -> bool {
        self.looks_alike.is_some_and(|alike| alike.same_product)
    }
}

/// By which vectors, and from which cosine on, two pictures show the same product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SameBy<'a> {
    pub model: &'a str,
    pub cosine: f32,
}

/// What counts how much when products are found and put in order.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Of the legs that the index is searched by.
    pub legs: Weights,
    /// The share of how alike pictures look beside words and attributes, where both have pictures;
    /// 0 to 1.
    pub picture_share: f32,
}

impl Balance {
    /// As an experiment has it.
    pub(crate) fn under(self, varied: &Varied) -> Self {
        let picture_share = varied.picture_share.unwrap_or(self.picture_share);
        Self { picture_share, ..self }
    }
}

impl Default for Balance {
    fn default() -> Self {
        Self { legs: Weights::default(), picture_share: 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_begins_at_its_cosine() {
        let grades = Grades { same: 0.9, very_similar: 0.8, similar: 0.6 };
        let told = [1.0, 0.9, 0.89, 0.8, 0.7, 0.6, 0.59, -1.0].map(|cosine| grades.of(cosine));
        let (same, very, similar) = (Grade::Same, Grade::VerySimilar, Grade::Similar);
        let expected = [Some(same), Some(same), Some(very), Some(very), Some(similar)];
        assert_eq!(told[..5], expected);
        assert_eq!(told[5..], [Some(similar), None, None]);
    }

    #[test]
    fn a_grade_that_no_cosine_reaches_is_never_given() {
        let grades = Grades { same: 1.0, very_similar: 1.0, similar: 0.5 };
        assert_eq!(grades.of(1.0), Some(Grade::Similar));
    }
}
