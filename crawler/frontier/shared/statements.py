"""What is asked of the shared tables and written into them, one URL at a time; what is taken from a host's holder alone
says so."""

from crawler.frontier.questions import COLUMNS
from crawler.frontier.renewal import RESTED

_OURS = "EXISTS (SELECT 1 FROM hosts WHERE host = frontier.host AND holder = ?)"
FAILED = (
    "UPDATE frontier SET state = ?, kind = ?, status = ?, detail = ?, attempts = attempts + 1, runs = runs + 1, "  # noqa: S608
    f"gone = gone + ?, changed = ? WHERE id = ? AND state = 'queued' AND {_OURS}"
)
AGAIN = (
    "UPDATE frontier SET kind = ?, status = ?, detail = ?, attempts = attempts + 1, due = ? "  # noqa: S608
    f"WHERE id = ? AND state = 'queued' AND attempts = ? AND {_OURS}"
)
NEXT = (
    f"SELECT {COLUMNS} FROM frontier WHERE host = ? AND state = 'queued' AND due <= ? "  # noqa: S608
    "AND site = ANY(?) AND id != ALL(?) AND %s ORDER BY priority DESC, id LIMIT ?"
)
CHAIN = (
    "WITH RECURSIVE chain(key, step) AS (SELECT CAST(? AS TEXT), 0 UNION ALL SELECT target, step + 1 FROM chain "
    "JOIN frontier USING (key) WHERE target IS NOT NULL AND step < 20) SELECT 1 FROM chain WHERE key = ?"
)
RENEW = (
    f"UPDATE frontier SET state = 'queued', attempts = 0, due = {RESTED}, priority = ? "  # noqa: S608
    "WHERE key = ? AND state IN ('done', 'failed') AND changed < ?"
)
ONCE_MORE = (
    "UPDATE frontier SET state = 'queued', target = NULL WHERE key = ? AND state IN ('queued', 'done') "
    "RETURNING id, host"
)
#: The same as what is done by its holder, whoever's host it is.
SETTLE = (
    "UPDATE frontier SET state = 'done', kind = NULL, detail = NULL, status = ?, etag = COALESCE(?, etag), "
    "last_modified = COALESCE(?, last_modified), changed = ?, gone = 0, runs = 0, captured = COALESCE(captured, "
    "CASE WHEN purpose = 'article' AND CAST(? AS INT) BETWEEN 200 AND 299 THEN CAST(? AS FLOAT8) END) "
    "WHERE key = ANY(?) AND state != 'done'"
)
REST = "INSERT INTO resting VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET until = excluded.until"
PUT_OFF = "UPDATE frontier SET due = GREATEST(due, ?) WHERE host = ? AND state = 'queued'"
HOLD = "UPDATE frontier SET state = 'held' WHERE site = ? AND state = 'queued'"
HOLD_REFUSED = (
    "UPDATE frontier SET state = 'held', attempts = 0, runs = GREATEST(runs - 1, 0) WHERE id = ANY(?) "
    "AND state = 'failed'"
)
#: With what is wanted in the place of %s.
WAITING = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM frontier WHERE state = 'queued' AND due <= ? AND site = ANY(?) "
    "AND host != ALL(?) AND id != ALL(?) AND %s LIMIT ?) AS found"
)
