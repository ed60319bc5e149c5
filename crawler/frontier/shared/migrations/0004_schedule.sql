-- What a run is for; whether its report is written, and until when whoever writes it has time for that.
ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'crawl', ADD COLUMN reported BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN report_by DOUBLE PRECISION;
UPDATE runs SET reported = true WHERE ended IS NOT NULL;
ALTER TABLE workers ADD COLUMN machine TEXT NOT NULL DEFAULT '', ADD COLUMN doing TEXT NOT NULL DEFAULT '';

-- As in schedule.sqlite, for all machines.
CREATE TABLE schedule_sites (site TEXT PRIMARY KEY, schedule TEXT NOT NULL, due DOUBLE PRECISION);
CREATE TABLE schedule_paused (site TEXT PRIMARY KEY, since DOUBLE PRECISION NOT NULL);
CREATE TABLE schedule_asked (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site TEXT NOT NULL, at DOUBLE PRECISION NOT NULL
);
CREATE TABLE schedule_runs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site TEXT NOT NULL,
    due DOUBLE PRECISION NOT NULL,
    started DOUBLE PRECISION,
    ended DOUBLE PRECISION,
    outcome TEXT,
    parts INTEGER NOT NULL DEFAULT 0,
    articles INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    missed INTEGER NOT NULL DEFAULT 0,
    detail TEXT,
    report TEXT,
    UNIQUE (site, due)
);
CREATE INDEX schedule_runs_ended ON schedule_runs (ended);
CREATE UNIQUE INDEX schedule_runs_under_way ON schedule_runs (site) WHERE ended IS NULL;

-- The processes that keep the schedule. `until` is how long the one has the say that decides what is begun: its lease.
CREATE TABLE schedulers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine TEXT NOT NULL,
    process INTEGER NOT NULL,
    began DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    until DOUBLE PRECISION NOT NULL DEFAULT 0
);
-- The crawls of sites that are under way, for other machines to join, each with what its workers came to.
CREATE TABLE orders (site TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL, content JSON NOT NULL);
CREATE TABLE order_parts (
    report TEXT NOT NULL, worker BIGINT NOT NULL, name TEXT NOT NULL, part JSON, PRIMARY KEY (report, worker)
);
-- Reports of runs, for machines that have a folder of their own.
CREATE TABLE reports (name TEXT PRIMARY KEY, written DOUBLE PRECISION NOT NULL, content JSON NOT NULL);
CREATE INDEX reports_written ON reports (written);
