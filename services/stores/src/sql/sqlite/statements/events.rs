//! The events' statements that are SQLite's own.

/// `$1` merchant, `$2` keys.
pub(in crate::sql) const KNOWN: &str = "
    SELECT key FROM events
    WHERE merchant = $1 AND key IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_EVENTS: &str = "
    INSERT INTO events
        (merchant, key, kind, at, answer_kind, answer, id, product, position, customer, visitor,
         amount, currency, order_id)
    SELECT $1, value ->> 'key', value ->> 'kind', value ->> 'at', value ->> 'answer_kind',
           value ->> 'answer', value ->> 'id', value ->> 'product', value ->> 'position',
           value ->> 'customer', value ->> 'visitor', value ->> 'amount', value ->> 'currency',
           value ->> 'order_id'
    FROM jsonb_each($2)";

/// `$1` merchant, `$2` customer ids.
pub(in crate::sql) const AGREED: &str = "
    SELECT id, agreed FROM customers
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2)) AND agreed IS NOT NULL";

/// `$1` merchant, `$2` answers.
pub(in crate::sql) const OF_ANSWERS: &str = "
    SELECT DISTINCT answer_kind, answer, kind FROM events
    WHERE merchant = $1 AND answer IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` visitors.
pub(in crate::sql) const OF_VISITORS: &str = "
    SELECT visitor, kind, max(at) FROM events
    WHERE merchant = $1 AND visitor IN (SELECT value FROM json_each($2))
    GROUP BY visitor, kind";

/// `$1` merchant, `$2` ids.
pub(in crate::sql) const ANSWERS: &str = "
    SELECT id, kind, at, visitor, served, events FROM answers
    WHERE merchant = $1 AND id IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_ANSWERS: &str = "
    INSERT INTO answers (merchant, id, kind, at, visitor, served, events)
    SELECT $1, value ->> 'id', value ->> 'kind', value ->> 'at', value ->> 'visitor',
           value ->> 'served', value ->> 'events'
    FROM json_each($2) WHERE true
    ON CONFLICT (merchant, id) DO UPDATE SET events = excluded.events";

/// `$1` merchant, `$2` visitors.
pub(in crate::sql) const VISITS: &str = "
    SELECT visitor, experiment, variant, since, events FROM experiment_visitors
    WHERE merchant = $1 AND visitor IN (SELECT value FROM json_each($2))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_VISITS: &str = "
    INSERT INTO experiment_visitors (merchant, visitor, experiment, variant, since, events)
    SELECT $1, value ->> 'visitor', value ->> 'experiment', value ->> 'variant',
           value ->> 'since', value ->> 'events'
    FROM json_each($2) WHERE true
    ON CONFLICT (merchant, visitor, experiment) DO UPDATE SET events = excluded.events";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const ADD_COUNTS: &str = "
    INSERT INTO counts (merchant, family, day, what, many)
    SELECT $1, value ->> 'family', value ->> 'day', value ->> 'what', value ->> 'many'
    FROM json_each($2) WHERE true
    ON CONFLICT (merchant, family, day, what) DO UPDATE SET many = counts.many + excluded.many";

/// `$1` before, `$2` limit.
pub(in crate::sql) const EXPIRE_EVENTS: &str = "
    DELETE FROM events
    WHERE rowid IN (SELECT rowid FROM events WHERE at < $1 ORDER BY at LIMIT $2)";

/// `$1` before, `$2` limit.
pub(in crate::sql) const EXPIRE_ANSWERS: &str = "
    DELETE FROM answers
    WHERE (merchant, id) IN (
        SELECT merchant, id FROM answers WHERE at < $1 ORDER BY at LIMIT $2)";

/// `$1` before, `$2` limit.
pub(in crate::sql) const EXPIRE_VISITS: &str = "
    DELETE FROM experiment_visitors
    WHERE (merchant, visitor, experiment) IN (
        SELECT merchant, visitor, experiment FROM experiment_visitors
        WHERE since < $1 ORDER BY since LIMIT $2)";
