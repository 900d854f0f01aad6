//! Every statement of the webhooks. Parameters are `$1` to `$n`; times are milliseconds.

/// `$1` merchant.
pub(super) const COUNT: &str = "SELECT COUNT(*) FROM webhooks WHERE merchant = $1";

/// `$1` id, `$2` merchant, `$3` webhook, `$4` topics, `$5` enabled.
pub(super) const CREATE: &str = "
    INSERT INTO webhooks (id, merchant, webhook, topics, enabled) VALUES ($1, $2, $3, $4, $5)";

/// `$1` merchant, `$2` id.
pub(super) const WEBHOOK: &str = "SELECT webhook FROM webhooks WHERE merchant = $1 AND id = $2";

/// `$1` merchant.
pub(super) const WEBHOOKS: &str = "SELECT webhook FROM webhooks WHERE merchant = $1 ORDER BY id";

/// `$1` id, `$2` merchant, `$3` webhook, `$4` topics, `$5` enabled.
pub(super) const CHANGE: &str = "
    UPDATE webhooks SET webhook = $3, topics = $4, enabled = $5 WHERE id = $1 AND merchant = $2";

/// `$1` merchant, `$2` id.
pub(super) const REMOVE: &str = "DELETE FROM webhooks WHERE merchant = $1 AND id = $2";

/// `$1` merchant.
pub(super) const HEARING: &str =
    "SELECT id, topics FROM webhooks WHERE merchant = $1 AND enabled = 1";

/// `$1` id, `$2` merchant, `$3` webhook, `$4` message, `$5` topic, `$6` body, `$7` now.
pub(super) const TELL: &str = "
    INSERT INTO webhook_deliveries
        (id, merchant, webhook, message, topic, body, state, attempts, next, held_until, created)
    VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, 0, $7)
    ON CONFLICT (webhook, message) DO NOTHING";

/// `$1` now.
pub(super) const ANY_DUE: &str = "
    SELECT EXISTS (
        SELECT 1 FROM webhook_deliveries
        WHERE state = 'waiting' AND next <= $1 AND held_until <= $1)";

/// `$1` now, `$2` held of one webhook at most, `$3` how many.
pub(super) const DUE: &str = "
    WITH held AS (
        SELECT webhook, COUNT(*) AS many FROM webhook_deliveries
        WHERE state = 'waiting' AND held_until > $1 GROUP BY webhook),
    due AS (
        SELECT d.id, d.webhook, d.next,
               ROW_NUMBER() OVER (PARTITION BY d.webhook ORDER BY d.next, d.id) AS place
        FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook
        WHERE d.state = 'waiting' AND d.next <= $1 AND d.held_until <= $1 AND w.enabled = 1)
    SELECT due.id FROM due LEFT JOIN held ON held.webhook = due.webhook
    WHERE due.place + COALESCE(held.many, 0) <= $2
    ORDER BY due.next, due.id LIMIT $3";

/// `$1` id, `$2` now, `$3` until when. Of two who want one, one gets it.
pub(super) const HOLD: &str = "
    UPDATE webhook_deliveries SET held_until = $3
    WHERE id = $1 AND state = 'waiting' AND held_until <= $2";

/// `$1` id.
pub(super) const DELIVERY: &str = "
    SELECT d.id, d.merchant, d.webhook, d.message, d.topic, d.body, d.state, d.attempts, d.next,
           d.last, d.created, w.webhook AS told
    FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook WHERE d.id = $1";

/// `$1` id, `$2` attempts before, `$3` next before, `$4` state, `$5` next, `$6` last.
pub(super) const SETTLE: &str = "
    UPDATE webhook_deliveries
    SET attempts = attempts + 1, state = $4, next = $5, last = $6, held_until = 0
    WHERE id = $1 AND state = 'waiting' AND attempts = $2 AND next = $3";

/// `$1` webhook.
pub(super) const BURY: &str =
    "UPDATE webhook_deliveries SET state = 'dead' WHERE webhook = $1 AND state = 'waiting'";

/// `$1` merchant, `$2` webhook, `$3` state or an empty text, `$4` before, `$5` limit.
pub(super) const DELIVERIES: &str = "
    SELECT d.id, d.merchant, d.webhook, d.message, d.topic, d.body, d.state, d.attempts, d.next,
           d.last, d.created, w.webhook AS told
    FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook
    WHERE d.webhook = $2 AND d.merchant = $1 AND ($3 = '' OR d.state = $3) AND d.id < $4
    ORDER BY d.id DESC LIMIT $5";

/// `$1` merchant, `$2` webhook, `$3` delivery, `$4` now.
pub(super) const REPLAY: &str = "
    UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next = $4, held_until = 0
    WHERE merchant = $1 AND webhook = $2 AND id = $3";

/// `$1` merchant, `$2` webhook, `$3` now.
pub(super) const REPLAY_DEAD: &str = "
    UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next = $3, held_until = 0
    WHERE merchant = $1 AND webhook = $2 AND state = 'dead'";

/// `$1` created until when, `$2` how many.
pub(super) const FORGET: &str = "
    DELETE FROM webhook_deliveries WHERE id IN (
        SELECT id FROM webhook_deliveries
        WHERE state <> 'waiting' AND created <= $1 ORDER BY created LIMIT $2)";
