//! The feeds' statements that are PostgreSQL's own.

/// `$1` now. One that another process is just reserving is passed over.
pub(in crate::sql) const NEXT_DUE: &str = "
    SELECT merchant, name, feed FROM feeds f
    WHERE next <= $1 AND reserved_until <= $1
      AND NOT EXISTS (
          SELECT 1 FROM imports i
          WHERE i.id = f.last_import AND i.state IN ('receiving', 'waiting', 'running'))
    ORDER BY next LIMIT 1
    FOR UPDATE SKIP LOCKED";
