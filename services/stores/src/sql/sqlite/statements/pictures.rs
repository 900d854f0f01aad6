//! The pictures' statements that are SQLite's own.

/// `$1` merchant, `$2` objects with `product`, `address`, `row` and `line`, `$3` import, `$4`
/// whether they are looked at, `$5` now. What is known of the same address is kept, unless it is a
/// failure that may be tried again. A product that another one of its batch left without variants
/// is there no more.
pub(in crate::sql) const NOTE: &str = "
    INSERT INTO product_pictures
        (merchant, product, address, state, enrich, tries, due, import, feed_row, feed_line)
    SELECT $1, value ->> 'product', value ->> 'address', 'waiting', coalesce($4, 0), 0, 0, $3,
           value ->> 'row', value ->> 'line'
    FROM json_each($2) CROSS JOIN products p ON p.merchant = $1 AND p.id = value ->> 'product'
    WHERE true
    ON CONFLICT (merchant, product) DO UPDATE SET
        address = excluded.address, state = 'waiting', enrich = coalesce($4, enrich), tries = 0,
        due = 0, import = excluded.import, feed_row = excluded.feed_row,
        feed_line = excluded.feed_line, picture = NULL, failure = NULL, seen = NULL
    WHERE address <> excluded.address OR (state = 'failed' AND due <= $5)";

/// `$1` merchant, `$2` product ids, `$3` whether they are looked at. Names those that are shown
/// otherwise then.
pub(in crate::sql) const ENRICH: &str = "
    UPDATE product_pictures SET
        state = CASE WHEN $3 = 1 AND state = 'had' AND seen IS NULL THEN 'waiting' ELSE state END,
        tries = CASE WHEN state = 'had' THEN 0 ELSE tries END,
        due = CASE WHEN state = 'had' THEN 0 ELSE due END,
        enrich = $3
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2)) AND enrich <> $3
    RETURNING CASE WHEN seen IS NOT NULL THEN product ELSE '' END";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const AGAIN: &str = "
    UPDATE product_pictures SET state = 'waiting', tries = 0, due = 0
    WHERE merchant = $1 AND state = 'had' AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const FORGET: &str = "
    DELETE FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const SEEN: &str = "
    SELECT product, seen FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))
      AND enrich = 1 AND seen IS NOT NULL";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const PICTURES_OF: &str = "
    SELECT product, address,
           CASE state WHEN 'had' THEN picture END, CASE state WHEN 'failed' THEN failure END
    FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";
