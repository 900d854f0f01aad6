//! Every statement of the duties. Parameters are `$1` to `$n`; times are milliseconds.

pub(super) use super::super::statements::duties::*;

/// `$1` name, `$2` holder, `$3` now.
pub(super) const IS_TAKEN: &str = "
    SELECT EXISTS (
        SELECT 1 FROM duties WHERE name = $1 AND holder <> $2 AND held_until > $3)";

/// `$1` name, `$2` holder, `$3` now, `$4` held until.
pub(super) const TAKE: &str = "
    INSERT INTO duties (name, holder, token, held_until) VALUES ($1, $2, 1, $4)
    ON CONFLICT (name) DO UPDATE SET
        holder = excluded.holder, token = duties.token + 1, held_until = excluded.held_until
    WHERE duties.holder = $2 OR duties.held_until <= $3
    RETURNING token";

/// `$1` name, `$2` token, `$3` held until.
pub(super) const HOLD: &str = "UPDATE duties SET held_until = $3 WHERE name = $1 AND token = $2";

/// `$1` name, `$2` token.
pub(super) const RELEASE: &str = "
    UPDATE duties SET holder = '', token = token + 1, held_until = 0
    WHERE name = $1 AND token = $2";
