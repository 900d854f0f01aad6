//! Every statement of the feeds. Parameters are `$1` to `$n`; times are milliseconds.

pub(super) use super::super::statements::feeds::*;

/// `$1` merchant, `$2` name, `$3` feed, `$4` next, `$5` last import.
pub(super) const PUT: &str = "
    INSERT INTO feeds (merchant, name, feed, next, reserved_until, last_import)
    VALUES ($1, $2, $3, $4, 0, $5)
    ON CONFLICT (merchant, name) DO UPDATE SET
        feed = excluded.feed, next = excluded.next, reserved_until = 0,
        last_import = excluded.last_import";

/// `$1` merchant, `$2` name.
pub(super) const FEED: &str = "SELECT feed FROM feeds WHERE merchant = $1 AND name = $2";

/// `$1` merchant.
pub(super) const FEEDS: &str = "SELECT feed FROM feeds WHERE merchant = $1 ORDER BY name";

/// `$1` merchant, `$2` name.
pub(super) const REMOVE: &str = "DELETE FROM feeds WHERE merchant = $1 AND name = $2";

/// `$1` now.
pub(super) const ANY_DUE: &str =
    "SELECT EXISTS (SELECT 1 FROM feeds WHERE next <= $1 AND reserved_until <= $1)";

/// `$1` merchant, `$2` name, `$3` reserved until.
pub(super) const RESERVE: &str =
    "UPDATE feeds SET reserved_until = $3 WHERE merchant = $1 AND name = $2";
