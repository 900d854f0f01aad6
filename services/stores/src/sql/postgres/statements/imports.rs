//! The imports' statements that are PostgreSQL's own.

/// `$1` now. One that another worker is just taking is passed over.
pub(in crate::sql) const NEXT_FREE: &str = "
    SELECT id, merchant FROM imports i
    WHERE (state = 'waiting' OR (state = 'running' AND held_until <= $1))
      AND NOT EXISTS (
          SELECT 1 FROM imports o
          WHERE o.merchant = i.merchant AND o.id < i.id AND o.state IN ('waiting', 'running'))
    ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED";

/// `$1` import, `$2` the number of the first, `$3` problems as JSON texts.
pub(in crate::sql) const TELL: &str = "
    INSERT INTO import_problems (import, number, problem)
    SELECT $1, $2 + place - 1, value
    FROM json_array_elements_text($3::json) WITH ORDINALITY AS given (value, place)";
