"""What was rewritten or removed on purpose, by the collection's takedowns.jsonl: copies follow it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from archive.collection import Collection
from archive.copies.fixity import Known
from archive.errors import CollectionError


class Takedowns:
    """The WARC files that takedowns rewrote, with their digests before and after, and when the last one was."""

    def __init__(self, collection: Collection) -> None:
        self._before: dict[str, set[str]] = defaultdict(set)
        self._after: dict[str, set[str]] = defaultdict(set)
        self._last = 0.0
        for takedown in _takedowns(collection):
            self._last = max(self._last, datetime.fromisoformat(takedown["at"]).timestamp())
            for warc in takedown["warcs"]:
                name = f"archive/{warc['filename']}"
                self._before[name].add(warc["sha256_before"])
                self._after[name].add(warc["sha256_after"])

    def explain(self, known: Known, digest: str) -> bool:
        """Whether takedowns made of the file that was known the one that has this digest."""
        return known.sha256 in self._before.get(known.name, ()) and digest in self._after.get(known.name, ())

    def removed(self, known: Known) -> bool:
        """Whether a file that is gone from the collection went with a takedown: the torn end of a WARC that was
        rewritten, or what had been made of captures before."""
        if known.name.startswith("archive/"):
            whole, torn, _ = known.name.partition(".torn-")
            return bool(torn) and whole in self._before
        return known.taken < self._last


def _takedowns(collection: Collection) -> Iterator[Any]:
    path = collection.path / "takedowns.jsonl"
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise CollectionError(f"{path}:{number}: this is no takedown: {error}") from error
            if entry.get("kind") == "takedown":
                yield entry
