-- What is owed to customers who are reached by an address. Times are milliseconds since 1970.

ALTER TABLE conversation_messages ADD COLUMN origin TEXT; -- what whoever brought it calls it
ALTER TABLE conversation_messages ADD COLUMN due INTEGER; -- when it is sent next; none where it need not be
ALTER TABLE conversation_messages ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX conversation_messages_by_origin ON conversation_messages (conversation, origin)
    WHERE origin IS NOT NULL;
CREATE INDEX conversation_messages_due ON conversation_messages (due) WHERE due IS NOT NULL;

-- What customers wrote and nobody answered yet.
CREATE TABLE conversation_received (
    conversation TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    origin       TEXT    NOT NULL,
    place        INTEGER NOT NULL, -- in the order in which they came
    received     TEXT    NOT NULL, -- as JSON
    due          INTEGER NOT NULL, -- when it is answered next
    tries        INTEGER NOT NULL,
    PRIMARY KEY (conversation, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_received_due ON conversation_received (due);
