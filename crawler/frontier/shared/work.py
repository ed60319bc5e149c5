"""The run that workers share: who takes part, what each came to, and who is the last to leave."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crawler.frontier.shared.holding import LEASE, MOST
from crawler.frontier.shared.server import CLOCK, JOINING, Connection, Server

_ALIVE = f"ended IS NULL AND seen > {CLOCK} - %s"
_HELD = "UPDATE frontier SET state = 'queued' WHERE state = 'held'"


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker of a run came to: its part of the report, None where it was killed."""

    worker: str
    articles: int
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A run and this worker's number in it. `began` is by the server's clock; `is_new` where nobody is in it yet, and
    `left` are then the parts of the run before, if nobody was there to put them together, by its name."""

    run: int
    token: int
    name: str
    began: float
    is_new: bool
    left: Mapping[str, list[Part]]


def join(server: Server, worker: str, name: str) -> Joined:
    """Take part in the run that goes on, or begin one of this name."""
    return server.run(lambda db: _join(db, worker, name))


def _join(db: Connection, worker: str, name: str) -> Joined:
    db.execute("SELECT pg_advisory_xact_lock(%s)", (JOINING,))
    going_on = db.execute(
        f"SELECT id, name, began FROM runs WHERE ended IS NULL AND EXISTS "  # noqa: S608 - our own words
        f"(SELECT 1 FROM workers WHERE run = runs.id AND {_ALIVE}) ORDER BY id DESC LIMIT 1",
        (LEASE,),
    ).fetchone()
    left: dict[str, list[Part]] = {}
    if going_on:
        run, name, began = going_on
    else:
        for number, ended in db.execute(f"UPDATE runs SET ended = {CLOCK} WHERE ended IS NULL RETURNING id, name"):  # noqa: S608
            left[ended] = _parts(db, number)
        db.execute(_HELD)
        run, began = _one(db, f"INSERT INTO runs (name, began) VALUES (%s, {CLOCK}) RETURNING id, began", name)  # noqa: S608
    token = _one(
        db,
        f"INSERT INTO workers (name, run, began, seen) VALUES (%s, %s, {CLOCK}, {CLOCK}) RETURNING id",  # noqa: S608
        worker,
        run,
    )[0]
    return Joined(run, token, name, began, not going_on, left)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a run goes, at `now` by the server's clock: `elsewhere` are the articles of its other workers, `share` is how
    many of the hosts with something to do are one worker's, if each has as many, and `given_up` those that nobody is to
    ask any more."""

    now: float
    elsewhere: int
    share: int
    given_up: frozenset[str]


def beat(db: Connection, token: int, run: int, articles: int) -> Pulse:
    """Be alive, in a transaction of the caller's, and see how the run goes."""
    db.execute(f"UPDATE workers SET seen = {CLOCK}, articles = %s WHERE id = %s", (articles, token))  # noqa: S608
    counts = (
        f"SELECT {CLOCK}, COALESCE(SUM(articles) FILTER (WHERE id != %s), 0), COUNT(*) FILTER (WHERE {_ALIVE}) "  # noqa: S608
        "FROM workers WHERE run = %s"
    )
    now, elsewhere, workers = _one(db, counts, token, LEASE, run)
    # More than all of them can hold need not be counted.
    awake = "SELECT COUNT(*) FROM (SELECT 1 FROM hosts WHERE next_at < 'Infinity' LIMIT %s) AS awake"
    hosts = _one(db, awake, MOST * max(workers, 1))[0]
    given_up = db.execute("SELECT host FROM hosts WHERE given_up = %s", (run,))
    share = max(1, math.ceil(hosts / max(workers, 1)))
    return Pulse(float(now), int(elsewhere), share, frozenset(host for (host,) in given_up))


def leave(server: Server, joined: Joined, part: Mapping[str, Any]) -> list[Part] | None:
    """Hand in this worker's part; the parts of all where this is the last one. What was left alone is queued then."""

    def left(db: Connection) -> list[Part] | None:
        db.execute("SELECT pg_advisory_xact_lock(%s)", (JOINING,))
        db.execute(f"UPDATE workers SET ended = {CLOCK}, part = %s WHERE id = %s", (json.dumps(part), joined.token))  # noqa: S608
        others = f"SELECT COUNT(*) FROM workers WHERE run = %s AND {_ALIVE}"  # noqa: S608
        if _one(db, others, joined.run, LEASE)[0]:
            return None
        db.execute(f"UPDATE runs SET ended = {CLOCK} WHERE id = %s", (joined.run,))  # noqa: S608
        db.execute(_HELD)
        return _parts(db, joined.run)

    return server.run(left)


def _parts(db: Connection, run: int) -> list[Part]:
    rows = db.execute("SELECT name, articles, part FROM workers WHERE run = %s ORDER BY id", (run,))
    return [Part(name, articles, None if part is None else json.loads(part)) for name, articles, part in rows]


def _one(db: Connection, statement: str, *values: object) -> tuple[Any, ...]:
    row = db.execute(statement, values).fetchone()
    assert row is not None  # noqa: S101 - these always give one
    return row
