//! The imports' statements that are SQLite's own.

/// `$1` now.
pub(in crate::sql) const NEXT_FREE: &str = "
    SELECT id, merchant FROM imports i
    WHERE (state = 'waiting' OR (state = 'running' AND held_until <= $1))
      AND NOT EXISTS (
          SELECT 1 FROM imports o
          WHERE o.merchant = i.merchant AND o.id < i.id AND o.state IN ('waiting', 'running'))
    ORDER BY id LIMIT 1";

/// `$1` import, `$2` the number of the first, `$3` problems as JSON texts.
pub(in crate::sql) const TELL: &str = "
    INSERT INTO import_problems (import, number, problem)
    SELECT $1, $2 + key, value FROM json_each($3)";
