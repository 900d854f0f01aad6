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
    SELECT $1, value ->> 'id', value ->> 'document' FROM jsonb_each($2) WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET document = excluded.document";

/// `$1` merchant, `$2` product ids. Left to choose, SQLite walks through all of the merchant's
/// variants.
pub(in crate::sql) const CLEAR_VARIANTS: &str = "
    DELETE FROM variants INDEXED BY variants_by_product
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
    FROM jsonb_each($2)";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_OFFERS: &str = "
    INSERT INTO offers
        (merchant, variant, price, currency, sale_price, sale_currency, availability, stock)
    SELECT $1, value ->> 'variant', value ->> 'price', value ->> 'currency',
           value ->> 'sale_price', value ->> 'sale_currency', value ->> 'availability',
           value ->> 'stock'
    FROM jsonb_each($2) WHERE true
    ON CONFLICT (merchant, variant) DO UPDATE SET
        price = excluded.price, currency = excluded.currency,
        sale_price = excluded.sale_price, sale_currency = excluded.sale_currency,
        availability = excluded.availability, stock = excluded.stock";

/// `$1` merchant, `$2` variant ids. The list comes first (`CROSS JOIN`): left to choose, SQLite walks
/// through all of the merchant's variants.
pub(in crate::sql) const PRODUCTS_OF_VARIANTS: &str = "
    SELECT DISTINCT v.product FROM json_each($2) named CROSS JOIN variants v
    WHERE v.merchant = $1 AND v.id = named.value";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const REMOVE_PRODUCTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING id";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const FORGET_ENTRIES: &str = "
    DELETE FROM outbox
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(in crate::sql) const ENTER: &str = "
    INSERT INTO outbox (merchant, product)
    SELECT $1, value FROM json_each($2) ORDER BY key";

/// `$1` sequence numbers.
pub(in crate::sql) const DONE: &str =
    "DELETE FROM outbox WHERE sequence IN (SELECT value FROM json_each($1))";

/// `$1` model, `$2` text hashes.
pub(in crate::sql) const VECTORS: &str = "
    SELECT text_hash, vector FROM vectors
    WHERE model = $1 AND text_hash IN (SELECT value FROM json_each($2))";
