//! Every statement of the events. Parameters are `$1` to `$n`; times are milliseconds.

pub(super) use super::super::statements::events::*;

/// `$1` merchant, `$2` family, `$3` and `$4` the first and the last day.
pub(super) const COUNTS: &str = "
    SELECT what, CAST(sum(many) AS BIGINT) FROM counts
    WHERE merchant = $1 AND family = $2 AND day >= $3 AND day <= $4
    GROUP BY what ORDER BY what";

/// `$1` merchant, `$2` family, `$3` and `$4` the first and the last day.
pub(super) const COUNTS_BY_DAY: &str = "
    SELECT day, what, many FROM counts
    WHERE merchant = $1 AND family = $2 AND day >= $3 AND day <= $4
    ORDER BY day, what";
