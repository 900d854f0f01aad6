-- The pictures that products name, and what became of them. Times are milliseconds since 1970.

CREATE TABLE product_pictures (
    merchant  TEXT COLLATE "C" NOT NULL,
    product   TEXT COLLATE "C" NOT NULL,
    address   TEXT             NOT NULL, -- as the merchant gives it
    state     TEXT             NOT NULL, -- waiting, had or failed
    enrich    BIGINT           NOT NULL, -- 0 or 1: whether the product is filled in from it
    tries     BIGINT           NOT NULL,
    due       BIGINT           NOT NULL, -- when to fetch it; of a failed one, when that may be tried again
    import    TEXT,                      -- the import that named it last, and where in its feed
    feed_row  BIGINT,
    feed_line BIGINT,
    picture   TEXT,                      -- as JSON
    failure   TEXT,                      -- as JSON
    seen      TEXT,                      -- as JSON
    PRIMARY KEY (merchant, product),
    FOREIGN KEY (merchant, product) REFERENCES products (merchant, id) ON DELETE CASCADE
);

INSERT INTO product_pictures (merchant, product, address, state, enrich, tries, due)
SELECT merchant, id, image_link, 'waiting', 0, 0, 0 FROM products WHERE image_link IS NOT NULL;

CREATE INDEX product_pictures_by_state ON product_pictures (state, merchant, due, product);

ALTER TABLE imports ADD COLUMN pictures_failed BIGINT NOT NULL DEFAULT 0;
