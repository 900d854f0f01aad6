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

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_PRODUCTS: &str = "
    INSERT INTO products
        (merchant, id, document, image_link, category, brand, gender, age_group, pattern, colours,
         available, lacks)
    SELECT $1, value ->> 'id', value ->> 'document', value ->> 'image_link',
           value ->> 'category', value ->> 'brand', value ->> 'gender', value ->> 'age_group',
           value ->> 'pattern', value ->> 'colours', value ->> 'available', value ->> 'lacks'
    FROM jsonb_each($2) WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET
        document = excluded.document, image_link = excluded.image_link,
        category = excluded.category, brand = excluded.brand, gender = excluded.gender,
        age_group = excluded.age_group, pattern = excluded.pattern, colours = excluded.colours,
        available = excluded.available, lacks = excluded.lacks";

/// `$1` merchant, `$2` objects with `id`, `colours`, `available` and `lacks`. Inserts nothing: an
/// update that finds its rows by a list walks through all of the merchant's here.
pub(in crate::sql) const PUT_SUMS: &str = "
    INSERT INTO products (merchant, id, document, colours, available, lacks)
    SELECT p.merchant, p.id, p.document,
           value ->> 'colours', value ->> 'available', value ->> 'lacks'
    FROM json_each($2) CROSS JOIN products p ON p.merchant = $1 AND p.id = value ->> 'id'
    WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET
        colours = excluded.colours, available = excluded.available, lacks = excluded.lacks";

/// `$1` merchant, `$2` the id before the first, `$3` limit; each of the others null or 0 where it is
/// not asked for: lists of `$4` categories, `$5` patterns, `$6` genders, `$7` age groups and `$8`
/// brands; sets of `$9` colours and `$10` lacks; whether it is `$11` available and `$12` matched;
/// `$13` and `$14` the first and the last id.
pub(in crate::sql) const MATCHING_IDS: &str = "
    SELECT id FROM products p
    WHERE merchant = $1 AND id > $2 AND id >= $13 AND id <= $14
      AND ($4 IS NULL OR category IN (SELECT value FROM json_each($4)))
      AND ($5 IS NULL OR pattern IN (SELECT value FROM json_each($5)))
      AND ($6 IS NULL OR gender IN (SELECT value FROM json_each($6)))
      AND ($7 IS NULL OR age_group IN (SELECT value FROM json_each($7)))
      AND ($8 IS NULL OR brand IN (SELECT value FROM json_each($8)))
      AND ($9 = 0 OR colours & $9 <> 0)
      AND ($10 = 0 OR lacks & $10 <> 0)
      AND ($11 IS NULL OR available = $11)
      AND ($12 IS NULL OR $12 = EXISTS (
          SELECT 1 FROM matched m WHERE m.merchant = p.merchant AND m.product = p.id))
    ORDER BY id LIMIT $3";

/// `$1` merchant, `$2` product ids, `$3` now.
pub(in crate::sql) const NOTE_MATCHED: &str = "
    INSERT INTO matched (merchant, product, first)
    SELECT $1, id, $3 FROM products
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))
    ON CONFLICT (merchant, product) DO NOTHING";

/// `$1` merchant, `$2` GTINs, `$3` how many products of each at most.
pub(in crate::sql) const PRODUCTS_OF_GTINS: &str = "
    SELECT gtin, product FROM (
        SELECT gtin, product, row_number() OVER (PARTITION BY gtin ORDER BY product) AS place
        FROM (
            SELECT DISTINCT gtin, product FROM variants
            WHERE merchant = $1 AND gtin IN (SELECT value FROM json_each($2))) AS sharing) AS placed
    WHERE place <= $3 ORDER BY gtin, place";

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

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_VARIANTS: &str = "
    INSERT INTO variants (merchant, id, product, position, attributes, gtin)
    SELECT $1, value ->> 'id', value ->> 'product', value ->> 'position', value ->> 'attributes',
           value ->> 'gtin'
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
