-- Since when products wait to be indexed, the work that one process at a time may do, and the
-- index's building anew, as a job. Times are milliseconds since 1970.

-- When the first change was made that the index was not told of; 0 where that is not known.
ALTER TABLE outbox ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

UPDATE outbox SET since = CAST(unixepoch('subsec') * 1000 AS INTEGER);

CREATE INDEX outbox_by_time ON outbox (since);

CREATE TABLE duties (
    name       TEXT    NOT NULL PRIMARY KEY,
    holder     TEXT    NOT NULL, -- empty where nobody has it
    token      INTEGER NOT NULL, -- counts the times it was taken or given back; only the last one counts
    held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rebuild (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- one row: the last that was asked for
    state   TEXT    NOT NULL,
    asked   INTEGER NOT NULL,
    started INTEGER,
    ended   INTEGER,
    starts  INTEGER NOT NULL, -- counts how often it was begun
    done    INTEGER NOT NULL, -- in products
    total   INTEGER NOT NULL,
    reason  TEXT              -- why it failed
) STRICT;
