-- What merchants want of searches: rules, and words that mean the same.

CREATE TABLE rules (
    merchant TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    rule     TEXT             NOT NULL, -- as JSON
    PRIMARY KEY (merchant, name)
);

CREATE TABLE synonyms (
    merchant TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    words    TEXT             NOT NULL, -- as JSON
    PRIMARY KEY (merchant, name)
);
