-- Where merchants' servers are told what happened, and what is on its way to them. Times are
-- milliseconds since 1970.

CREATE TABLE webhooks (
    id       TEXT    NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant TEXT    NOT NULL,
    webhook  TEXT    NOT NULL, -- as JSON, with the secret that it is signed with
    topics   INTEGER NOT NULL, -- a bit a word
    enabled  INTEGER NOT NULL  -- 0 or 1
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_merchant ON webhooks (merchant, id);

CREATE TABLE webhook_deliveries (
    id         TEXT    NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant   TEXT    NOT NULL,
    webhook    TEXT    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    message    TEXT    NOT NULL, -- the same however often the same thing is told
    topic      TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    attempts   INTEGER NOT NULL,
    next       INTEGER NOT NULL, -- when it is tried next
    held_until INTEGER NOT NULL,
    last       TEXT,             -- the last try, as JSON
    created    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook, message);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (created) WHERE state <> 'waiting';
