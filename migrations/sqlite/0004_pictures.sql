-- The pictures that products name, and what became of them. Times are milliseconds since 1970.

CREATE TABLE product_pictures (
    merchant  TEXT    NOT NULL,
    product   TEXT    NOT NULL,
    address   TEXT    NOT NULL, -- as the merchant gives it
    state     TEXT    NOT NULL, -- waiting, had or failed
    enrich    INTEGER NOT NULL, -- 0 or 1: whether the product is filled in from it
    tries     INTEGER NOT NULL,
    due       INTEGER NOT NULL, -- when to fetch it; of a failed one, when that may be tried again
    import    TEXT,             -- the import that named it last, and where in its feed
    feed_row  INTEGER,
    feed_line INTEGER,
    picture   TEXT,             -- as JSON
    failure   TEXT,             -- as JSON
    seen      TEXT,             -- as JSON
    PRIMARY KEY (merchant, product),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO product_pictures (merchant, product, address, state, enrich, tries, due)
SELECT merchant, id, image_link, 'waiting', 0, 0, 0 FROM products WHERE image_link IS NOT NULL;

CREATE INDEX product_pictures_by_state ON product_pictures (state, merchant, due, product);

ALTER TABLE imports ADD COLUMN pictures_failed INTEGER NOT NULL DEFAULT 0;
