//! What was answered, as reports count it.

mod recorder;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    experiments::{Served, Trial},
    garment::Garment,
    ids::{LookId, SearchId},
    look::{Look, LookGarment, Part, whole_millis},
    search::SearchAnswer,
    visitor::Visitor,
    vocabulary::{Category, Colour},
};

pub use recorder::AnswerRecorder;

/// The answer that an event came of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnswerId {
    Look(LookId),
    Search(SearchId),
}

impl AnswerId {
    pub const fn kind(self) -> AnswerKind {
        match self {
            Self::Look(_) => AnswerKind::Look,
            Self::Search(_) => AnswerKind::Search,
        }
    }

    /// What it is kept by.
    pub const fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Look(LookId(id)) => id,
            Self::Search(SearchId(id)) => id,
        }
    }

    pub const fn new(kind: AnswerKind, id: uuid::Uuid) -> Self {
        match kind {
            AnswerKind::Look => Self::Look(LookId(id)),
            AnswerKind::Search => Self::Search(SearchId(id)),
        }
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    Look,
    Search,
}

impl AnswerKind {
    /// As it is written.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Search => "search",
        }
    }

    /// What [`id`](Self::id) wrote.
    pub fn of_id(id: &str) -> Option<Self> {
        [Self::Look, Self::Search].into_iter().find(|kind| kind.id() == id)
    }
}

/// A garment that products were sought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    pub category: Category,
    pub colour: Option<Colour>,
    /// Whether any was found.
    pub matched: bool,
}

/// One answer, as much of it as reports count.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRecord {
    pub id: AnswerId,
    pub at: Timestamp,
    pub visitor: Option<Visitor>,
    /// The variants of experiments that it was answered under.
    pub served: Vec<Served>,
    pub garments: Vec<Sought>,
    /// Whether anything was found.
    pub matched: bool,
    /// It took no model time to see what is in it.
    pub cached: bool,
    /// A part of it is missing.
    pub degraded: bool,
    /// Of looks, milliseconds until the garments were seen; none where they were known.
    pub describe: Option<u64>,
    /// Of looks, milliseconds until the first match.
    pub first_match: Option<u64>,
    /// Milliseconds until the end.
    pub total: u64,
}

impl Sought {
    pub(crate) fn of(garment: &Garment, matched: bool) -> Self {
        Self { category: garment.category, colour: garment.main_colour(), matched }
    }
}

impl AnswerRecord {
    pub fn of_look(look: &Look, trial: &Trial) -> Self {
        let sought = |seen: &LookGarment| Sought::of(&seen.garment, !seen.matches.is_empty());
        let garments: Vec<Sought> = look.garments.iter().map(sought).collect();
        let lost = [Part::Garments, Part::Matches, Part::Advice];
        Self {
            id: AnswerId::Look(look.id),
            at: Timestamp::now(),
            visitor: trial.visitor.clone(),
            served: trial.served.clone(),
            matched: garments.iter().any(|garment| garment.matched),
            garments,
            cached: look.cached,
            degraded: lost.into_iter().any(|part| look.is_degraded(part)),
            describe: (!look.cached).then_some(look.timings.describe),
            first_match: look.timings.first_match,
            total: look.timings.total,
        }
    }

    /// Of a search's first page, which took so long.
    pub fn of_search(answer: &SearchAnswer, took: Duration) -> Self {
        Self {
            id: AnswerId::Search(answer.search_id),
            at: Timestamp::now(),
            visitor: None,
            served: Vec::new(),
            garments: answer.sought.clone(),
            matched: !answer.products.is_empty(),
            cached: answer.known,
            degraded: [Part::Garments, Part::Matches].into_iter().any(|part| answer.has_lost(part)),
            describe: None,
            first_match: None,
            total: whole_millis(took),
        }
    }
}
