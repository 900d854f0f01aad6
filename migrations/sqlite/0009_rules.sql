-- What merchants want of searches: rules, and words that mean the same.

CREATE TABLE rules (
    merchant TEXT NOT NULL,
    name     TEXT NOT NULL,
    rule     TEXT NOT NULL, -- as JSON
    PRIMARY KEY (merchant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE synonyms (
    merchant TEXT NOT NULL,
    name     TEXT NOT NULL,
    words    TEXT NOT NULL, -- as JSON
    PRIMARY KEY (merchant, name)
) STRICT, WITHOUT ROWID;
