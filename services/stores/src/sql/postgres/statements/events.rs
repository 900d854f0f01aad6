//! The events' statements that are PostgreSQL's own.

/// `$1` merchant, `$2` keys.
pub(in crate::sql) const KNOWN: &str = "
    SELECT key FROM events
    WHERE merchant = $1 AND key IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_EVENTS: &str = r#"
    INSERT INTO events
        (merchant, key, kind, at, answer_kind, answer, id, product, position, customer, visitor,
         amount, currency, order_id)
    SELECT $1, key, kind, at, answer_kind, answer, id, product, "position", customer, visitor,
           amount, currency, order_id
    FROM json_to_recordset($2::json)
        AS given (key text, kind text, at bigint, answer_kind text, answer text, id text,
                  product text, "position" bigint, customer text, visitor text, amount bigint,
                  currency text, order_id text)"#;

/// `$1` merchant, `$2` customer ids.
pub(in crate::sql) const AGREED: &str = "
    SELECT id, agreed FROM customers
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))
      AND agreed IS NOT NULL";

/// `$1` merchant, `$2` answers.
pub(in crate::sql) const OF_ANSWERS: &str = "
    SELECT DISTINCT answer_kind, answer, kind FROM events
    WHERE merchant = $1 AND answer IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` visitors.
pub(in crate::sql) const OF_VISITORS: &str = "
    SELECT visitor, kind, max(at) FROM events
    WHERE merchant = $1 AND visitor IN (SELECT json_array_elements_text($2::json))
    GROUP BY visitor, kind";

/// `$1` merchant, `$2` ids.
pub(in crate::sql) const ANSWERS: &str = "
    SELECT id, kind, at, visitor, served, events FROM answers
    WHERE merchant = $1 AND id IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_ANSWERS: &str = "
    INSERT INTO answers (merchant, id, kind, at, visitor, served, events)
    SELECT $1, id, kind, at, visitor, served, events
    FROM json_to_recordset($2::json)
        AS given (id text, kind text, at bigint, visitor text, served text, events bigint)
    ON CONFLICT (merchant, id) DO UPDATE SET events = excluded.events";

/// `$1` merchant, `$2` visitors.
pub(in crate::sql) const VISITS: &str = "
    SELECT visitor, experiment, variant, since, events FROM experiment_visitors
    WHERE merchant = $1 AND visitor IN (SELECT json_array_elements_text($2::json))";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const PUT_VISITS: &str = "
    INSERT INTO experiment_visitors (merchant, visitor, experiment, variant, since, events)
    SELECT $1, visitor, experiment, variant, since, events
    FROM json_to_recordset($2::json)
        AS given (visitor text, experiment text, variant text, since bigint, events bigint)
    ON CONFLICT (merchant, visitor, experiment) DO UPDATE SET events = excluded.events";

/// `$1` merchant, `$2` objects with the other columns.
pub(in crate::sql) const ADD_COUNTS: &str = "
    INSERT INTO counts (merchant, family, day, what, many)
    SELECT $1, family, day, what, many
    FROM json_to_recordset($2::json) AS given (family text, day bigint, what text, many bigint)
    ON CONFLICT (merchant, family, day, what) DO UPDATE SET many = counts.many + excluded.many";

/// `$1` before, `$2` limit. Rows that are being written are left for the next time.
pub(in crate::sql) const EXPIRE_EVENTS: &str = "
    DELETE FROM events
    WHERE (merchant, key) IN (
        SELECT merchant, key FROM events WHERE at < $1
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)";

/// `$1` before, `$2` limit. Rows that are being written are left for the next time.
pub(in crate::sql) const EXPIRE_ANSWERS: &str = "
    DELETE FROM answers
    WHERE (merchant, id) IN (
        SELECT merchant, id FROM answers WHERE at < $1
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)";

/// `$1` before, `$2` limit. Rows that are being written are left for the next time.
pub(in crate::sql) const EXPIRE_VISITS: &str = "
    DELETE FROM experiment_visitors
    WHERE (merchant, visitor, experiment) IN (
        SELECT merchant, visitor, experiment FROM experiment_visitors
        WHERE since < $1 ORDER BY since LIMIT $2 FOR UPDATE SKIP LOCKED)";
