"""What one worker writes down at a time: what it fetched and what it found, as one transaction.

Each locks the rows of its hosts first, in the order of their names: two workers whose sites link to each other would
wait for each other otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from archive.operations.shared_server import CLOCK
from crawler.frontier.entry import Entry, new_row
from crawler.frontier.shared.server import Connection

#: Locks the rows, makes those that are new, and wakes those that had nothing.
_LOCK = """
INSERT INTO hosts (host) SELECT unnest(%s::text[])
ON CONFLICT (host) DO UPDATE SET next_at = hosts.free_at WHERE hosts.next_at = 'Infinity' AND hosts.host = ANY(%s)
"""
_DONE = """
UPDATE frontier SET state = 'done', kind = NULL, detail = NULL, status = %(status)s,
    etag = COALESCE(%(etag)s, etag), last_modified = COALESCE(%(last_modified)s, last_modified), changed = %(now)s,
    gone = 0, runs = 0, captured = COALESCE(captured,
        CASE WHEN purpose = 'article' AND %(status)s BETWEEN 200 AND 299 THEN %(now)s END)
WHERE id = %(id)s
"""
_ADD = """
INSERT INTO frontier (key, url, host, purpose, origin, site, hops, priority, due)
SELECT key, url, n.host, purpose, origin::json, site, hops, priority, COALESCE(until, 0)
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[])
    WITH ORDINALITY AS n(key, url, host, purpose, origin, site, hops, priority, place)
LEFT JOIN resting ON resting.host = n.host ORDER BY place ON CONFLICT (key) DO NOTHING
"""
_RENEW = f"""
UPDATE hosts SET next_at = {CLOCK} + %s + n.gap, gap = n.gap
FROM unnest(%s::text[], %s::float8[]) AS n(host, gap) WHERE hosts.host = n.host AND holder = %s
"""  # noqa: S608 - our own words
_GIVE_BACK = f"""
UPDATE hosts SET holder = NULL, gap = n.gap, free_at = {CLOCK} + n.gap,
    next_at = GREATEST({CLOCK} + n.gap, COALESCE(
        (SELECT min(due) FROM frontier WHERE host = hosts.host AND state = 'queued'), 'Infinity'))
FROM unnest(%s::text[], %s::float8[]) AS n(host, gap) WHERE hosts.host = n.host AND holder = %s
"""  # noqa: S608
_GIVE_UP = "UPDATE hosts SET given_up = %s WHERE host = ANY(%s) AND holder = %s"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A URL that was fetched, and what the server said of it."""

    id: int
    host: str
    status: int
    etag: str | None
    last_modified: str | None
    now: float
    is_article: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be written: URLs found, URLs fetched, and hosts by their gap (seconds) that are held on to or given
    back; `given_up` are those among them that nobody is to ask in this run."""

    found: Sequence[Entry] = ()
    fetched: Sequence[Fetched] = ()
    held: Mapping[str, float] = field(default_factory=dict)
    given_back: Mapping[str, float] = field(default_factory=dict)
    given_up: Sequence[str] = ()


def write(db: Connection, sheet: Sheet, *, token: int, run: int, lease: float) -> set[str]:
    """Write all of it, in a transaction of the caller's; the hosts among those named that this worker holds. Of others
    nothing counts that was fetched: whoever holds them fetches it again."""
    found = {entry.host for entry in sheet.found}
    named = sorted({*found, *sheet.held, *sheet.given_back, *(one.host for one in sheet.fetched)})
    if not named:
        return set()
    db.execute(_LOCK, (named, sorted(found)))
    mine = db.execute("SELECT host FROM hosts WHERE host = ANY(%s) AND holder = %s", (named, token))
    ours = {host for (host,) in mine}
    if done := sorted((one for one in sheet.fetched if one.host in ours), key=lambda one: one.id):
        with db.cursor() as cursor:
            cursor.executemany(_DONE, [asdict(one) for one in done])
    add(db, sheet.found)
    if sheet.held:
        db.execute(_RENEW, (lease, list(sheet.held), list(sheet.held.values()), token))
    if sheet.given_up:
        db.execute(_GIVE_UP, (run, list(sheet.given_up), token))
    if sheet.given_back:
        db.execute(_GIVE_BACK, (list(sheet.given_back), list(sheet.given_back.values()), token))
    return ours


def add(db: Connection, entries: Iterable[Entry]) -> None:
    """Queue what is not known yet."""
    # In the order in which they were found, which is that in which they are asked for.
    rows = list(map(new_row, entries))
    if rows:
        db.execute(_ADD, tuple(map(list, zip(*rows, strict=True))))
