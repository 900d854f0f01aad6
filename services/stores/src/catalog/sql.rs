//! Every statement. Lists come as one JSON parameter, so that a statement is prepared once
//! whatever the list's length. Parameters are `$1` to `$n`, as PostgreSQL writes them too.

/// `$1` merchant, `$2` product ids.
pub(super) const DOCUMENTS: &str = "
    SELECT id, document FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(super) const VARIANTS: &str = "
    SELECT v.product, v.id, v.attributes,
           o.price, o.currency, o.sale_price, o.sale_currency, o.availability, o.stock
    FROM variants v JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
    WHERE v.merchant = $1 AND v.product IN (SELECT value FROM json_each($2))
    ORDER BY v.product, v.position";

/// `$1` merchant, `$2` objects with `id` and `document`.
pub(super) const PUT_PRODUCTS: &str = "
    INSERT INTO products (merchant, id, document)
    SELECT $1, value ->> 'id', value ->> 'document' FROM json_each($2) WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET document = excluded.document";

/// `$1` merchant, `$2` product ids.
pub(super) const CLEAR_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` variant ids.
pub(super) const TAKE_VARIANTS: &str = "
    DELETE FROM variants
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING product";

/// `$1` merchant, `$2` product ids.
pub(super) const REMOVE_PRODUCTS_WITHOUT_VARIANTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
      AND NOT EXISTS (
          SELECT 1 FROM variants v
          WHERE v.merchant = products.merchant AND v.product = products.id)";

/// `$1` merchant, `$2` objects with `id`, `product`, `position` and `attributes`.
pub(super) const PUT_VARIANTS: &str = "
    INSERT INTO variants (merchant, id, product, position, attributes)
    SELECT $1, value ->> 'id', value ->> 'product', value ->> 'position', value ->> 'attributes'
    FROM json_each($2)";

/// `$1` merchant, `$2` objects with the other columns.
pub(super) const PUT_OFFERS: &str = "
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
pub(super) const PRODUCTS_OF_VARIANTS: &str = "
    SELECT DISTINCT product FROM variants
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(super) const REMOVE_PRODUCTS: &str = "
    DELETE FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    RETURNING id";

/// `$1` merchant, `$2` the id before the first, `$3` limit.
pub(super) const IDS: &str =
    "SELECT id FROM products WHERE merchant = $1 AND id > $2 ORDER BY id LIMIT $3";

/// `$1` the merchant before the first, `$2` limit.
pub(super) const MERCHANTS: &str =
    "SELECT DISTINCT merchant FROM products WHERE merchant > $1 ORDER BY merchant LIMIT $2";

/// `$1` merchant.
pub(super) const COUNT_PRODUCTS: &str = "SELECT count(*) FROM products WHERE merchant = $1";

/// `$1` merchant, `$2` product ids.
pub(super) const FORGET_ENTRIES: &str = "
    DELETE FROM outbox
    WHERE merchant = $1 AND product IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` product ids.
pub(super) const ENTER: &str = "
    INSERT INTO outbox (merchant, product)
    SELECT $1, value FROM json_each($2) ORDER BY key";

/// Entries of removed products stay: the index may still hold them.
pub(super) const FORGET_ENTRIES_OF_PRODUCTS: &str = "
    DELETE FROM outbox WHERE EXISTS (
        SELECT 1 FROM products p
        WHERE p.merchant = outbox.merchant AND p.id = outbox.product)";

pub(super) const ENTER_ALL: &str = "
    INSERT INTO outbox (merchant, product)
    SELECT merchant, id FROM products ORDER BY merchant, id";

/// `$1` limit.
pub(super) const CHANGES: &str =
    "SELECT sequence, merchant, product FROM outbox ORDER BY sequence LIMIT $1";

/// `$1` sequence numbers.
pub(super) const DONE: &str =
    "DELETE FROM outbox WHERE sequence IN (SELECT value FROM json_each($1))";

/// `$1` merchant.
pub(super) const PENDING: &str = "SELECT count(*) FROM outbox WHERE merchant = $1";

/// `$1` model, `$2` text hashes.
pub(super) const VECTORS: &str = "
    SELECT text_hash, vector FROM vectors
    WHERE model = $1 AND text_hash IN (SELECT value FROM json_each($2))";

/// `$1` model, `$2` text hash, `$3` vector.
pub(super) const KEEP_VECTOR: &str = "
    INSERT INTO vectors (model, text_hash, vector) VALUES ($1, $2, $3)
    ON CONFLICT (model, text_hash) DO UPDATE SET vector = excluded.vector";

pub(super) const READ_CHECK: &str = "SELECT count(*) FROM (SELECT 1 FROM products LIMIT 1)";
