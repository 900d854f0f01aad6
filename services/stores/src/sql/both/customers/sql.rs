//! Every statement of the customers. Parameters are `$1` to `$n`; times are milliseconds.

/// `$1` merchant, `$2` id, `$3` agreed, `$4` document.
pub(super) const PUT: &str = "
    INSERT INTO customers (merchant, id, agreed, document) VALUES ($1, $2, $3, $4)
    ON CONFLICT (merchant, id) DO UPDATE SET
        agreed = excluded.agreed, document = excluded.document";

/// `$1` merchant, `$2` id.
pub(super) const CUSTOMER: &str = "SELECT document FROM customers WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` id.
pub(super) const REMOVE: &str = "DELETE FROM customers WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` customer.
pub(super) const EVENTS: &str = "
    SELECT key, kind, at, answer_kind, answer, id, product, position, customer, visitor, amount,
           currency, order_id
    FROM events WHERE merchant = $1 AND customer = $2 ORDER BY at, key";

/// `$1` merchant, `$2` customer, `$3` limit.
pub(super) const PURCHASES: &str = "
    SELECT product FROM events
    WHERE merchant = $1 AND customer = $2 AND kind = 'purchase' AND product IS NOT NULL
    GROUP BY product ORDER BY max(at) DESC, max(key) DESC LIMIT $3";

/// `$1` merchant, `$2` customer.
pub(super) const PART: &str = "
    UPDATE events SET
        id = NULL, product = NULL, position = NULL, customer = NULL, visitor = NULL,
        amount = NULL, currency = NULL, order_id = NULL
    WHERE merchant = $1 AND customer = $2";
