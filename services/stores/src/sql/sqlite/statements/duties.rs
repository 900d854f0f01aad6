//! The duties' statements that are SQLite's own.

/// `$1` name, `$2` token.
pub(in crate::sql) const IS_HELD: &str = "SELECT token FROM duties WHERE name = $1 AND token = $2";
