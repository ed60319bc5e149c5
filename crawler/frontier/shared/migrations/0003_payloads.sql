-- The payloads that all workers have captured, as in digests.sqlite.
CREATE TABLE originals (
    digest TEXT, form TEXT, record_id TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (digest, form)
);
CREATE TABLE latest (
    asked TEXT PRIMARY KEY, digest TEXT NOT NULL, record_id TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL
);
