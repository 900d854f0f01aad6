//! Every statement of building anew. Parameters are `$1` to `$n`; times are milliseconds.

/// `$1` now.
pub(super) const ASK: &str = "
    INSERT INTO rebuild (one, state, asked, starts, done, total)
    VALUES (1, 'waiting', $1, 0, 0, 0)
    ON CONFLICT (one) DO UPDATE SET
        state = 'waiting', asked = excluded.asked, started = NULL, ended = NULL, starts = 0,
        done = 0, total = 0, reason = NULL
    WHERE rebuild.state IN ('done', 'failed')";

pub(super) const REBUILD: &str =
    "SELECT state, asked, started, ended, done, total, reason FROM rebuild";

/// `$1` now.
pub(super) const START: &str = "
    UPDATE rebuild
    SET state = 'running', started = $1, starts = starts + 1, done = 0, total = 0
    WHERE state IN ('waiting', 'running')
    RETURNING starts";

/// `$1` done, `$2` total.
pub(super) const TELL: &str = "UPDATE rebuild SET done = $1, total = $2 WHERE state = 'running'";

/// `$1` state, `$2` now, `$3` done, where that is to change, `$4` reason.
pub(super) const END: &str = "
    UPDATE rebuild SET state = $1, ended = $2, done = coalesce($3, done), reason = $4
    WHERE state = 'running'";
