//! The catalog's statements that are PostgreSQL's own. A list is one JSON parameter, so that a
//! statement is prepared once whatever the list's length.

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const DOCUMENTS: &str = "
    SELECT id, document FROM products
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const VARIANTS: &str = "
    SELECT v.product, v.id, v.attributes,
           o.price, o.currency, o.sale_price, o.sale_currency, o.availability, o.stock
    FROM variants v JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
    WHERE v.merchant = $1 AND v.product IN (SELECT json_array_elements_text($2::json))
    ORDER BY v.product, v.position";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_PRODUCTS: &str = "
    INSERT INTO products
        (merchant, id, document, image_link, category, brand, gender, age_group, pattern, colours,
         available, lacks)
    SELECT $1, id, document, image_link, category, brand, gender, age_group, pattern, colours,
           available, lacks
    FROM json_to_recordset($2::json) AS given (
        id text, document text, image_link text, category text, brand text, gender text,
        age_group text, pattern text, colours bigint, available bigint, lacks bigint)
    ON CONFLICT (merchant, id) DO UPDATE SET
        document = excluded.document, image_link = excluded.image_link,
        category = excluded.category, brand = excluded.brand, gender = excluded.gender,
        age_group = excluded.age_group, pattern = excluded.pattern, colours = excluded.colours,
        available = excluded.available, lacks = excluded.lacks";

/// `$1` merchant, `$2` objects with `id`, `colours`, `available` and `lacks`.
pub(in crate::sql) const PUT_SUMS: &str = "
    UPDATE products SET
        colours = given.colours, available = given.available, lacks = given.lacks
    FROM json_to_recordset($2::json)
        AS given (id text, colours bigint, available bigint, lacks bigint)
    WHERE merchant = $1 AND products.id = given.id";

/// `$1` merchant, `$2` the id before the first, `$3` limit; each of the others null or 0 where it is
/// not asked for: lists of `$4` categories, `$5` patterns, `$6` genders, `$7` age groups and `$8`
/// brands; sets of `$9` colours and `$10` lacks; whether it is `$11` available and `$12` matched;
/// `$13` and `$14` the first and the last id.
pub(in crate::sql) const MATCHING_IDS: &str = "
    SELECT id FROM products p
    WHERE merchant = $1 AND id > $2 AND id >= $13 AND id <= $14
      AND ($4::text IS NULL OR category IN (SELECT json_array_elements_text($4::json)))
      AND ($5::text IS NULL OR pattern IN (SELECT json_array_elements_text($5::json)))
      AND ($6::text IS NULL OR gender IN (SELECT json_array_elements_text($6::json)))
      AND ($7::text IS NULL OR age_group IN (SELECT json_array_elements_text($7::json)))
      AND ($8::text IS NULL OR brand IN (SELECT json_array_elements_text($8::json)))
      AND ($9::bigint = 0 OR colours & $9 <> 0)
      AND ($10::bigint = 0 OR lacks & $10 <> 0)
      AND ($11::bigint IS NULL OR available = $11)
      AND ($12::bigint IS NULL OR $12 = (EXISTS (
          SELECT 1 FROM matched m WHERE m.merchant = p.merchant AND m.product = p.id))::int)
    ORDER BY id LIMIT $3";

/// `$1` merchant, `$2` product ids, `$3` now.
pub(in crate::sql) const NOTE_MATCHED: &str = "
    INSERT INTO matched (merchant, product, first)
    SELECT $1, id, $3 FROM products
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))
    ON CONFLICT (merchant, product) DO NOTHING";

/// `$1` merchant, `$2` GTINs, `$3` how many products of each at most.
pub(in crate::sql) const PRODUCTS_OF_GTINS: &str = "
    SELECT gtin, product FROM (
        SELECT gtin, product, row_number() OVER (PARTITION BY gtin ORDER BY product) AS place
        FROM (
            SELECT DISTINCT gtin, product FROM variants
            WHERE merchant = $1 AND gtin IN (SELECT json_array_elements_text($2::json))) AS sharing) AS placed
    WHERE place <= $3 ORDER BY gtin, place";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const CLEAR_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND product IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` variant ids.
pub(in crate::sql) const TAKE_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))
    RETURNING product";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const REMOVE_PRODUCTS_WITHOUT_VARIANTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))
      AND NOT EXISTS (
          SELECT 1 FROM variants v
          WHERE v.merchant = products.merchant AND v.product = products.id)";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_VARIANTS: &str = "
    INSERT INTO variants (merchant, id, product, position, attributes, gtin)
    SELECT $1, id, product, position, attributes, gtin
    FROM json_to_recordset($2::json)
        AS given (id text, product text, position integer, attributes text, gtin text)";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_OFFERS: &str = "
    INSERT INTO offers
        (merchant, variant, price, currency, sale_price, sale_currency, availability, stock)
    SELECT $1, variant, price, currency, sale_price, sale_currency, availability, stock
    FROM json_to_recordset($2::json) AS given (
        variant text, price bigint, currency text, sale_price bigint, sale_currency text,
        availability text, stock bigint)
    ON CONFLICT (merchant, variant) DO UPDATE SET
        price = excluded.price, currency = excluded.currency,
        sale_price = excluded.sale_price, sale_currency = excluded.sale_currency,
        availability = excluded.availability, stock = excluded.stock";

/// `$1` merchant, `$2` variant ids.
pub(in crate::sql) const PRODUCTS_OF_VARIANTS: &str = "
    SELECT DISTINCT product FROM variants
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const REMOVE_PRODUCTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))
    RETURNING id";

/// `$1` merchant, `$2` product ids, `$3` now. DEFAULT is the next number.
pub(in crate::sql) const ENTER: &str = "
    INSERT INTO outbox (merchant, product, since)
    SELECT $1, value, $3
    FROM json_array_elements_text($2::json) WITH ORDINALITY AS given (value, place)
    ORDER BY place
    ON CONFLICT (merchant, product) DO UPDATE SET sequence = DEFAULT";

/// `$1` now. Entries of removed products stay: the index may still hold them.
pub(in crate::sql) const ENTER_ALL: &str = "
    INSERT INTO outbox (merchant, product, since)
    SELECT merchant, id, $1 FROM products ORDER BY merchant, id
    ON CONFLICT (merchant, product) DO UPDATE SET sequence = DEFAULT";

/// `$1` sequence numbers. An entry that a write is replacing now is passed over: what comes is of a
/// later change, and waiting for it here could be waiting for each other.
pub(in crate::sql) const DONE: &str = "
    DELETE FROM outbox WHERE sequence IN (
        SELECT sequence FROM outbox
        WHERE sequence IN (SELECT value::bigint FROM json_array_elements_text($1::json) AS value)
        FOR UPDATE SKIP LOCKED)";

/// `$1` model, `$2` text hashes.
pub(in crate::sql) const VECTORS: &str = "
    SELECT text_hash, vector FROM vectors
    WHERE model = $1 AND text_hash IN (SELECT json_array_elements_text($2::json))";
