"""A shared frontier that knows some addresses only as taken down."""

import json
from collections.abc import Callable
from contextlib import closing

from archive.collection.failure import FailureKind
from archive.exchange import Origin, Purpose
from crawler.frontier.shared.server import Connection, Server

_FORGET = """
UPDATE frontier SET state = 'failed', kind = %s, detail = NULL, origin = %s, target = NULL, status = NULL, etag = NULL,
    last_modified = NULL WHERE id = %s
"""
#: Rows that are read at a time: a frontier may have a billion.
_AT_A_TIME = 10_000


def forget_shared(url: str, covers: Callable[[str], bool]) -> None:
    """Do so for the addresses that are covered, in what lists said of them and in the payloads that were seen. Done
    again it comes to the same. Raises CollectionError."""
    with closing(Server(url)) as server:
        server.run(lambda db: _forget(db, covers))


def _forget(db: Connection, covers: Callable[[str], bool]) -> None:
    with db.cursor("known") as rows, db.cursor() as writing:
        rows.itersize = _AT_A_TIME
        for number, url, purpose in rows.execute("SELECT id, url, origin ->> 'purpose' FROM frontier"):
            if covers(url):
                bare = json.dumps(Origin(purpose=Purpose(purpose))._asdict())
                writing.execute(_FORGET, (FailureKind.TAKEN_DOWN.value, bare, number))
    for table, column in (("originals", "url"), ("latest", "asked"), ("latest", "url")):
        with db.cursor("seen") as rows, db.cursor() as writing:
            rows.itersize = _AT_A_TIME
            for (url,) in rows.execute(f"SELECT DISTINCT {column} FROM {table}"):  # noqa: S608 - our own names
                if covers(url):
                    writing.execute(f"DELETE FROM {table} WHERE {column} = %s", (url,))  # noqa: S608
