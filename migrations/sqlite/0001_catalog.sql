-- Products with their variants and offers, what the index still has to learn of them, and the
-- vectors of texts that were embedded before.

CREATE TABLE products (
    merchant TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL, -- the product as JSON, without its variants
    PRIMARY KEY (merchant, id)
) STRICT;

CREATE TABLE variants (
    merchant   TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    product    TEXT    NOT NULL,
    position   INTEGER NOT NULL, -- the order of the variants within their product
    attributes TEXT    NOT NULL, -- colours and size as JSON
    PRIMARY KEY (merchant, id),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX variants_by_product ON variants (merchant, product, position);

CREATE TABLE offers (
    merchant      TEXT    NOT NULL,
    variant       TEXT    NOT NULL,
    price         INTEGER NOT NULL, -- minor units
    currency      TEXT    NOT NULL, -- ISO 4217
    sale_price    INTEGER,
    sale_currency TEXT,
    availability  TEXT    NOT NULL,
    stock         INTEGER,
    PRIMARY KEY (merchant, variant),
    FOREIGN KEY (merchant, variant) REFERENCES variants (merchant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a sequence number is never given twice, so striking out an old entry can not
-- strike out a newer one.
CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant TEXT NOT NULL,
    product  TEXT NOT NULL,
    UNIQUE (merchant, product)
) STRICT;

CREATE TABLE vectors (
    model     TEXT NOT NULL,
    text_hash TEXT NOT NULL, -- BLAKE3 of the text, 64 hexadecimal digits
    vector    BLOB NOT NULL, -- 32-bit floats, little endian
    PRIMARY KEY (model, text_hash)
) STRICT;
