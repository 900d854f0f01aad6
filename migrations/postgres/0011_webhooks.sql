-- Where merchants' servers are told what happened, and what is on its way to them. Times are
-- milliseconds since 1970.

CREATE TABLE webhooks (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant TEXT COLLATE "C" NOT NULL,
    webhook  TEXT COLLATE "C" NOT NULL, -- as JSON, with the secret that it is signed with
    topics   BIGINT           NOT NULL, -- a bit a word
    enabled  BIGINT           NOT NULL  -- 0 or 1
);

CREATE INDEX webhooks_by_merchant ON webhooks (merchant, id);

CREATE TABLE webhook_deliveries (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- a UUID that grows with time
    merchant   TEXT COLLATE "C" NOT NULL,
    webhook    TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    message    TEXT COLLATE "C" NOT NULL, -- the same however often the same thing is told
    topic      TEXT COLLATE "C" NOT NULL,
    body       TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    attempts   BIGINT           NOT NULL,
    next       BIGINT           NOT NULL, -- when it is tried next
    held_until BIGINT           NOT NULL,
    last       TEXT,                      -- the last try, as JSON
    created    BIGINT           NOT NULL
);

CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (webhook, message);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (created) WHERE state <> 'waiting';
