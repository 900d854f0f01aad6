-- What lists and counts ask of products, beside the documents that hold it too, so that they need
-- not be read. Sets are numbers with a bit for each word; the words' places are in the service.

ALTER TABLE products
    ADD COLUMN image_link TEXT,
    ADD COLUMN category   TEXT COLLATE "C",
    ADD COLUMN brand      TEXT COLLATE "C", -- as it is compared: without case and outer spaces
    ADD COLUMN gender     TEXT COLLATE "C",
    ADD COLUMN age_group  TEXT COLLATE "C",
    ADD COLUMN pattern    TEXT COLLATE "C",
    ADD COLUMN colours    BIGINT NOT NULL DEFAULT 0, -- of all variants, a set
    ADD COLUMN available  BIGINT NOT NULL DEFAULT 0, -- 0 or 1: any variant, now
    ADD COLUMN lacks      BIGINT NOT NULL DEFAULT 0; -- what is missing, a set
ALTER TABLE variants
    ADD COLUMN gtin       TEXT COLLATE "C"; -- 14 digits

-- What is written already. The character U+0000, which no TEXT can hold, is left out. A document's
-- own backslashes step aside meanwhile, so that only the escape of U+0000 is met. What is no JSON
-- stays as it is.
CREATE FUNCTION pg_temp.readable(document TEXT) RETURNS JSONB LANGUAGE plpgsql AS $$
BEGIN
    RETURN replace(replace(replace(document, '\\', chr(1)), '\u0000', ''), chr(1), '\\')::JSONB;
EXCEPTION WHEN data_exception OR statement_too_complex THEN
    RETURN NULL;
END $$;

UPDATE variants SET gtin = lpad(digits, 14, '0')
FROM (
    SELECT merchant AS whose, id AS which,
           replace(replace(pg_temp.readable(attributes) ->> 'gtin', ' ', ''), '-', '') AS digits
    FROM variants
) AS given
WHERE merchant = whose AND id = which
  AND digits ~ '^([0-9]{8}|[0-9]{12,14})$' AND trim(digits, '0') <> '';

WITH
    colour (word, bit) AS (VALUES
        ('black', 1), ('white', 2), ('grey', 4), ('beige', 8), ('brown', 16), ('red', 32),
        ('burgundy', 64), ('orange', 128), ('yellow', 256), ('green', 512), ('olive', 1024),
        ('turquoise', 2048), ('light-blue', 4096), ('blue', 8192), ('navy', 16384),
        ('purple', 32768), ('pink', 65536)
    ),
    variant AS (
        SELECT v.merchant, v.product, v.gtin, o.availability, o.stock,
               pg_temp.readable(v.attributes) AS attributes
        FROM variants v JOIN offers o ON o.merchant = v.merchant AND o.variant = v.id
    ),
    own AS (
        SELECT v.merchant, v.product,
               coalesce(bit_or(colour.bit), 0)::BIGINT AS colours,
               max((v.availability IN ('in_stock', 'limited_stock')
                   AND coalesce(v.stock, 1) <> 0)::INT) AS available,
               max((v.attributes #>> '{colours,0}' IS NULL)::INT) * 8
                   + max((coalesce(trim(v.attributes ->> 'size'), '') = '')::INT) * 16
                   + max((v.gtin IS NULL)::INT) * 512
                   + max((v.availability = 'unknown')::INT) * 2048 AS lacks
        FROM variant v
        LEFT JOIN jsonb_array_elements_text(v.attributes -> 'colours') AS named (value) ON true
        LEFT JOIN colour ON colour.word = named.value
        WHERE v.attributes IS NOT NULL
        GROUP BY v.merchant, v.product
    ),
    known AS (
        SELECT merchant, id, pg_temp.readable(document) AS document FROM products
    )
UPDATE products SET
    image_link = r.document ->> 'image_link',
    category = r.document ->> 'category',
    brand = nullif(lower(trim(r.document ->> 'brand') COLLATE "C"), ''),
    gender = r.document ->> 'gender',
    age_group = r.document ->> 'age_group',
    pattern = r.document ->> 'pattern',
    colours = own.colours,
    available = own.available,
    lacks = own.lacks
        + (coalesce(trim(r.document ->> 'image_link'), '') = '')::INT
        + (coalesce(trim(r.document ->> 'description'), '') = '')::INT * 2
        + (coalesce(trim(r.document ->> 'brand'), '') = '')::INT * 4
        + (coalesce(trim(r.document ->> 'material'), '') = '')::INT * 32
        + (r.document ->> 'pattern' IS NULL)::INT * 64
        + (r.document ->> 'gender' IS NULL)::INT * 128
        + (r.document ->> 'age_group' IS NULL)::INT * 256
        + (coalesce(trim(r.document ->> 'link'), '') = '')::INT * 1024
FROM known r JOIN own ON own.merchant = r.merchant AND own.product = r.id
WHERE products.merchant = r.merchant AND products.id = r.id AND r.document IS NOT NULL;

DROP FUNCTION pg_temp.readable(TEXT);

-- All that a filter asks, in the order that lists have, so that neither a list nor a count comes
-- near a document.
CREATE INDEX products_facts ON products
    (merchant, id, lacks, available, colours, category, pattern, gender, age_group, brand);
CREATE INDEX variants_by_gtin ON variants (merchant, gtin, product) WHERE gtin IS NOT NULL;

-- Products that were shown as matches.
CREATE TABLE matched (
    merchant TEXT COLLATE "C" NOT NULL,
    product  TEXT COLLATE "C" NOT NULL,
    first    BIGINT           NOT NULL, -- milliseconds since 1970
    PRIMARY KEY (merchant, product),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
);
