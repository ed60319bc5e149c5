"""Collections of as many records as wanted, made from the records of real pages."""

import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

from archive.collection.folder import Collection

_ID = re.compile(rb'"id":"[^"]*","url":"([^"]*)"')
#: Records of one file, as many as a WARC of a gigabyte gives.
_FILE = 10_000


def multiply(collection: Collection, records: int) -> None:
    """Write `records` records in place of the collection's own, each with an id and a URL of its own."""
    paths = sorted(collection.records.glob("*.jsonl"))
    base = [line for path in paths for line in path.read_bytes().splitlines(keepends=True)]
    for path in paths:
        path.unlink()
    lines = islice(_renamed(base), records)
    for number in range(-(-records // _FILE)):
        with Path(collection.records / f"many-{number:05}.jsonl").open("wb") as file:
            file.writelines(islice(lines, _FILE))


def _renamed(base: list[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(cycle(base)):
        own = rb'"id":"%s","url":"\1?copy=%d"' % (str(UUID(int=number)).encode(), number)
        yield _ID.sub(own, line, count=1)
