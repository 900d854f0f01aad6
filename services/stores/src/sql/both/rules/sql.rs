//! Every statement of the rules. Parameters are `$1` to `$n`.

/// `$1` merchant, `$2` name, `$3` rule. Inserts nothing where the name is taken.
pub(super) const NEW_RULE: &str = "
    INSERT INTO rules (merchant, name, rule) VALUES ($1, $2, $3)
    ON CONFLICT (merchant, name) DO NOTHING";

/// `$1` merchant, `$2` name, `$3` rule.
pub(super) const CHANGE_RULE: &str = "UPDATE rules SET rule = $3 WHERE merchant = $1 AND name = $2";

/// `$1` merchant.
pub(super) const RULES: &str = "SELECT name, rule FROM rules WHERE merchant = $1 ORDER BY name";

/// `$1` merchant, `$2` name.
pub(super) const REMOVE_RULE: &str = "DELETE FROM rules WHERE merchant = $1 AND name = $2";

/// `$1` merchant, `$2` name, `$3` words. Inserts nothing where the name is taken.
pub(super) const NEW_SYNONYMS: &str = "
    INSERT INTO synonyms (merchant, name, words) VALUES ($1, $2, $3)
    ON CONFLICT (merchant, name) DO NOTHING";

/// `$1` merchant, `$2` name, `$3` words.
pub(super) const CHANGE_SYNONYMS: &str =
    "UPDATE synonyms SET words = $3 WHERE merchant = $1 AND name = $2";

/// `$1` merchant.
pub(super) const SYNONYMS: &str =
    "SELECT name, words FROM synonyms WHERE merchant = $1 ORDER BY name";

/// `$1` merchant, `$2` name.
pub(super) const REMOVE_SYNONYMS: &str = "DELETE FROM synonyms WHERE merchant = $1 AND name = $2";
