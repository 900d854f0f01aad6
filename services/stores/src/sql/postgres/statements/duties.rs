//! The duties' statements that are PostgreSQL's own.

/// `$1` name, `$2` token. The row is locked against whoever would take the duty.
pub(in crate::sql) const IS_HELD: &str =
    "SELECT token FROM duties WHERE name = $1 AND token = $2 FOR SHARE";
