-- Since when products wait to be indexed, the work that one process at a time may do, and the
-- index's building anew, as a job. Times are milliseconds since 1970.

-- When the first change was made that the index was not told of; 0 where that is not known.
ALTER TABLE outbox ADD COLUMN since BIGINT NOT NULL DEFAULT 0;

UPDATE outbox SET since = (extract(epoch FROM clock_timestamp()) * 1000)::bigint;

CREATE INDEX outbox_by_time ON outbox (since);

CREATE TABLE duties (
    name       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder     TEXT             NOT NULL, -- empty where nobody has it
    token      BIGINT           NOT NULL, -- counts the times it was taken or given back; only the last one counts
    held_until BIGINT           NOT NULL
);

CREATE TABLE rebuild (
    one     BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- one row: the last that was asked for
    state   TEXT   NOT NULL,
    asked   BIGINT NOT NULL,
    started BIGINT,
    ended   BIGINT,
    starts  BIGINT NOT NULL, -- counts how often it was begun
    done    BIGINT NOT NULL, -- in products
    total   BIGINT NOT NULL,
    reason  TEXT             -- why it failed
);
