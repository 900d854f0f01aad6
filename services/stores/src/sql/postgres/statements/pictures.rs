//! The pictures' statements that are PostgreSQL's own.

/// `$1` merchant, `$2` objects with `product`, `address`, `row` and `line`, `$3` import, `$4`
/// whether they are looked at, `$5` now. What is known of the same address is kept, unless it is a
/// failure that may be tried again. A product that another one of its batch left without variants
/// is there no more.
pub(in crate::sql) const NOTE: &str = r#"
    INSERT INTO product_pictures AS known
        (merchant, product, address, state, enrich, tries, due, import, feed_row, feed_line)
    SELECT $1, product, address, 'waiting', coalesce($4, 0), 0, 0, $3, "row", line
    FROM json_to_recordset($2::json)
        AS given (product text, address text, "row" bigint, line bigint)
    WHERE EXISTS (SELECT 1 FROM products p WHERE p.merchant = $1 AND p.id = given.product)
    ON CONFLICT (merchant, product) DO UPDATE SET
        address = excluded.address, state = 'waiting', enrich = coalesce($4, known.enrich),
        tries = 0, due = 0, import = excluded.import, feed_row = excluded.feed_row,
        feed_line = excluded.feed_line, picture = NULL, failure = NULL, seen = NULL
    WHERE known.address <> excluded.address OR (known.state = 'failed' AND known.due <= $5)"#;

/// `$1` merchant, `$2` product ids, `$3` whether they are looked at. Names those that are shown
/// otherwise then.
pub(in crate::sql) const ENRICH: &str = "
    UPDATE product_pictures SET
        state = CASE WHEN $3 = 1 AND state = 'had' AND seen IS NULL THEN 'waiting' ELSE state END,
        tries = CASE WHEN state = 'had' THEN 0 ELSE tries END,
        due = CASE WHEN state = 'had' THEN 0 ELSE due END,
        enrich = $3
    WHERE merchant = $1 AND product IN (SELECT json_array_elements_text($2::json))
      AND enrich <> $3
    RETURNING CASE WHEN seen IS NOT NULL THEN product ELSE '' END";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const AGAIN: &str = "
    UPDATE product_pictures SET state = 'waiting', tries = 0, due = 0
    WHERE merchant = $1 AND state = 'had' AND product IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const FORGET: &str = "
    DELETE FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const SEEN: &str = "
    SELECT product, seen FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT json_array_elements_text($2::json))
      AND enrich = 1 AND seen IS NOT NULL";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const PICTURES_OF: &str = "
    SELECT product, address,
           CASE state WHEN 'had' THEN picture END, CASE state WHEN 'failed' THEN failure END
    FROM product_pictures
    WHERE merchant = $1 AND product IN (SELECT json_array_elements_text($2::json))";
