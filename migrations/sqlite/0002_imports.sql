-- Imports, each a job, with their bodies and what is wrong with their rows, and the feeds that are
-- fetched on a schedule. Times are milliseconds since 1970.

CREATE TABLE imports (
    id            TEXT    NOT NULL PRIMARY KEY, -- a UUID version 7: sorted by time
    merchant      TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    asked         TEXT    NOT NULL, -- where the feed is and how it is taken, as JSON
    progress      TEXT    NOT NULL, -- as JSON
    failure       TEXT,             -- as JSON
    not_modified  INTEGER NOT NULL, -- 0 or 1
    cancelling    INTEGER NOT NULL, -- 0 or 1
    attempt       INTEGER NOT NULL, -- counts the claims; only the last one may write
    fruitless     INTEGER NOT NULL, -- claims since the last batch
    held_until    INTEGER NOT NULL,
    bytes         INTEGER,
    created       INTEGER NOT NULL,
    running_since INTEGER,
    running_from  INTEGER NOT NULL, -- the byte that this run began at
    updated       INTEGER NOT NULL,
    ended         INTEGER
) STRICT;

CREATE INDEX imports_by_merchant ON imports (merchant, id);
CREATE INDEX imports_under_way ON imports (state, id)
    WHERE state IN ('receiving', 'waiting', 'running');

CREATE TABLE import_parts (
    import TEXT    NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    bytes  BLOB    NOT NULL,
    PRIMARY KEY (import, number)
) STRICT;

CREATE TABLE import_problems (
    import  TEXT    NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    problem TEXT    NOT NULL, -- as JSON
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE feeds (
    merchant       TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    feed           TEXT    NOT NULL, -- as JSON
    next           INTEGER NOT NULL, -- when it is due
    reserved_until INTEGER NOT NULL,
    last_import    TEXT,
    PRIMARY KEY (merchant, name)
) STRICT, WITHOUT ROWID;
