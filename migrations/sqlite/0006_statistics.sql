-- How many rows of a table share the beginning of a key. SQLite takes a merchant for ten rows where
-- it has no statistics, and then looks for a product's variants among all of its merchant's: removing
-- a product took as long as its merchant has variants. These are a large merchant's.
-- <https://www.sqlite.org/fileformat2.html#stat1tab>

ANALYZE variants;

DELETE FROM sqlite_stat1 WHERE tbl IN ('variants', 'offers');

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('variants', 'variants', '1000000 1000000 1'),
    ('variants', 'variants_by_product', '1000000 1000000 6 1'),
    ('offers', 'offers', '1000000 1000000 1');

ANALYZE sqlite_schema;
