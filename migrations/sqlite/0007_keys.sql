-- Keys for servers. Of what proves a key only its BLAKE3 is kept. Times are milliseconds since 1970.

CREATE TABLE keys (
    merchant TEXT    NOT NULL,
    id       TEXT    NOT NULL, -- a UUID that grows with time
    hash     BLOB    NOT NULL,
    name     TEXT    NOT NULL,
    scopes   INTEGER NOT NULL, -- a bit a word
    created  INTEGER NOT NULL,
    expires  INTEGER,          -- never where there is none
    used     INTEGER,          -- the last time, to the minute
    PRIMARY KEY (merchant, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX keys_by_hash ON keys (hash);
