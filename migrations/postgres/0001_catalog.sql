-- Products with their variants and offers, what the index still has to learn of them, and the
-- vectors of texts that were embedded before. As in SQLite, so that either holds the same.
--
-- Names are compared byte by byte (COLLATE "C"), whatever the database's language is. Documents
-- are TEXT, not JSONB: a merchant's text may hold the character U+0000, which JSON writes as an
-- escape and JSONB refuses.

CREATE TABLE products (
    merchant TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    document TEXT             NOT NULL, -- the product as JSON, without its variants
    PRIMARY KEY (merchant, id)
);

CREATE TABLE variants (
    merchant   TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    product    TEXT COLLATE "C" NOT NULL,
    position   INTEGER          NOT NULL, -- the order of the variants within their product
    attributes TEXT             NOT NULL, -- colours and size as JSON
    PRIMARY KEY (merchant, id),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
);

CREATE INDEX variants_by_product ON variants (merchant, product, position);

CREATE TABLE offers (
    merchant      TEXT COLLATE "C" NOT NULL,
    variant       TEXT COLLATE "C" NOT NULL,
    price         BIGINT           NOT NULL, -- minor units
    currency      TEXT             NOT NULL, -- ISO 4217
    sale_price    BIGINT,
    sale_currency TEXT,
    availability  TEXT             NOT NULL,
    stock         BIGINT,
    PRIMARY KEY (merchant, variant),
    FOREIGN KEY (merchant, variant) REFERENCES variants (merchant, id) ON DELETE CASCADE
);

-- An identity is never given twice, not even where its transaction was undone, so striking out an
-- old entry can not strike out a newer one.
CREATE TABLE outbox (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    merchant TEXT COLLATE "C" NOT NULL,
    product  TEXT COLLATE "C" NOT NULL,
    UNIQUE (merchant, product)
);

CREATE TABLE vectors (
    model     TEXT COLLATE "C" NOT NULL,
    text_hash TEXT COLLATE "C" NOT NULL, -- BLAKE3 of the text, 64 hexadecimal digits
    vector    BYTEA            NOT NULL, -- 32-bit floats, little endian
    PRIMARY KEY (model, text_hash)
);
