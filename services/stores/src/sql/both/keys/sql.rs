//! Every statement of the keys. Parameters are `$1` to `$n`; times are milliseconds.

/// `$1` merchant.
pub(super) const COUNT: &str = "SELECT count(*) FROM keys WHERE merchant = $1";

/// `$1` merchant, `$2` id, `$3` hash, `$4` name, `$5` scopes, `$6` created, `$7` expires, `$8` used.
pub(super) const CREATE: &str = "
    INSERT INTO keys (merchant, id, hash, name, scopes, created, expires, used)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// `$1` hash.
pub(super) const KEY: &str = "
    SELECT merchant, id, name, scopes, created, expires, used FROM keys WHERE hash = $1";

/// `$1` merchant.
pub(super) const KEYS: &str = "
    SELECT merchant, id, name, scopes, created, expires, used FROM keys
    WHERE merchant = $1 ORDER BY id";

/// `$1` merchant, `$2` id.
pub(super) const REVOKE: &str = "DELETE FROM keys WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` id, `$3` now, `$4` a minute ago.
pub(super) const USED: &str = "
    UPDATE keys SET used = $3 WHERE merchant = $1 AND id = $2 AND (used IS NULL OR used <= $4)";
