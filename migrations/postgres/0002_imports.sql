-- Imports, each a job, with their bodies and what is wrong with their rows, and the feeds that are
-- fetched on a schedule. Times are milliseconds since 1970.

CREATE TABLE imports (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- a UUID version 7: sorted by time
    merchant      TEXT COLLATE "C" NOT NULL,
    state         TEXT             NOT NULL,
    asked         TEXT             NOT NULL, -- where the feed is and how it is taken, as JSON
    progress      TEXT             NOT NULL, -- as JSON
    failure       TEXT,                      -- as JSON
    not_modified  BIGINT           NOT NULL, -- 0 or 1
    cancelling    BIGINT           NOT NULL, -- 0 or 1
    attempt       BIGINT           NOT NULL, -- counts the claims; only the last one may write
    fruitless     BIGINT           NOT NULL, -- claims since the last batch
    held_until    BIGINT           NOT NULL,
    bytes         BIGINT,
    created       BIGINT           NOT NULL,
    running_since BIGINT,
    running_from  BIGINT           NOT NULL, -- the byte that this run began at
    updated       BIGINT           NOT NULL,
    ended         BIGINT
);

CREATE INDEX imports_by_merchant ON imports (merchant, id);
CREATE INDEX imports_under_way ON imports (state, id)
    WHERE state IN ('receiving', 'waiting', 'running');

CREATE TABLE import_parts (
    import TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number BIGINT           NOT NULL,
    bytes  BYTEA            NOT NULL,
    PRIMARY KEY (import, number)
);

CREATE TABLE import_problems (
    import  TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number  BIGINT           NOT NULL,
    problem TEXT             NOT NULL, -- as JSON
    PRIMARY KEY (import, number)
);

CREATE TABLE feeds (
    merchant       TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    feed           TEXT             NOT NULL, -- as JSON
    next           BIGINT           NOT NULL, -- when it is due
    reserved_until BIGINT           NOT NULL,
    last_import    TEXT COLLATE "C",
    PRIMARY KEY (merchant, name)
);
