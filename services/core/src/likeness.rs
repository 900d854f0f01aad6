//! How alike pictures look.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    experiments::Varied,
    ids::{MerchantId, ProductId},
    look::{Attribute, Reason, ReasonKind},
    ports::{Hit, Index, Prefilter, Query, StoreError, Vector, Weights},
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

/// How much the lead of the product that looks most alike over the next one counts beside its cosine:
/// what stands out is the very one more surely than what is merely close.
const LEAD: f32 = 2.0;
/// Points that are looked at for what looks alike.
const NEAREST: usize = 40;

/// From where on each grade is right as often as whoever measured it wanted; none for one that is
/// never given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Grades {
    /// Of the product that looks most alike: the lowest sum of its cosine and twice its lead over the
    /// next product's.
    pub same: Option<f32>,
    /// The lowest cosine.
    pub very_similar: Option<f32>,
    /// The lowest cosine.
    pub similar: Option<f32>,
}

/// What a garment looks like, and what of the shop looks like it.
#[derive(Debug, Clone)]
pub(crate) struct Likeness {
    pub(crate) vector: Vector,
    grades: Option<Grades>,
    /// The product that it is taken for.
    same: Option<ProductId>,
    /// What looks the same or very similar, of whatever kind, the nearest first.
    pub(crate) nearest: Vec<Hit>,
}

impl Likeness {
    /// Compares with whatever is found, and looks for nothing.
    pub(crate) fn to(vector: Vector, grades: Option<Grades>) -> Self {
        Self { vector, grades, same: None, nearest: Vec::new() }
    }

    /// Looks among all of the merchant's products, since the one that a garment is taken for has to
    /// stand out from every other.
    pub(crate) async fn among_all(
        index: &dyn Index,
        merchant: &MerchantId,
        vector: Vector,
        grades: Option<Grades>,
        words: &Vector,
    ) -> Result<Self, StoreError> {
        let mut likeness = Self::to(vector, grades);
        let Some(grades) = grades else { return Ok(likeness) };
        let query = Query {
            words: words.clone(),
            terms: String::new(),
            picture: Some(likeness.vector.clone()),
            weights: Weights { words: 0.0, terms: 0.0, picture: 1.0 },
            likeness: words.clone(),
            prefilter: Prefilter::default(),
            limit: NEAREST,
        };
        let hits = index.search(merchant, &query).await?;
        likeness.same = grades.same_among(&hits);
        likeness.nearest = hits.into_iter().filter(|hit| likeness.is_alike(hit)).collect();
        Ok(likeness)
    }

    /// Those of the nearest whose product was not found otherwise.
    pub(crate) fn beyond(&self, is_found: impl Fn(&ProductId) -> bool) -> Vec<&Hit> {
        self.nearest.iter().filter(|hit| !is_found(&hit.product)).collect()
    }

    /// None where a product does not look alike, or where nobody measured what that means.
    pub(crate) fn looks_alike(&self, hit: &Hit) -> Option<LooksAlike> {
        let (grades, cosine) = (self.grades?, hit.picture?);
        let same_product = self.same.as_ref() == Some(&hit.product);
        let grade = if same_product { Some(Grade::Same) } else { grades.of(cosine) };
        Some(LooksAlike { grade: grade?, cosine, same_product })
    }

    fn is_alike(&self, hit: &Hit) -> bool {
        let grade = self.looks_alike(hit).map(|alike| alike.grade);
        matches!(grade, Some(Grade::Same | Grade::VerySimilar))
    }
}

/// Whether a hit is a match: its words are near enough, or it looks very similar.
pub(crate) fn is_close(hit: &Hit, min_similarity: f32, likeness: Option<&Likeness>) -> bool {
    hit.similarity >= min_similarity || likeness.is_some_and(|likeness| likeness.is_alike(hit))
}

impl Grades {
    /// By the cosine alone; none below the lowest.
    fn of(&self, cosine: f32) -> Option<Grade> {
        let reached = |least: Option<f32>| least.is_some_and(|least| cosine >= least);
        if reached(self.very_similar) {
            Some(Grade::VerySimilar)
        } else {
            reached(self.similar).then_some(Grade::Similar)
        }
    }

    /// The product that a garment is taken for, of all that look most alike.
    fn same_among(&self, hits: &[Hit]) -> Option<ProductId> {
        let least = self.same?;
        let mut near: Vec<(&ProductId, f32)> =
            hits.iter().filter_map(|hit| Some((&hit.product, hit.picture?))).collect();
        near.sort_by(|one, other| other.1.total_cmp(&one.1));
        let (first, cosine) = *near.first()?;
        let next = near.iter().find(|(product, _)| *product != first);
        let lead = next.map_or(0.0, |(_, next)| cosine - next);
        (cosine + LEAD * lead >= least).then(|| first.clone())
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
    pub(crate) fn reason(self) -> Reason {
        let (kind, text) = match self.grade {
            Grade::Same => (ReasonKind::Same, "looks the same"),
            Grade::VerySimilar => (ReasonKind::Similar, "looks very similar"),
            Grade::Similar => (ReasonKind::Similar, "looks similar"),
        };
        Reason { kind, attribute: Attribute::Picture, text: text.to_owned() }
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

    const GRADES: Grades = Grades { same: Some(1.1), very_similar: Some(0.8), similar: Some(0.6) };

    fn hit(product: &str, cosine: f32) -> Hit {
        Hit {
            product: ProductId::new(product).unwrap(),
            version: "navy".into(),
            similarity: 0.0,
            picture: Some(cosine),
        }
    }

    #[test]
    fn a_grade_begins_at_its_cosine() {
        let told = [0.9, 0.8, 0.79, 0.6, 0.59, -1.0].map(|cosine| GRADES.of(cosine));
        let (very, similar) = (Some(Grade::VerySimilar), Some(Grade::Similar));
        assert_eq!(told, [very, very, similar, similar, None, None]);
        let never = Grades { very_similar: None, ..GRADES };
        assert_eq!(never.of(1.0), similar);
        assert_eq!(Grades::default().of(1.0), None);
    }

    #[test]
    fn the_product_that_stands_out_is_the_same() {
        let same = |hits: &[Hit]| GRADES.same_among(hits).map(|product| product.to_string());
        assert_eq!(same(&[hit("b", 0.7), hit("a", 0.9)]).as_deref(), Some("a"));
        assert_eq!(same(&[hit("a", 0.9), hit("b", 0.85)]), None, "another is as near");
        assert_eq!(same(&[hit("a", 0.9), hit("a", 0.9), hit("b", 0.6)]).as_deref(), Some("a"));
        assert_eq!(same(&[hit("a", 0.5), hit("b", 0.25)]), None, "it is too far off");
        assert_eq!(same(&[hit("a", 0.9)]), None, "nothing to stand out from");
        assert_eq!(
            Grades { same: None, ..GRADES }.same_among(&[hit("a", 1.0), hit("b", 0.0)]),
            None
        );
    }
}
