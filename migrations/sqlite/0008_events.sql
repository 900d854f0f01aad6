-- What was answered and what came of it, what is counted of both, and customers and experiments.
-- Times are milliseconds since 1970, days are days since then. Visitors are hashes.

CREATE TABLE events (
    merchant    TEXT    NOT NULL,
    key         TEXT    NOT NULL, -- a hash of the id, 32 hexadecimal digits
    kind        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    answer_kind TEXT,             -- look or search
    answer      TEXT,
    -- Nothing of these is left of a customer who was forgotten.
    id          TEXT,
    product     TEXT,
    position    INTEGER,
    customer    TEXT,
    visitor     TEXT,
    amount      INTEGER,          -- minor units
    currency    TEXT,
    order_id    TEXT,
    PRIMARY KEY (merchant, key)
) STRICT;

CREATE INDEX events_by_answer ON events (merchant, answer) WHERE answer IS NOT NULL;
CREATE INDEX events_by_visitor ON events (merchant, visitor) WHERE visitor IS NOT NULL;
CREATE INDEX events_by_customer ON events (merchant, customer) WHERE customer IS NOT NULL;
CREATE INDEX events_by_time ON events (at);

CREATE TABLE answers (
    merchant TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    visitor  TEXT,
    served   TEXT    NOT NULL, -- the variants of experiments, as JSON
    events   INTEGER NOT NULL, -- the kinds of events that it had, a bit a kind
    PRIMARY KEY (merchant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX answers_by_time ON answers (at);

CREATE TABLE experiment_visitors (
    merchant   TEXT    NOT NULL,
    visitor    TEXT    NOT NULL,
    experiment TEXT    NOT NULL,
    variant    TEXT    NOT NULL,
    since      INTEGER NOT NULL,
    events     INTEGER NOT NULL, -- the kinds of events that they had since, a bit a kind
    PRIMARY KEY (merchant, visitor, experiment)
) STRICT, WITHOUT ROWID;

CREATE INDEX experiment_visitors_by_time ON experiment_visitors (since);

CREATE TABLE counts (
    merchant TEXT    NOT NULL,
    family   TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    what     TEXT    NOT NULL, -- as JSON
    many     INTEGER NOT NULL,
    PRIMARY KEY (merchant, family, day, what)
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    merchant TEXT NOT NULL,
    id       TEXT NOT NULL,
    agreed   INTEGER,       -- since when; null where they do not
    document TEXT NOT NULL, -- the customer as JSON
    PRIMARY KEY (merchant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiments (
    merchant TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL, -- the experiment as JSON
    PRIMARY KEY (merchant, name)
) STRICT, WITHOUT ROWID;
