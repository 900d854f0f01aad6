//! Every statement of the imports. Parameters are `$1` to `$n`; times are milliseconds.

pub(super) use super::super::statements::imports::*;

macro_rules! columns {
    () => {
        "id, merchant, state, asked, progress, failure, not_modified, cancelling, attempt, \
         fruitless, bytes, created, running_since, running_from, pictures_failed, \
         updated, ended"
    };
}

/// `$1` id, `$2` merchant, `$3` state, `$4` asked, `$5` progress, `$6` created.
pub(super) const CREATE: &str = "
    INSERT INTO imports
        (id, merchant, state, asked, progress, not_modified, cancelling, attempt, fruitless,
         held_until, created, running_from, updated)
    VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, $6, 0, $6)";

/// `$1` import, `$2` now.
pub(super) const TOUCH: &str = "
    UPDATE imports SET updated = $2
    WHERE id = $1 AND state IN ('receiving', 'waiting', 'running')";

/// `$1` import, `$2` number, `$3` bytes.
pub(super) const PUT_PART: &str = "
    INSERT INTO import_parts (import, number, bytes) VALUES ($1, $2, $3)
    ON CONFLICT (import, number) DO UPDATE SET bytes = excluded.bytes";

/// `$1` import, `$2` number.
pub(super) const PART: &str = "SELECT bytes FROM import_parts WHERE import = $1 AND number = $2";

/// `$1` import.
pub(super) const DROP_PARTS: &str = "DELETE FROM import_parts WHERE import = $1";

/// `$1` import, `$2` bytes, `$3` now.
pub(super) const BODY_COMPLETE: &str = "
    UPDATE imports SET bytes = $2, updated = $3,
        state = CASE state WHEN 'receiving' THEN 'waiting' ELSE state END
    WHERE id = $1";

/// `$1` merchant, `$2` import.
pub(super) const IMPORT: &str =
    concat!("SELECT ", columns!(), " FROM imports WHERE merchant = $1 AND id = $2");

/// `$1` merchant, `$2` the id after the first, `$3` limit.
pub(super) const IMPORTS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM imports WHERE merchant = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
);

/// By the index on imports under way, whose condition this repeats.
pub(super) const UNDER_WAY: &str = "
    SELECT count(CASE WHEN state = 'waiting' THEN 1 END),
           count(CASE WHEN state = 'running' THEN 1 END)
    FROM imports WHERE state IN ('receiving', 'waiting', 'running')";

/// `$1` merchant, `$2` import, `$3` how many are passed over, `$4` limit.
pub(super) const PROBLEMS: &str = "
    SELECT p.problem FROM import_problems p JOIN imports i ON i.id = p.import
    WHERE i.merchant = $1 AND p.import = $2 AND p.number >= $3 ORDER BY p.number LIMIT $4";

/// `$1` merchant, `$2` import, `$3` now. One that runs is only marked.
pub(super) const CANCEL: &str = concat!(
    "UPDATE imports SET
        cancelling = CASE state WHEN 'running' THEN 1 ELSE cancelling END,
        ended = CASE state WHEN 'running' THEN ended ELSE $3 END,
        updated = $3,
        state = CASE state WHEN 'running' THEN 'running' ELSE 'cancelled' END
     WHERE merchant = $1 AND id = $2 AND state IN ('receiving', 'waiting', 'running')
     RETURNING ",
    columns!()
);

/// `$1` now. Older ones of the same merchant come first.
pub(super) const ANY_FREE: &str = "
    SELECT EXISTS (
        SELECT 1 FROM imports
        WHERE state = 'waiting' OR (state = 'running' AND held_until <= $1))";

/// `$1` import, `$2` held until, `$3` now, `$4` the byte it begins at.
pub(super) const TAKE: &str = concat!(
    "UPDATE imports SET state = 'running', attempt = attempt + 1, fruitless = fruitless + 1,
        held_until = $2, running_since = $3, running_from = $4, updated = $3
     WHERE id = $1 RETURNING ",
    columns!()
);

/// `$1` import, `$2` attempt, `$3` held until.
pub(super) const HOLD: &str = "
    UPDATE imports SET held_until = $3
    WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING cancelling";

/// `$1` import, `$2` attempt.
pub(super) const IS_HELD: &str = "
    SELECT cancelling FROM imports WHERE id = $1 AND attempt = $2 AND state = 'running'";

/// `$1` import, `$2` attempt, `$3` progress, `$4` now.
pub(super) const KEEP: &str = "
    UPDATE imports SET progress = $3, fruitless = 0, updated = $4
    WHERE id = $1 AND attempt = $2 AND state = 'running'";

/// `$1` import.
pub(super) const NEXT_PROBLEM: &str =
    "SELECT coalesce(max(number) + 1, 0) FROM import_problems WHERE import = $1";

/// `$1` import, `$2` attempt, `$3` state, `$4` failure, `$5` not modified, `$6` now.
pub(super) const END: &str = "
    UPDATE imports SET state = $3, failure = $4, not_modified = $5, updated = $6, ended = $6
    WHERE id = $1 AND attempt = $2 AND state = 'running'";

/// `$1` import, `$2` attempt.
pub(super) const RELEASE: &str = "
    UPDATE imports SET state = 'waiting', fruitless = CASE fruitless WHEN 0 THEN 0 ELSE fruitless - 1 END
    WHERE id = $1 AND attempt = $2 AND state = 'running'";

/// `$1` the time that those which are forgotten ended before.
pub(super) const FORGET: &str = "DELETE FROM imports WHERE ended <= $1";

/// `$1` the time that it has been quiet since, `$2` now.
pub(super) const GIVE_UP: &str = "
    UPDATE imports SET state = 'cancelled', ended = $2, updated = $2
    WHERE state = 'receiving' AND updated <= $1 RETURNING id";
