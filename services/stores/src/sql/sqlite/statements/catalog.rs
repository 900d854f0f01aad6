//! The catalog's statements that are SQLite's own. A list is one JSON parameter, so that a
//! statement is prepared once whatever the list's length.

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const DOCUMENTS: &str = "
    SELECT id, document FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const VARIANTS: &str = "
    SELECT v.product, v.id, v.attributes,
           o.price, o.currency, o.sale_price, o.sale_currency, o.availability, o.stock
    FROM variants v JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
    WHERE v.merchant = $1 AND v.product IN (SELECT value FROM json_each($2))
    ORDER BY v.product, v.position";

/// `$1` merchant, `$2` objects with `id` and `document`.
pub(in crate::sql) const PUT_PRODUCTS: &str = "
    INSERT INTO products (merchant, id, document)
    SELECT $1, value ->> 'id', value ->> 'document' FROM json_each($2) WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET document = excluded.document";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const CLEAR_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` variant ids.
pub(in crate::sql) const TAKE_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING product";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const REMOVE_PRODUCTS_WITHOUT_VARIANTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
      AND NOT EXISTS (
          SELECT 1 FROM variants v
          WHERE v.merchant = products.merchant AND v.product = products.id)";

/// `$1` merchant, `$2` objects with `id`, `product`, `position` and `attributes`.
pub(in crate::sql) const PUT_VARIANTS: &str = "
    INSERT INTO variants (merchant, id, product, position, attributes)
    SELECT $1, value ->> 'id', value ->> 'product', value ->> 'position', value ->> 'attributes'
    FROM json_each($2)";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_OFFERS: &str = "
    INSERT INTO offers
        (merchant, variant, price, currency, sale_price, sale_currency, availability, stock)
    SELECT $1, value ->> 'variant', value ->> 'price', value ->> 'currency',
           value ->> 'sale_price', value ->> 'sale_currency', value ->> 'availability',
           value ->> 'stock'
    FROM json_each($2) WHERE true
    ON CONFLICT (merchant, variant) DO UPDATE SET
        price = excluded.price, currency = excluded.currency,
        sale_price = excluded.sale_price, sale_currency = excluded.sale_currency,
        availability = excluded.availability, stock = excluded.stock";

/// `$1` merchant, `$2` variant ids.
pub(in crate::sql) const PRODUCTS_OF_VARIANTS: &str = "
    SELECT DISTINCT product FROM variants
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const REMOVE_PRODUCTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING id";

/// `$1` merchant, `$2` product ids, `$3` now.
pub(in crate::sql) const ENTER: &str = "
    INSERT OR REPLACE INTO outbox (merchant, product, since)
    SELECT $1, value, coalesce(
        (SELECT since FROM outbox o WHERE o.merchant = $1 AND o.product = value), $3)
    FROM json_each($2) ORDER BY key";

/// `$1` now. Entries of removed products stay: the index may still hold them.
pub(in crate::sql) const ENTER_ALL: &str = "
    INSERT OR REPLACE INTO outbox (merchant, product, since)
    SELECT p.merchant, p.id, coalesce(o.since, $1)
    FROM products p LEFT JOIN outbox o ON o.merchant = p.merchant AND o.product = p.id
    ORDER BY p.merchant, p.id";

/// `$1` sequence numbers.
pub(in crate::sql) const DONE: &str =
    "DELETE FROM outbox WHERE sequence IN (SELECT value FROM json_each($1))";

/// `$1` model, `$2` text hashes.
pub(in crate::sql) const VECTORS: &str = "
    SELECT text_hash, vector FROM vectors
    WHERE model = $1 AND text_hash IN (SELECT value FROM json_each($2))";
