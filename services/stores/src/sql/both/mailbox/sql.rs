//! Every statement of the mailbox. Parameters are `$1` to `$n`; times are milliseconds. What was tried
//! before lets by what came after it.

/// `$1` conversation, `$2` origin, `$3` received, `$4` due.
pub(super) const RECEIVE: &str = "
    INSERT INTO conversation_received (conversation, origin, place, received, due, tries)
    VALUES ($1, $2,
            (SELECT COALESCE(MAX(place), 0) + 1 FROM conversation_received WHERE conversation = $1),
            $3, $4, 0)
    ON CONFLICT (conversation, origin) DO NOTHING";

/// `$1` now.
pub(super) const ANY_RECEIVED: &str =
    "SELECT EXISTS (SELECT 1 FROM conversation_received WHERE due <= $1)";

/// `$1` now, `$2` how many.
pub(super) const DUE_RECEIVED: &str = "
    SELECT r.conversation, r.origin, r.due FROM conversation_received r
    WHERE r.due <= $1 AND NOT EXISTS (
        SELECT 1 FROM conversation_received e
        WHERE e.conversation = r.conversation AND e.place < r.place AND e.tries = 0)
    ORDER BY r.due, r.place LIMIT $2";

/// `$1` conversation, `$2` origin, `$3` due before, `$4` until when. Of two who want one, one gets it.
pub(super) const HOLD_RECEIVED: &str = "
    UPDATE conversation_received SET due = $4
    WHERE conversation = $1 AND origin = $2 AND due = $3";

/// `$1` conversation, `$2` origin.
pub(super) const RECEIVED: &str = "
    SELECT c.merchant, r.received, r.tries
    FROM conversation_received r JOIN conversations c ON c.id = r.conversation
    WHERE r.conversation = $1 AND r.origin = $2";

/// `$1` conversation, `$2` origin.
pub(super) const ANSWERED: &str =
    "DELETE FROM conversation_received WHERE conversation = $1 AND origin = $2";

/// `$1` conversation, `$2` origin, `$3` tries before, `$4` due.
pub(super) const AGAIN_RECEIVED: &str = "
    UPDATE conversation_received SET due = $4, tries = tries + 1
    WHERE conversation = $1 AND origin = $2 AND tries = $3";

/// `$1` now.
pub(super) const ANY_MESSAGE: &str =
    "SELECT EXISTS (SELECT 1 FROM conversation_messages WHERE due <= $1)";

/// `$1` now, `$2` how many.
pub(super) const DUE_MESSAGES: &str = "
    SELECT m.conversation, m.number, m.due FROM conversation_messages m
    WHERE m.due <= $1 AND NOT EXISTS (
        SELECT 1 FROM conversation_messages e
        WHERE e.conversation = m.conversation AND e.number < m.number AND e.due IS NOT NULL
              AND e.tries = 0)
    ORDER BY m.due, m.number LIMIT $2";

/// `$1` conversation, `$2` number, `$3` due before, `$4` until when. Of two who want one, one gets it.
pub(super) const HOLD_MESSAGE: &str = "
    UPDATE conversation_messages SET due = $4
    WHERE conversation = $1 AND number = $2 AND due = $3";

/// `$1` conversation, `$2` number.
pub(super) const MESSAGE: &str = "
    SELECT c.merchant, c.conversation, m.message, m.tries
    FROM conversation_messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.conversation = $1 AND m.number = $2";

/// `$1` conversation, `$2` number, `$3` tries before, `$4` due.
pub(super) const SETTLE_MESSAGE: &str = "
    UPDATE conversation_messages SET due = $4, tries = tries + 1
    WHERE conversation = $1 AND number = $2 AND tries = $3 AND due IS NOT NULL";
