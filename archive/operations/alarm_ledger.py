"""alarms.sqlite: the alarms in force, and the messages that receivers have not had yet.

What begins or ends is kept together with its messages in one step. So after a crash nothing is told twice that was
told before, and nothing is forgotten; only a message that was just being delivered may come twice, with the same id.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.collection.folder import Collection
from archive.collection.sqlite_file import as_collection_error, open_database
from archive.errors import CollectionError
from archive.operations.alarm_conditions import AlarmChange, AlarmKind, Condition, Event, Key, changes

_SCHEMA = """
CREATE TABLE IF NOT EXISTS in_force (
    kind TEXT, subject TEXT, sentence TEXT NOT NULL, since REAL NOT NULL, PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY, receiver TEXT NOT NULL, message TEXT NOT NULL, made REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class AlarmMessage:
    """What receivers are told. `id` stays the same if it is delivered twice; `since` is when the condition began and
    `at` when this happened, both UTC in ISO 8601."""

    id: str
    event: Event
    kind: str
    collection: str
    subject: str
    sentence: str
    since: str
    at: str


@dataclass(frozen=True, slots=True)
class InForce:
    """An alarm, and since when (seconds since the epoch)."""

    condition: Condition
    since: float


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A message that one receiver has not had yet, how often that was tried, and when it was made (seconds since the
    epoch)."""

    number: int
    receiver: str
    message: AlarmMessage
    attempts: int
    made: float


class AlarmLedger:
    """The database."""

    def __init__(self, collection: Collection, new_id: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._name = collection.path.resolve().name
        self._new_id = new_id
        with as_collection_error(collection.alarms, "Move it away: alarms then begin anew."):
            self._db = open_database(collection.alarms, _SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def in_force(self) -> dict[Key, InForce]:
        """The alarms in force, the oldest first."""
        rows = self._db.execute("SELECT kind, subject, sentence, since FROM in_force ORDER BY since, kind, subject")
        found = [
            InForce(Condition(AlarmKind(kind), subject, sentence), since) for kind, subject, sentence, since in rows
        ]
        return {each.condition.key: each for each in found}

    def look(self, conditions: Iterable[Condition], receivers: Sequence[str], now: float) -> list[AlarmMessage]:
        """Keep what is wrong now; the messages about what has begun and ended since the last look, which every
        receiver will have."""
        current = list(conditions)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            before = self.in_force()
            found = changes({key: each.condition for key, each in before.items()}, current)
            messages = [self._change(change, before, now) for change in found]
            for condition in current:
                self._db.execute(
                    "UPDATE in_force SET sentence = ? WHERE kind = ? AND subject = ?",
                    (condition.sentence, condition.kind.value, condition.subject),
                )
            for message in messages:
                self._post(message, receivers, now)
        return messages

    def _change(self, change: AlarmChange, before: dict[Key, InForce], now: float) -> AlarmMessage:
        condition = change.condition
        if change.event is Event.BEGIN:
            self._db.execute(
                "INSERT INTO in_force VALUES (?, ?, ?, ?)",
                (condition.kind.value, condition.subject, condition.sentence, now),
            )
            return self._message(change.event, condition.kind, condition.subject, condition.sentence, now, now)
        self._db.execute("DELETE FROM in_force WHERE kind = ? AND subject = ?", condition.key)
        since = before[condition.key].since
        return self._message(change.event, condition.kind, condition.subject, condition.sentence, since, now)

    def _message(self, event: Event, kind: str, subject: str, sentence: str, since: float, at: float) -> AlarmMessage:
        return AlarmMessage(self._new_id(), event, kind, self._name, subject, sentence, _written(since), _written(at))

    def test_message(self, now: float) -> AlarmMessage:
        """A message that says that nothing is wrong and that it came through."""
        return self._message(Event.TEST, "test", "", "This is a test: alarms of this collection reach you.", now, now)

    def _post(self, message: AlarmMessage, receivers: Sequence[str], now: float) -> None:
        told = json.dumps([getattr(message, name) for name in message.__slots__])
        self._db.executemany(
            "INSERT INTO outbox (receiver, message, made, due) VALUES (?, ?, ?, ?)",
            [(receiver, told, now, now) for receiver in receivers],
        )

    def pending(self, receiver: str | None = None) -> Iterator[PendingMessage]:
        """What is still to be delivered, to one receiver or to all, in the order in which it happened."""
        rows = self._db.execute(
            "SELECT number, receiver, message, attempts, made FROM outbox WHERE ?1 IS NULL OR receiver = ?1 "
            "ORDER BY number",
            (receiver,),
        ).fetchall()
        for number, to, told, attempts, made in rows:
            yield PendingMessage(number, to, _read(told), attempts, made)

    def is_due(self, receiver: str, now: float) -> bool:
        """Whether a receiver that could not be reached may be tried again."""
        query = "SELECT due FROM outbox WHERE receiver = ? ORDER BY number LIMIT 1"
        row = self._db.execute(query, (receiver,)).fetchone()
        return row is not None and row[0] <= now

    def drop(self, number: int) -> None:
        """A message was delivered, or is given up."""
        self._db.execute("DELETE FROM outbox WHERE number = ?", (number,))

    def put_off(self, number: int, due: float) -> None:
        """A message could not be delivered; when to try again."""
        self._db.execute("UPDATE outbox SET attempts = attempts + 1, due = ? WHERE number = ?", (due, number))


def _read(told: str) -> AlarmMessage:
    try:
        identity, event, *rest = json.loads(told)
        return AlarmMessage(identity, Event(event), *rest)
    except (ValueError, TypeError, RecursionError) as error:
        raise CollectionError(
            "alarms.sqlite holds a message that is none. Delete it: what is still so is told anew."
        ) from error


def _written(moment: float) -> str:
    return datetime.fromtimestamp(int(moment), UTC).isoformat().replace("+00:00", "Z")


@contextmanager
def open_ledger(collection: Collection) -> Iterator[AlarmLedger]:
    """The ledger of a collection. Raises CollectionError if it cannot be used."""
    with as_collection_error(collection.alarms), closing(AlarmLedger(collection)) as ledger:
        yield ledger
