-- What was answered and what came of it, what is counted of both, and customers and experiments.
-- Times are milliseconds since 1970, days are days since then. Visitors are hashes.

CREATE TABLE events (
    merchant    TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL, -- a hash of the id, 32 hexadecimal digits
    kind        TEXT             NOT NULL,
    at          BIGINT           NOT NULL,
    answer_kind TEXT,                      -- look or search
    answer      TEXT COLLATE "C",
    -- Nothing of these is left of a customer who was forgotten.
    id          TEXT COLLATE "C",
    product     TEXT,
    position    BIGINT,
    customer    TEXT COLLATE "C",
    visitor     TEXT COLLATE "C",
    amount      BIGINT,                    -- minor units
    currency    TEXT,
    order_id    TEXT,
    PRIMARY KEY (merchant, key)
);

CREATE INDEX events_by_answer ON events (merchant, answer) WHERE answer IS NOT NULL;
CREATE INDEX events_by_visitor ON events (merchant, visitor) WHERE visitor IS NOT NULL;
CREATE INDEX events_by_customer ON events (merchant, customer) WHERE customer IS NOT NULL;
CREATE INDEX events_by_time ON events (at);

CREATE TABLE answers (
    merchant TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    kind     TEXT             NOT NULL,
    at       BIGINT           NOT NULL,
    visitor  TEXT COLLATE "C",
    served   TEXT             NOT NULL, -- the variants of experiments, as JSON
    events   BIGINT           NOT NULL, -- the kinds of events that it had, a bit a kind
    PRIMARY KEY (merchant, id)
);

CREATE INDEX answers_by_time ON answers (at);

CREATE TABLE experiment_visitors (
    merchant   TEXT COLLATE "C" NOT NULL,
    visitor    TEXT COLLATE "C" NOT NULL,
    experiment TEXT COLLATE "C" NOT NULL,
    variant    TEXT             NOT NULL,
    since      BIGINT           NOT NULL,
    events     BIGINT           NOT NULL, -- the kinds of events that they had since, a bit a kind
    PRIMARY KEY (merchant, visitor, experiment)
);

CREATE INDEX experiment_visitors_by_time ON experiment_visitors (since);

CREATE TABLE counts (
    merchant TEXT COLLATE "C" NOT NULL,
    family   TEXT COLLATE "C" NOT NULL,
    day      BIGINT           NOT NULL,
    what     TEXT COLLATE "C" NOT NULL, -- as JSON
    many     BIGINT           NOT NULL,
    PRIMARY KEY (merchant, family, day, what)
);

CREATE TABLE customers (
    merchant TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    agreed   BIGINT,                    -- since when; null where they do not
    document TEXT             NOT NULL, -- the customer as JSON
    PRIMARY KEY (merchant, id)
);

CREATE TABLE experiments (
    merchant TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    document TEXT             NOT NULL, -- the experiment as JSON
    PRIMARY KEY (merchant, name)
);
