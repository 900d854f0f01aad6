//! Every statement of the experiments. Parameters are `$1` to `$n`.

/// `$1` merchant, `$2` name, `$3` document.
pub(super) const PUT: &str = "
    INSERT INTO experiments (merchant, name, document) VALUES ($1, $2, $3)
    ON CONFLICT (merchant, name) DO UPDATE SET document = excluded.document";

/// `$1` merchant.
pub(super) const EXPERIMENTS: &str =
    "SELECT document FROM experiments WHERE merchant = $1 ORDER BY name";

/// `$1` merchant, `$2` name.
pub(super) const REMOVE: &str = "DELETE FROM experiments WHERE merchant = $1 AND name = $2";

/// `$1` merchant, `$2` name.
pub(super) const REMOVE_VISITORS: &str =
    "DELETE FROM experiment_visitors WHERE merchant = $1 AND experiment = $2";

/// `$1` merchant, `$2` family.
pub(super) const COUNTED: &str =
    "SELECT DISTINCT what FROM counts WHERE merchant = $1 AND family = $2";

/// `$1` merchant, `$2` family, `$3` what.
pub(super) const REMOVE_COUNT: &str =
    "DELETE FROM counts WHERE merchant = $1 AND family = $2 AND what = $3";
