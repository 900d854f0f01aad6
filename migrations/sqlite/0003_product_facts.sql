-- What lists and counts ask of products, beside the documents that hold it too, so that they need
-- not be read. Sets are numbers with a bit for each word; the words' places are in the service.

ALTER TABLE products ADD COLUMN image_link TEXT;
ALTER TABLE products ADD COLUMN category   TEXT;
ALTER TABLE products ADD COLUMN brand      TEXT; -- as it is compared: without case and outer spaces
ALTER TABLE products ADD COLUMN gender     TEXT;
ALTER TABLE products ADD COLUMN age_group  TEXT;
ALTER TABLE products ADD COLUMN pattern    TEXT;
ALTER TABLE products ADD COLUMN colours    INTEGER NOT NULL DEFAULT 0; -- of all variants, a set
ALTER TABLE products ADD COLUMN available  INTEGER NOT NULL DEFAULT 0; -- 0 or 1: any variant, now
ALTER TABLE products ADD COLUMN lacks      INTEGER NOT NULL DEFAULT 0; -- what is missing, a set
ALTER TABLE variants ADD COLUMN gtin       TEXT; -- 14 digits

-- What is written already. The character U+0000 is left out of texts: `->>` would end them there.
-- A document's own backslashes step aside meanwhile, so that only the escape of U+0000 is met.
UPDATE variants SET gtin = substr('000000' || digits, -14)
FROM (
    SELECT merchant AS whose, id AS which,
           replace(replace(attributes ->> 'gtin', ' ', ''), '-', '') AS digits
    FROM variants WHERE json_valid(attributes)
)
WHERE merchant = whose AND id = which AND length(digits) IN (8, 12, 13, 14)
  AND digits NOT GLOB '*[^0-9]*' AND trim(digits, '0') <> '';

WITH
    colour (word, bit) AS (VALUES
        ('black', 1), ('white', 2), ('grey', 4), ('beige', 8), ('brown', 16), ('red', 32),
        ('burgundy', 64), ('orange', 128), ('yellow', 256), ('green', 512), ('olive', 1024),
        ('turquoise', 2048), ('light-blue', 4096), ('blue', 8192), ('navy', 16384),
        ('purple', 32768), ('pink', 65536)
    ),
    own AS (
        SELECT v.merchant, v.product,
               coalesce(sum(DISTINCT colour.bit), 0) AS colours,
               max(o.availability IN ('in_stock', 'limited_stock')
                   AND coalesce(o.stock, 1) <> 0) AS available,
               max(v.attributes ->> '$.colours[0]' IS NULL) * 8
                   + max(coalesce(trim(v.attributes ->> 'size'), '') = '') * 16
                   + max(v.gtin IS NULL) * 512
                   + max(o.availability = 'unknown') * 2048 AS lacks
        FROM variants v
        JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
        LEFT JOIN json_each(v.attributes, '$.colours') AS named
        LEFT JOIN colour ON colour.word = named.value
        WHERE json_valid(v.attributes)
        GROUP BY v.merchant, v.product
    ),
    readable AS (
        SELECT merchant, id,
               replace(replace(replace(document, '\\', char(1)), '\u0000', ''), char(1), '\\')
                   AS document
        FROM products WHERE json_valid(document)
    )
UPDATE products SET
    image_link = r.document ->> 'image_link',
    category = r.document ->> 'category',
    brand = nullif(lower(trim(r.document ->> 'brand')), ''),
    gender = r.document ->> 'gender',
    age_group = r.document ->> 'age_group',
    pattern = r.document ->> 'pattern',
    colours = own.colours,
    available = own.available,
    lacks = own.lacks
        + (coalesce(trim(r.document ->> 'image_link'), '') = '')
        + (coalesce(trim(r.document ->> 'description'), '') = '') * 2
        + (coalesce(trim(r.document ->> 'brand'), '') = '') * 4
        + (coalesce(trim(r.document ->> 'material'), '') = '') * 32
        + (r.document ->> 'pattern' IS NULL) * 64
        + (r.document ->> 'gender' IS NULL) * 128
        + (r.document ->> 'age_group' IS NULL) * 256
        + (coalesce(trim(r.document ->> 'link'), '') = '') * 1024
FROM readable r JOIN own ON own.merchant = r.merchant AND own.product = r.id
WHERE products.merchant = r.merchant AND products.id = r.id;

-- All that a filter asks, in the order that lists have, so that neither a list nor a count comes
-- near a document.
CREATE INDEX products_facts ON products
    (merchant, id, lacks, available, colours, category, pattern, gender, age_group, brand);
CREATE INDEX variants_by_gtin ON variants (merchant, gtin, product) WHERE gtin IS NOT NULL;

-- Products that were shown as matches.
CREATE TABLE matched (
    merchant TEXT    NOT NULL,
    product  TEXT    NOT NULL,
    first    INTEGER NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (merchant, product),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
