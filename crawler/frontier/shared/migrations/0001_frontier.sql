-- Every URL that is known, as in state.sqlite. What a worker has under way is queued still: its host's row says whose
-- it is.
CREATE TABLE frontier (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    purpose TEXT NOT NULL,
    origin JSON NOT NULL,
    site TEXT NOT NULL,
    hops INTEGER NOT NULL DEFAULT 0,
    target TEXT,
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'held', 'done', 'failed', 'gone')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due DOUBLE PRECISION NOT NULL DEFAULT 0,
    kind TEXT,
    status INTEGER,
    detail TEXT,
    etag TEXT,
    last_modified TEXT,
    changed DOUBLE PRECISION NOT NULL DEFAULT 0,
    captured DOUBLE PRECISION,
    gone INTEGER NOT NULL DEFAULT 0,
    runs INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX frontier_next ON frontier (host, priority DESC, id) WHERE state = 'queued';
CREATE INDEX frontier_due ON frontier (host, due) WHERE state = 'queued';
CREATE INDEX frontier_of_site ON frontier (site, state, changed);
CREATE INDEX frontier_lists ON frontier (site, host, state, priority DESC, id)
    WHERE purpose NOT IN ('article', 'requisite', 'page');

-- Who may ask a host, and from when on. `next_at` is both the gap and the lease: while a worker holds the host, it is
-- when that ends unless it is renewed; otherwise it is when the host may be asked next, and infinite where nothing is
-- queued. `free_at` is when the gap since the last request is over.
CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    next_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    free_at DOUBLE PRECISION NOT NULL DEFAULT 0,
    gap DOUBLE PRECISION NOT NULL DEFAULT 0,
    holder BIGINT,
    given_up BIGINT
);
CREATE INDEX hosts_next ON hosts (next_at);
CREATE INDEX hosts_given_up ON hosts (given_up) WHERE given_up IS NOT NULL;

CREATE TABLE resting (host TEXT PRIMARY KEY, until DOUBLE PRECISION NOT NULL);
CREATE TABLE accounted (warc TEXT PRIMARY KEY);
CREATE TABLE lists_read_with (site TEXT PRIMARY KEY, digest TEXT NOT NULL);
