//! Every statement of the catalog: here what both databases understand, and with it what each needs
//! in its own words. Parameters are `$1` to `$n`.

pub(super) use super::super::statements::catalog::*;

/// `$1` merchant, `$2` variant.
pub(super) const OWNER: &str = "SELECT product FROM variants WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` the id before the first, `$3` limit.
pub(super) const IDS: &str =
    "SELECT id FROM products WHERE merchant = $1 AND id > $2 ORDER BY id LIMIT $3";

/// `$1` merchant.
pub(super) const COUNT_PRODUCTS: &str = "SELECT count(*) FROM products WHERE merchant = $1";

/// `$1` merchant.
pub(super) const COUNT_BY_LACKS: &str =
    "SELECT lacks, count(*) FROM products WHERE merchant = $1 GROUP BY lacks";

/// `$1` merchant.
pub(super) const COUNT_MATCHED: &str = "SELECT count(*) FROM matched WHERE merchant = $1";

/// `$1` merchant.
pub(super) const COUNT_SHARED_GTINS: &str = "
    SELECT count(*) FROM (
        SELECT gtin FROM variants WHERE merchant = $1 AND gtin IS NOT NULL
        GROUP BY gtin HAVING min(product) <> max(product)) AS shared";

/// `$1` merchant, `$2` the GTIN before the first, `$3` limit.
pub(super) const SHARED_GTINS: &str = "
    SELECT gtin, count(DISTINCT product) FROM variants WHERE merchant = $1 AND gtin > $2
    GROUP BY gtin HAVING min(product) <> max(product) ORDER BY gtin LIMIT $3";

/// `$1` the merchant before the first, `$2` limit.
pub(super) const MERCHANTS: &str =
    "SELECT DISTINCT merchant FROM products WHERE merchant > $1 ORDER BY merchant LIMIT $2";

/// `$1` limit.
pub(super) const CHANGES: &str =
    "SELECT sequence, merchant, product FROM outbox ORDER BY sequence LIMIT $1";

/// `$1` the most that are counted. All three are found at the ends of an index.
pub(super) const LAG: &str = "
    SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox LIMIT $1) AS counted),
           (SELECT max(sequence) FROM outbox) - (SELECT min(sequence) FROM outbox) + 1,
           (SELECT min(since) FROM outbox WHERE since > 0)";

/// `$1` merchant.
pub(super) const PENDING: &str = "SELECT count(*) FROM outbox WHERE merchant = $1";

/// `$1` model, `$2` text hash, `$3` vector.
pub(super) const KEEP_VECTOR: &str = "
    INSERT INTO vectors (model, text_hash, vector) VALUES ($1, $2, $3)
    ON CONFLICT (model, text_hash) DO UPDATE SET vector = excluded.vector";

pub(super) const READ_CHECK: &str = "SELECT EXISTS (SELECT 1 FROM products)";
