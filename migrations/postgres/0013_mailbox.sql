-- What is owed to customers who are reached by an address. Times are milliseconds since 1970.

ALTER TABLE conversation_messages ADD COLUMN origin TEXT COLLATE "C"; -- what whoever brought it calls it
ALTER TABLE conversation_messages ADD COLUMN due BIGINT; -- when it is sent next; none where it need not be
ALTER TABLE conversation_messages ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX conversation_messages_by_origin ON conversation_messages (conversation, origin)
    WHERE origin IS NOT NULL;
CREATE INDEX conversation_messages_due ON conversation_messages (due) WHERE due IS NOT NULL;

-- What customers wrote and nobody answered yet.
CREATE TABLE conversation_received (
    conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    origin       TEXT COLLATE "C" NOT NULL,
    place        BIGINT           NOT NULL, -- in the order in which they came
    received     TEXT COLLATE "C" NOT NULL, -- as JSON
    due          BIGINT           NOT NULL, -- when it is answered next
    tries        BIGINT           NOT NULL,
    PRIMARY KEY (conversation, origin)
);

CREATE INDEX conversation_received_due ON conversation_received (due);
