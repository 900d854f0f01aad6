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

/// `$1` merchant, `$2` product, `$3` the least orders, `$4` limit. The latest orders of the product
/// are looked at alone, so that it takes no longer for what sells well.
pub(super) const BOUGHT_WITH: &str = "
    SELECT other.product, count(DISTINCT other.order_id) AS orders
    FROM (SELECT DISTINCT order_id
          FROM (SELECT order_id FROM events
                WHERE merchant = $1 AND product = $2 AND order_id IS NOT NULL
                ORDER BY at DESC LIMIT 1000) AS latest) AS bought
    JOIN events AS other ON other.merchant = $1 AND other.order_id = bought.order_id
    WHERE other.product IS NOT NULL AND other.product <> $2
    GROUP BY other.product HAVING count(DISTINCT other.order_id) >= $3
    ORDER BY orders DESC, other.product LIMIT $4";
