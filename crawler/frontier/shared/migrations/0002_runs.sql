-- The runs, and the workers of each. A worker's number is the token by which it holds hosts; it is new at every start.
CREATE TABLE runs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    began DOUBLE PRECISION NOT NULL,
    ended DOUBLE PRECISION
);
CREATE TABLE workers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    run BIGINT NOT NULL REFERENCES runs,
    began DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    ended DOUBLE PRECISION,
    articles INTEGER NOT NULL DEFAULT 0,
    part JSON
);
CREATE INDEX workers_of_run ON workers (run);
