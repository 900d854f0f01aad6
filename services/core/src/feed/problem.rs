mod code;

use serde::{Deserialize, Serialize};

pub use code::ProblemCode;

/// Characters of a value that a problem shows.
const SHOWN: usize = 60;
/// Characters of a column's name and of a message, which may hold what the feed says, too.
const NAMED: usize = 100;
const TOLD: usize = 500;

/// Where a row stands in its feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Place {
    /// Counted from 1, without a header and empty lines.
    pub row: u64,
    /// The line that the row begins on, from 1.
    pub line: u64,
}

/// Whether a row was taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row was not taken.
    Error,
    /// The row was taken, or left out on purpose; the merchant may want to know.
    Warning,
}

/// One thing wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FeedProblem)]
pub struct Problem {
    #[serde(flatten)]
    pub place: Place,
    /// The column as the feed names it, or the field, as `variants[2].price`; empty for the row as
    /// a whole.
    pub column: String,
    pub code: ProblemCode,
    /// The value as the feed has it, cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
    pub severity: Severity,
}

impl Problem {
    /// An error with the row as a whole.
    pub fn of_row(place: Place, code: ProblemCode, message: impl Into<String>) -> Self {
        let (column, message) = (String::new(), shortened(message, TOLD));
        Self { place, column, code, value: None, message, severity: Severity::Error }
    }

    /// An error in one column.
    pub(super) fn of_column(
        place: Place,
        column: impl Into<String>,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Self {
        Self { column: shortened(column, NAMED), ..Self::of_row(place, code, message) }
    }

    /// An error with one value.
    pub fn of_value(
        place: Place,
        column: &str,
        value: &str,
        code: ProblemCode,
        message: impl Into<String>,
    ) -> Self {
        Self::of_column(place, column, code, message).with_value(value)
    }

    pub(super) fn with_value(self, value: &str) -> Self {
        Self { value: Some(shortened(value, SHOWN)), ..self }
    }

    pub(crate) fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { place, column, code, value, message, .. } = self;
        write!(out, "line {}", place.line)?;
        if !column.is_empty() {
            write!(out, ", {column}")?;
        }
        if let Some(value) = value {
            write!(out, " = `{value}`")?;
        }
        write!(out, ": {message} [{code}]")
    }
}

/// The text, of which no more than so many characters are shown.
pub(super) fn shortened(text: impl Into<String>, most: usize) -> String {
    let mut text = text.into();
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
    text
}
