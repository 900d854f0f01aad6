-- Keys for servers. Of what proves a key only its BLAKE3 is kept. Times are milliseconds since 1970.

CREATE TABLE keys (
    merchant TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL, -- a UUID that grows with time
    hash     BYTEA            NOT NULL,
    name     TEXT             NOT NULL,
    scopes   BIGINT           NOT NULL, -- a bit a word
    created  BIGINT           NOT NULL,
    expires  BIGINT,                    -- never where there is none
    used     BIGINT,                    -- the last time, to the minute
    PRIMARY KEY (merchant, id)
);

CREATE UNIQUE INDEX keys_by_hash ON keys (hash);
