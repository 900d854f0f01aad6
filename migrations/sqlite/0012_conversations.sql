-- Conversations with customers. Times are milliseconds since 1970.

CREATE TABLE conversations (
    id           TEXT    NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant     TEXT    NOT NULL,
    customer     TEXT,
    status       TEXT    NOT NULL,
    since        INTEGER NOT NULL, -- when it came to this status
    updated      INTEGER NOT NULL,
    held_until   INTEGER NOT NULL, -- until when a message is being answered
    revision     INTEGER NOT NULL, -- grows with every change
    conversation TEXT    NOT NULL  -- as JSON
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_by_status ON conversations (merchant, status, since, id);
CREATE INDEX conversations_by_customer ON conversations (merchant, customer)
    WHERE customer IS NOT NULL;
CREATE INDEX conversations_by_age ON conversations (updated);

CREATE TABLE conversation_messages (
    conversation TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL, -- from 1
    message      TEXT    NOT NULL, -- as JSON
    PRIMARY KEY (conversation, number)
) STRICT, WITHOUT ROWID;
