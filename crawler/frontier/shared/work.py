"""The run that workers share: who takes part, what each came to, and who is the last to leave."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from socket import gethostname
from typing import Any

from archive.errors import CollectionError
from archive.operations.shared_server import CLOCK
from crawler.frontier.shared.holding import LEASE, MOST
from crawler.frontier.shared.server import JOINING, Connection, Server

_ALIVE = f"ended IS NULL AND seen > {CLOCK} - %s"
#: Seconds that whoever writes a run's report has for that; after them another one does.
_WRITES = 300.0
_HELD = "UPDATE frontier SET state = 'queued' WHERE state = 'held'"


class Kind(StrEnum):
    """What a run is for. Those of one kind share a run; another kind waits for them to end."""

    CRAWL = "crawl"
    DISCOVER = "discover"
    SCHEDULE = "schedule run"


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker of a run came to: its part of the report, None where it was killed."""

    worker: str
    articles: int
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A run and this worker's number in it. `began` is by the server's clock; `is_new` where nobody is in it yet, and
    `left` are the parts of runs before, by their names, that nobody was there to put together: whoever joined does, and
    says so with `reported`."""

    run: int
    token: int
    name: str
    began: float
    is_new: bool
    left: Mapping[str, list[Part]]


def join(server: Server, worker: str, name: str, kind: Kind = Kind.CRAWL) -> Joined:
    """Take part in the run of this kind that goes on, or begin one of this name. Raises CollectionError while workers
    of another kind are at work."""
    return server.run(lambda db: _join(db, worker, name, kind))


def _join(db: Connection, worker: str, name: str, kind: Kind) -> Joined:
    db.execute("SELECT pg_advisory_xact_lock(%s)", (JOINING,))
    going_on = db.execute(
        f"SELECT id, name, began, kind FROM runs WHERE ended IS NULL AND EXISTS "  # noqa: S608 - our own words
        f"(SELECT 1 FROM workers WHERE run = runs.id AND {_ALIVE}) ORDER BY id DESC LIMIT 1",
        (LEASE,),
    ).fetchone()
    if going_on and going_on[3] != kind:
        raise CollectionError(f"workers of `cleancopy {going_on[3]}` are at this frontier. Wait for them to end.")
    if going_on:
        run, name, began, _ = going_on
    else:
        db.execute(f"UPDATE runs SET ended = {CLOCK} WHERE ended IS NULL")  # noqa: S608
        db.execute(_HELD)
        begun = f"INSERT INTO runs (name, kind, began, reported) VALUES (%s, %s, {CLOCK}, %s) RETURNING id, began"  # noqa: S608
        # The runs of a schedule's sites have reports of their own.
        run, began = _one(db, begun, name, kind.value, kind is Kind.SCHEDULE)
    token = _one(
        db,
        f"INSERT INTO workers (name, run, machine, began, seen) VALUES (%s, %s, %s, {CLOCK}, {CLOCK}) RETURNING id",  # noqa: S608
        worker,
        run,
        gethostname(),
    )[0]
    return Joined(run, token, name, began, not going_on, _unreported(db))


def _unreported(db: Connection) -> dict[str, list[Part]]:
    """The runs that are over and have no report, which the caller is to write."""
    taken = (
        f"UPDATE runs SET report_by = {CLOCK} + %s WHERE ended IS NOT NULL AND NOT reported "  # noqa: S608
        f"AND COALESCE(report_by, 0) < {CLOCK} RETURNING id, name"
    )
    return {name: _parts(db, number) for number, name in db.execute(taken, (_WRITES,)).fetchall()}


def reported(server: Server, name: str) -> None:
    """The report of the run of this name is on disk."""
    server.execute("UPDATE runs SET reported = true WHERE name = ? AND ended IS NOT NULL", (name,))


def is_doing(server: Server, joined: Joined, what: str) -> None:
    """Say for `--status` what a worker does, other than asking hosts."""
    server.execute(f"UPDATE workers SET doing = ?, seen = {CLOCK} WHERE id = ?", (what, joined.token))  # noqa: S608


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


@dataclass(frozen=True, slots=True)
class Left:
    """How a run stands that a worker has left, at that time by the server's clock. `parts` are those of all where it
    was the last one; `silent` are workers that may be dead, where none was heard of since then: look again."""

    at: float
    parts: list[Part] | None = None
    silent: tuple[str, ...] = ()


def leave(server: Server, joined: Joined, part: Mapping[str, Any]) -> Left:
    """Hand in this worker's part. What was left alone is queued once the last one has left."""

    def left(db: Connection) -> Left:
        db.execute("SELECT pg_advisory_xact_lock(%s)", (JOINING,))
        ended = f"UPDATE workers SET ended = {CLOCK}, part = %s WHERE id = %s RETURNING ended"  # noqa: S608
        at = float(_one(db, ended, json.dumps(part), joined.token)[0])
        was_over = db.execute("SELECT 1 FROM runs WHERE id = %s AND ended IS NOT NULL", (joined.run,)).fetchone()
        # Others took this worker for dead. The report is made once more, with its part.
        return Left(at, _parts(db, joined.run)) if was_over else _left(db, joined, at)

    return server.run(left)


def look_again(server: Server, joined: Joined, left: Left) -> Left:
    """Whether those that were silent have been heard of, or are dead by now."""
    return server.run(lambda db: _left(db, joined, left.at))


def _left(db: Connection, joined: Joined, at: float) -> Left:
    db.execute("SELECT pg_advisory_xact_lock(%s)", (JOINING,))
    others = db.execute(f"SELECT name, seen FROM workers WHERE run = %s AND {_ALIVE}", (joined.run, LEASE)).fetchall()  # noqa: S608
    if others:
        heard = any(seen > at for _, seen in others)
        return Left(at, silent=() if heard else tuple(sorted(name for name, _ in others)))
    over = f"UPDATE runs SET ended = {CLOCK}, report_by = {CLOCK} + %s WHERE id = %s AND ended IS NULL"  # noqa: S608
    if not db.execute(over, (_WRITES, joined.run)).rowcount:
        return Left(at)
    db.execute(_HELD)
    return Left(at, _parts(db, joined.run))


def _parts(db: Connection, run: int) -> list[Part]:
    rows = db.execute("SELECT name, articles, part FROM workers WHERE run = %s ORDER BY id", (run,))
    return [Part(name, articles, None if part is None else json.loads(part)) for name, articles, part in rows]


def _one(db: Connection, statement: str, *values: object) -> tuple[Any, ...]:
    row = db.execute(statement, values).fetchone()
    assert row is not None  # noqa: S101 - these always give one
    return row
