//! Every statement of the conversations. Parameters are `$1` to `$n`; times are milliseconds.

/// `$1` id, `$2` merchant, `$3` customer, `$4` status, `$5` since, `$6` updated, `$7` conversation.
pub(super) const CREATE: &str = "
    INSERT INTO conversations
        (id, merchant, customer, status, since, updated, held_until, revision, conversation)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7)
    ON CONFLICT (id) DO NOTHING";

/// `$1` merchant, `$2` id.
pub(super) const READ: &str =
    "SELECT conversation, revision FROM conversations WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` id, `$3` now, `$4` until when. Of two who want it, one gets it.
pub(super) const HOLD: &str = "
    UPDATE conversations SET held_until = $4
    WHERE merchant = $1 AND id = $2 AND held_until <= $3";

/// `$1` merchant, `$2` id, `$3` revision before, `$4` customer, `$5` status, `$6` updated,
/// `$7` conversation, `$8` held until.
pub(super) const KEEP: &str = "
    UPDATE conversations
    SET since = CASE WHEN status = $5 THEN since ELSE $6 END, customer = $4, status = $5,
        updated = $6, conversation = $7, held_until = $8, revision = revision + 1
    WHERE merchant = $1 AND id = $2 AND revision = $3";

/// `$1` conversation, `$2` number, `$3` message, `$4` origin, `$5` due.
pub(super) const ADD: &str = "
    INSERT INTO conversation_messages (conversation, number, message, origin, due, tries)
    VALUES ($1, $2, $3, $4, $5, 0)";

/// `$1` conversation, `$2` origin.
pub(super) const KNOWN: &str =
    "SELECT number FROM conversation_messages WHERE conversation = $1 AND origin = $2";

/// `$1` conversation, `$2` the last number that goes.
pub(super) const TRIM: &str =
    "DELETE FROM conversation_messages WHERE conversation = $1 AND number <= $2";

/// `$1` merchant, `$2` conversation, `$3` before, `$4` limit.
pub(super) const MESSAGES: &str = "
    SELECT m.message FROM conversation_messages m JOIN conversations c ON c.id = m.conversation
    WHERE c.merchant = $1 AND m.conversation = $2 AND m.number < $3
    ORDER BY m.number DESC LIMIT $4";

/// `$1` merchant, `$2` status, `$3` after since, `$4` after id, `$5` limit.
pub(super) const QUEUE: &str = "
    SELECT conversation, since FROM conversations
    WHERE merchant = $1 AND status = $2 AND (since > $3 OR since = $3 AND id > $4)
    ORDER BY since, id LIMIT $5";

/// `$1` merchant, `$2` customer.
pub(super) const OF: &str =
    "SELECT id FROM conversations WHERE merchant = $1 AND customer = $2 ORDER BY id";

/// `$1` merchant, `$2` id.
pub(super) const REMOVE: &str = "DELETE FROM conversations WHERE merchant = $1 AND id = $2";

/// `$1` merchant, `$2` customer.
pub(super) const REMOVE_OF: &str =
    "DELETE FROM conversations WHERE merchant = $1 AND customer = $2";

/// `$1` updated until when, `$2` how many.
pub(super) const FORGET: &str = "
    DELETE FROM conversations WHERE id IN (
        SELECT id FROM conversations WHERE updated <= $1 ORDER BY updated LIMIT $2)";
