//! Every statement of the pictures. Parameters are `$1` to `$n`; times are milliseconds.

pub(super) use super::super::statements::pictures::*;

/// `$1` now, `$2` the merchant before.
pub(super) const NEXT_MERCHANT: &str = "
    SELECT merchant FROM product_pictures
    WHERE state = 'waiting' AND due <= $1 AND merchant > $2
    ORDER BY merchant LIMIT 1";

/// `$1` merchant, `$2` now, `$3` limit, `$4` when they are due again. What makes a picture due is
/// said twice: PostgreSQL looks at the second again where another worker took one first.
pub(super) const TAKE: &str = "
    UPDATE product_pictures SET due = $4, tries = tries + 1
    WHERE merchant = $1 AND state = 'waiting' AND due <= $2 AND product IN (
        SELECT product FROM product_pictures
        WHERE state = 'waiting' AND merchant = $1 AND due <= $2
        ORDER BY due, product LIMIT $3)
    RETURNING product, address, CASE WHEN seen IS NULL THEN enrich ELSE 0 END, tries";

/// `$1` merchant, `$2` product, `$3` address, `$4` when it is due, `$5` tries.
pub(super) const LATER: &str = "
    UPDATE product_pictures SET due = $4, tries = $5
    WHERE merchant = $1 AND product = $2 AND address = $3 AND state = 'waiting'";

/// `$1` merchant, `$2` product, `$3` address, `$4` picture, `$5` what was seen.
pub(super) const HAD: &str = "
    UPDATE product_pictures SET state = 'had', picture = $4, seen = coalesce($5, seen)
    WHERE merchant = $1 AND product = $2 AND address = $3 AND state = 'waiting'
    RETURNING enrich";

/// `$1` merchant, `$2` product, `$3` address, `$4` failure, `$5` when it may be tried again.
pub(super) const FAILED: &str = "
    UPDATE product_pictures SET state = 'failed', failure = $4, due = $5
    WHERE merchant = $1 AND product = $2 AND address = $3 AND state = 'waiting'
    RETURNING import, feed_row, feed_line";

/// `$1` import.
pub(super) const COUNT_FAILED: &str = "
    UPDATE imports SET pictures_failed = pictures_failed + 1 WHERE id = $1
    RETURNING pictures_failed";

/// `$1` merchant, `$2` the product before, `$3` limit, `$4` state or none.
pub(super) const PICTURES: &str = "
    SELECT product, address,
           CASE state WHEN 'had' THEN picture END, CASE state WHEN 'failed' THEN failure END
    FROM product_pictures
    WHERE merchant = $1 AND product > $2 AND ($4 IS NULL OR state = $4)
    ORDER BY product LIMIT $3";

/// `$1` merchant.
pub(super) const COUNT: &str = "
    SELECT
        (SELECT count(*) FROM product_pictures WHERE state = 'waiting' AND merchant = $1),
        (SELECT count(*) FROM product_pictures WHERE state = 'had' AND merchant = $1),
        (SELECT count(*) FROM product_pictures WHERE state = 'failed' AND merchant = $1)";
