use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Day, Days, Family, Rate};
use crate::{
    answers::AnswerKind,
    events::EventKind,
    ids::MerchantId,
    ports::{Events, StoreError},
};

/// How many answers there were, and how many of them had what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReportTotals)]
pub struct Totals {
    pub answers: u64,
    /// With a match at least.
    pub matched: u64,
    /// What is in the photo was known already.
    pub cached: u64,
    /// A part of the answer was missing.
    pub degraded: u64,
    /// With a view, a click and so on at least, whenever that was.
    pub viewed: u64,
    pub clicked: u64,
    pub added_to_cart: u64,
    pub purchased: u64,
    pub liked: u64,
    pub disliked: u64,
}

impl Totals {
    fn add(&mut self, count: &Count, many: u64) {
        let place = match count {
            Count::Answers(_) => &mut self.answers,
            Count::Matched(_) => &mut self.matched,
            Count::Cached(_) => &mut self.cached,
            Count::Degraded(_) => &mut self.degraded,
            Count::AnswersWith(_, kind) => match kind {
                EventKind::View => &mut self.viewed,
                EventKind::Click => &mut self.clicked,
                EventKind::AddToCart => &mut self.added_to_cart,
                EventKind::Purchase => &mut self.purchased,
                EventKind::ThumbsUp => &mut self.liked,
                EventKind::ThumbsDown => &mut self.disliked,
            },
            _ => return,
        };
        *place += many;
    }
}

/// What was answered and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OverviewReport)]
pub struct Overview {
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    pub looks: Totals,
    pub searches: Totals,
    /// Of the looks, those with a match, with a click and with a purchase. A look counts on the day
    /// that it was answered, whenever the click came.
    pub match_rate: Rate,
    pub click_rate: Rate,
    pub conversion_rate: Rate,
    /// Each day with anything.
    pub days: Vec<DayTotals>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ReportDay)]
pub struct DayTotals {
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    pub looks: Totals,
    pub searches: Totals,
}

impl Overview {
    pub async fn of(
        events: &dyn Events,
        merchant: &MerchantId,
        days: Days,
    ) -> Result<Self, StoreError> {
        let mut by_day: BTreeMap<Day, DayTotals> = BTreeMap::new();
        let (mut looks, mut searches) = (Totals::default(), Totals::default());
        for (day, count, many) in events.counts_by_day(merchant, Family::Answers, days).await? {
            let new = DayTotals { day, looks: Totals::default(), searches: Totals::default() };
            let totals = by_day.entry(day).or_insert(new);
            match kind_of(&count) {
                Some(AnswerKind::Look) => {
                    looks.add(&count, many);
                    totals.looks.add(&count, many);
                }
                Some(AnswerKind::Search) => {
                    searches.add(&count, many);
                    totals.searches.add(&count, many);
                }
                None => {}
            }
        }
        Ok(Self {
            from: days.first,
            to: days.last,
            match_rate: Rate::of(looks.matched, looks.answers),
            click_rate: Rate::of(looks.clicked, looks.answers),
            conversion_rate: Rate::of(looks.purchased, looks.answers),
            looks,
            searches,
            days: by_day.into_values().collect(),
        })
    }
}

/// Of what kind the answers are that are counted.
pub(super) const fn kind_of(count: &Count) -> Option<AnswerKind> {
    match count {
        Count::Answers(kind)
        | Count::Matched(kind)
        | Count::Cached(kind)
        | Count::Degraded(kind)
        | Count::AnswersWith(kind, _) => Some(*kind),
        _ => None,
    }
}

/// The totals of each kind of answers.
pub(super) async fn totals(
    events: &dyn Events,
    merchant: &MerchantId,
    days: Days,
) -> Result<[Totals; 2], StoreError> {
    let mut totals = [Totals::default(); 2];
    for (count, many) in events.counts(merchant, Family::Answers, days).await? {
        match kind_of(&count) {
            Some(AnswerKind::Look) => totals[0].add(&count, many),
            Some(AnswerKind::Search) => totals[1].add(&count, many),
            None => {}
        }
    }
    Ok(totals)
}
