use tracing::{Span, info_span};

use crate::look::Timings;

/// A step of a look whose time is told in the answer and whose span is told in a trace.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Describe,
    Embed,
    Search,
}

impl Step {
    /// Where its time is told, in milliseconds.
    pub(super) fn of(self, timings: &mut Timings) -> &mut u64 {
        match self {
            Self::Describe => &mut timings.describe,
            Self::Embed => &mut timings.embed,
            Self::Search => &mut timings.search,
        }
    }

    pub(super) fn span(self) -> Span {
        match self {
            Self::Describe => info_span!("describe"),
            Self::Embed => info_span!("embed"),
            Self::Search => info_span!("search"),
        }
    }
}
