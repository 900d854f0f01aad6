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

/// `$1` merchant, `$2` objects with `id` and `document`.
pub(in crate::sql) const PUT_PRODUCTS: &str = "
    INSERT INTO products (merchant, id, document)
    SELECT $1, id, document FROM json_to_recordset($2::json) AS given (id text, document text)
    ON CONFLICT (merchant, id) DO UPDATE SET document = excluded.document";

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

/// `$1` merchant, `$2` objects with `id`, `product`, `position` and `attributes`.
pub(in crate::sql) const PUT_VARIANTS: &str = "
    INSERT INTO variants (merchant, id, product, position, attributes)
    SELECT $1, id, product, position, attributes
    FROM json_to_recordset($2::json)
        AS given (id text, product text, position integer, attributes text)";

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
