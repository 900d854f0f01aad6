//! How alike pictures look.

use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// How alike a product's picture and a garment look.
    Grade {
        Same = "same", "taken for the same product";
        VerySimilar = "very_similar", "of one kind, colour and pattern";
        Similar = "similar", "of one kind";
    }
}

/// The lowest cosine of each grade: at or above it the grade is right as often as whoever measured
/// it wanted. 1 where no cosine is.
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
