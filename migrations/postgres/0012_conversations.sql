-- Conversations with customers. Times are milliseconds since 1970.

CREATE TABLE conversations (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant     TEXT COLLATE "C" NOT NULL,
    customer     TEXT COLLATE "C",
    status       TEXT COLLATE "C" NOT NULL,
    since        BIGINT           NOT NULL, -- when it came to this status
    updated      BIGINT           NOT NULL,
    held_until   BIGINT           NOT NULL, -- until when a message is being answered
    revision     BIGINT           NOT NULL, -- grows with every change
    conversation TEXT COLLATE "C" NOT NULL  -- as JSON
);

CREATE INDEX conversations_by_status ON conversations (merchant, status, since, id);
CREATE INDEX conversations_by_customer ON conversations (merchant, customer)
    WHERE customer IS NOT NULL;
CREATE INDEX conversations_by_age ON conversations (updated);

CREATE TABLE conversation_messages (
    conversation TEXT COLLATE "C" NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number       BIGINT           NOT NULL, -- from 1
    message      TEXT COLLATE "C" NOT NULL, -- as JSON
    PRIMARY KEY (conversation, number)
);
