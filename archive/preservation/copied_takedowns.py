"""What was rewritten or removed on purpose, by the collection's takedowns.jsonl: copies follow it."""

from collections import defaultdict
from datetime import datetime

from archive.collection.folder import Collection
from archive.preservation.fixity import KnownDigest
from archive.preservation.takedown_log import read_takedowns

#: Where that lies which is made of captures and goes with them.
_DERIVED = ("records/", "memory/")


class Takedowns:
    """The WARC files that takedowns rewrote, with their digests before and after, and when the last one was."""

    def __init__(self, collection: Collection) -> None:
        """Raises CollectionError for a log that cannot be read."""
        self._before: dict[str, set[str]] = defaultdict(set)
        self._after: dict[str, set[str]] = defaultdict(set)
        self._last = 0.0
        for takedown in read_takedowns(collection.path):
            self._last = max(self._last, datetime.fromisoformat(takedown.at).timestamp())
            for warc in takedown.warcs:
                self._before[f"archive/{warc.filename}"].add(warc.sha256_before)
                self._after[f"archive/{warc.filename}"].add(warc.sha256_after)

    def explain(self, known: KnownDigest, digest: str) -> bool:
        """Whether takedowns made of the file that was known the one that has this digest."""
        return known.sha256 in self._before.get(known.name, ()) and digest in self._after.get(known.name, ())

    def removed(self, known: KnownDigest) -> bool:
        """Whether a file that is gone from the collection went with a takedown: the torn end of a WARC that was
        rewritten, or what had been made of captures before."""
        if known.name.startswith("archive/"):
            whole, torn, _ = known.name.partition(".torn-")
            return bool(torn) and whole in self._before
        return known.name.startswith(_DERIVED) and known.taken < self._last
