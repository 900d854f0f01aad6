use std::time::Duration;

use crate::{
    customer::Customer,
    experiments::Trial,
    filter::Filters,
    garment::{Garment, Region},
    ids::{LookId, MerchantId},
    money::Currency,
    photo::Photo,
    profile::Person,
    search::tokens,
    vocabulary::Tone,
    wish,
};

/// What is to be answered, and for whom.
#[derive(Debug, Clone)]
pub struct LookRequest {
    pub merchant: MerchantId,
    pub sight: Sight,
    /// The one garment that is meant; all of them where there is none.
    pub focus: Option<Focus>,
    /// The customer's own words.
    pub wish: Option<String>,
    pub filters: Filters,
    pub customer: Customer,
    /// Who it is, where the merchant named the customer.
    pub person: Option<Person>,
    /// Whether products for the places that the photo leaves empty are looked for too.
    pub complete_the_look: bool,
    /// What the clothes are for, in the customer's words.
    pub occasion: Option<String>,
    pub tone: Option<Tone>,
    /// Matches for each garment at most.
    pub limit: usize,
    /// BCP 47.
    pub locale: Option<String>,
    /// Who asks, and the experiments that they are in.
    pub trial: Trial,
    /// How long it waited before it came here.
    pub waited: Duration,
}

impl LookRequest {
    /// Asks for all garments, with five matches each and nothing ruled out.
    pub fn of(merchant: MerchantId, sight: Sight) -> Self {
        Self {
            merchant,
            sight,
            focus: None,
            wish: None,
            filters: Filters::default(),
            customer: Customer::default(),
            person: None,
            complete_the_look: false,
            occasion: None,
            tone: None,
            limit: 5,
            locale: None,
            trial: Trial::default(),
            waited: Duration::ZERO,
        }
    }
}

impl LookRequest {
    /// Reads the conditions that the customer's own words say outright, and puts them beside the
    /// filters, which are stronger.
    pub(super) fn understand(&mut self) -> Filters {
        let currency = match &self.sight {
            Sight::Look(answered) => answered.currency,
            Sight::Photo(_) | Sight::KeptPhoto(_) => None,
        };
        let understood = self.wish.as_deref().map(|wish| wish::understood(wish, currency));
        let understood = understood.unwrap_or_default();
        self.filters = self.filters.or(&understood);
        understood
    }

    /// The words of the wish, as rules know them.
    pub(super) fn words(&self) -> Vec<String> {
        tokens(self.wish.as_deref().unwrap_or_default())
    }
}

/// What is looked at.
#[derive(Debug, Clone)]
pub enum Sight {
    Photo(Photo),
    /// One that was sent before, and is kept from then on.
    KeptPhoto(Photo),
    /// An answered look: its garments are known.
    Look(Answered),
}

/// What a look leaves for its refinements.
#[derive(Debug, Clone)]
pub struct Answered {
    pub look: LookId,
    pub photo_id: String,
    /// Where it is still kept.
    pub photo: Option<Photo>,
    pub garments: Vec<Seen>,
    /// What its matches are paid in.
    pub currency: Option<Currency>,
}

impl Answered {
    /// Keeps the garments of these names; the first name that it does not have is the error.
    pub fn only(&mut self, ids: &[String]) -> Result<(), String> {
        let has = |id: &&String| self.garments.iter().any(|seen| seen.id == **id);
        if let Some(unknown) = ids.iter().find(|id| !has(id)) {
            return Err(unknown.clone());
        }
        self.garments.retain(|seen| ids.contains(&seen.id));
        Ok(())
    }
}

impl Sight {
    pub(super) fn photo(&self) -> Option<&Photo> {
        match self {
            Self::Photo(photo) | Self::KeptPhoto(photo) => Some(photo),
            Self::Look(answered) => answered.photo.as_ref(),
        }
    }

    pub(super) fn photo_id(&self) -> &str {
        match self {
            Self::Photo(photo) | Self::KeptPhoto(photo) => photo.id(),
            Self::Look(answered) => &answered.photo_id,
        }
    }
}

/// A garment and its name within its look.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub id: String,
    pub garment: Garment,
}

impl Seen {
    /// The garment at a place of the photo's description, from 0.
    pub(super) fn at(place: usize, garment: Garment) -> Self {
        Self { id: format!("g{}", place + 1), garment }
    }
}

/// The part of a photo that is meant; fractions of its width and height, from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Focus {
    Region(Region),
    Point { x: f32, y: f32 },
}

/// How much of the smaller of two boxes must lie in the other for both to mean one garment.
const SHARED: f32 = 0.5;

impl Focus {
    /// The garment that is meant: the one whose box is most like the region, or the smallest one
    /// that holds the point.
    pub(super) fn choose(&self, garments: Vec<Seen>) -> Option<Seen> {
        let region = |seen: &Seen| seen.garment.region;
        match *self {
            Self::Region(wanted) => garments
                .into_iter()
                .filter(|seen| wanted.shared(&region(seen)) >= SHARED)
                .max_by(|a, b| wanted.overlap(&region(a)).total_cmp(&wanted.overlap(&region(b)))),
            Self::Point { x, y } => garments
                .into_iter()
                .filter(|seen| region(seen).holds(x, y))
                .min_by(|a, b| region(a).area().total_cmp(&region(b).area())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::sample, vocabulary::Category};

    fn seen(id: &str, left: f32, top: f32, right: f32, bottom: f32) -> Seen {
        let region = Region { left, top, right, bottom };
        let garment = Garment { region, ..sample::garment(Category::Dress, &[]) };
        Seen { id: id.into(), garment }
    }

    fn chosen(focus: Focus) -> Option<String> {
        let garments = vec![
            seen("coat", 0.2, 0.1, 0.8, 0.9),
            seen("shirt", 0.35, 0.2, 0.65, 0.5),
            seen("shoes", 0.4, 0.9, 0.6, 1.0),
        ];
        focus.choose(garments).map(|seen| seen.id)
    }

    #[test]
    fn a_point_means_the_smallest_garment_that_holds_it() {
        let at = |x, y| chosen(Focus::Point { x, y });
        assert_eq!(at(0.5, 0.3).as_deref(), Some("shirt"));
        assert_eq!(at(0.25, 0.3).as_deref(), Some("coat"));
        assert_eq!(at(0.5, 0.95).as_deref(), Some("shoes"));
        assert_eq!(at(0.05, 0.05), None);
    }

    #[test]
    fn a_region_means_the_garment_whose_box_is_most_like_it() {
        let around =
            |left, top, right, bottom| chosen(Focus::Region(Region { left, top, right, bottom }));
        assert_eq!(around(0.3, 0.15, 0.7, 0.55).as_deref(), Some("shirt"));
        assert_eq!(around(0.1, 0.0, 0.9, 0.95).as_deref(), Some("coat"));
        assert_eq!(around(0.45, 0.92, 0.55, 0.98).as_deref(), Some("shoes"));
        assert_eq!(around(0.0, 0.0, 0.22, 0.12), None);
    }
}
