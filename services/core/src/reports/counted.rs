use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Day, Measure, bucket_of};
use crate::{
    answers::{AnswerKind, AnswerRecord},
    events::{Event, EventKind},
    experiments::Served,
    vocabulary::{Category, Colour},
};

/// Something that is counted. Written as JSON, in which it is kept: variants and fields are added,
/// never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    Answers(AnswerKind),
    /// Answers with a match at least.
    Matched(AnswerKind),
    Cached(AnswerKind),
    Degraded(AnswerKind),
    /// Answers with an event of this kind at least.
    AnswersWith(AnswerKind, EventKind),
    Garments(Category, Option<Colour>),
    /// Garments without a match.
    Unmatched(Category, Option<Colour>),
    /// Events, whether they name an answer or not.
    Events(EventKind),
    /// What was paid, in minor units of this currency.
    Paid(String),
    /// What of it names an answer.
    PaidAfterAnswer(String),
    /// Answers whose time is in this bucket.
    Took(Measure, u32),
    /// Visitors, on the day that they were first answered under a variant.
    Visitors(Served),
    /// Those of them with an event of this kind at least, since.
    VisitorsWith(Served, EventKind),
}

/// Counts that are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Answers,
    Garments,
    Events,
    Latency,
    Experiments,
}

impl Family {
    /// As it is kept.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Garments => "garments",
            Self::Events => "events",
            Self::Latency => "latency",
            Self::Experiments => "experiments",
        }
    }
}

impl Count {
    pub const fn family(&self) -> Family {
        match self {
            Self::Answers(_)
            | Self::Matched(_)
            | Self::Cached(_)
            | Self::Degraded(_)
            | Self::AnswersWith(..) => Family::Answers,
            Self::Garments(..) | Self::Unmatched(..) => Family::Garments,
            Self::Events(_) | Self::Paid(_) | Self::PaidAfterAnswer(_) => Family::Events,
            Self::Took(..) => Family::Latency,
            Self::Visitors(_) | Self::VisitorsWith(..) => Family::Experiments,
        }
    }
}

/// What is to be added to the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<(Day, Count), u64>);

impl Counts {
    pub fn add(&mut self, day: Day, count: Count, by: u64) {
        if by > 0 {
            *self.0.entry((day, count)).or_default() += by;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Day, &Count, u64)> {
        self.0.iter().map(|((day, count), by)| (*day, count, *by))
    }

    /// What an answer counts for by itself.
    pub fn add_answer(&mut self, answer: &AnswerRecord) {
        let (day, kind) = (Day::of(answer.at), answer.id.kind());
        let mut add = |count, by: bool| self.add(day, count, by.into());
        add(Count::Answers(kind), true);
        add(Count::Matched(kind), answer.matched);
        add(Count::Cached(kind), answer.cached);
        add(Count::Degraded(kind), answer.degraded);
        for garment in &answer.garments {
            add(Count::Garments(garment.category, garment.colour), true);
            add(Count::Unmatched(garment.category, garment.colour), !garment.matched);
        }
        let times: &[(Measure, Option<u64>)] = match kind {
            AnswerKind::Look => &[
                (Measure::Total, Some(answer.total)),
                (Measure::Fresh, Some(answer.total).filter(|_| !answer.cached)),
                (Measure::Describe, answer.describe),
                (Measure::FirstMatch, answer.first_match),
            ],
            AnswerKind::Search => &[(Measure::Search, Some(answer.total))],
        };
        for &(measure, time) in times {
            if let Some(time) = time {
                add(Count::Took(measure, bucket_of(time)), true);
            }
        }
    }

    /// What an event counts for by itself.
    pub fn add_event(&mut self, event: &Event) {
        let day = Day::of(event.at);
        self.add(day, Count::Events(event.kind), 1);
        if let Some(value) = event.value {
            let (paid, currency) =
                (u64::try_from(value.amount).unwrap_or_default(), value.currency);
            self.add(day, Count::Paid(currency.to_string()), paid);
            if event.answer.is_some() {
                self.add(day, Count::PaidAfterAnswer(currency.to_string()), paid);
            }
        }
    }
}
