"""Record lines after a takedown: those of removed captures go, the others tell where their captures lie now.

Lines are patched, not made anew: a takedown must not also change records by newer code. Those of captures that hold a
payload only now are made by extraction.
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from hashlib import sha256
from heapq import merge
from pathlib import Path
from tempfile import TemporaryFile

from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.collection.pending_takedown import Stage
from archive.collection.records_file import replaced_folder, write_packed
from archive.errors import CollectionError
from archive.exchange import Place
from archive.extraction.memory.recall import EXCERPT
from archive.pipeline.captures import read_capture
from archive.pipeline.record_lines import Task, new_pool
from archive.preservation.takedown_rewriting import Moved
from archive.preservation.takedown_stories import JOINED
from archive.records import Record


class Lines:
    """Rewrites the records of one WARC. `excerpts` counts, over all files, on how many removed captures the beginning
    of a block stood: site memories know texts by it."""

    def __init__(self, collection: Collection, stage: Stage) -> None:
        self.excerpts: Counter[str] = Counter()
        self._collection = collection
        self._stage = stage

    def rewrite(
        self, warc: str, places: Mapping[str, Moved], removed: Set[str], made: Iterable[tuple[int, bytes]]
    ) -> None:
        """The records file of a WARC, and what re-extraction replaced of it. `made` are offset and line of captures
        that have no record yet. Raises CollectionError at a line that is no record: nothing tells whose it is."""
        path = self._collection.records_path(warc)
        if path.exists():
            with self._stage.place(path).open("wb") as new, path.open("rb") as old:
                kept = self._kept(old, path, places, removed)
                new.writelines(line for _, line in merge(kept, made, key=lambda pair: pair[0]))
        for replaced in sorted(replaced_folder(path).glob("*.jsonl.gz")):
            self._replaced(replaced, places, removed)

    def follow(self, warcs: Set[str], places: Mapping[str, Moved]) -> None:
        """The records of WARC files that are not rewritten, where they name pages in those that are (`warcs`)."""
        names = [f'"filename":"{warc}"'.encode() for warc in warcs]
        rewritten = {self._collection.records_path(warc) for warc in warcs}
        for path in sorted(set(self._collection.records.glob("*.jsonl")) - rewritten):
            with path.open("rb") as lines:
                is_meant = any(JOINED in line and any(name in line for name in names) for line in lines)
            if is_meant:
                with self._stage.place(path).open("wb") as new, path.open("rb") as old:
                    new.writelines(line for _, line in self._kept(old, path, places, frozenset()))

    def _replaced(self, path: Path, places: Mapping[str, Moved], removed: Set[str]) -> None:
        with gzip.open(path, "rb") as old, TemporaryFile(dir=self._stage.place(path).parent) as new:
            digest = sha256()
            for _, line in self._kept(old, path, places, removed, count=False):
                digest.update(line)
                new.write(line)
            new.seek(0)
            version = path.name.rpartition("-")[0]
            named = path.with_name(f"{version}-{digest.hexdigest()[:16]}.jsonl.gz")
            write_packed(self._stage.place(named), new)
        if named != path:
            self._stage.remove(path)

    def _kept(
        self,
        lines: Iterable[bytes],
        path: Path,
        places: Mapping[str, Moved],
        removed: Set[str],
        count: bool = True,
    ) -> Iterator[tuple[int, bytes]]:
        for number, line in enumerate(lines, 1):
            try:
                record = Record.from_line(line)
            except ValueError as error:
                raise CollectionError(
                    f"{path}:{number}: not a record line; run `cleancopy extract {self._collection.path}` first"
                ) from error
            if record.id in removed:
                if count:
                    self.excerpts.update({block.text[:EXCERPT] for block in record.blocks})
                continue
            offset = record.warc.offset if record.warc else 0
            if record.warc is None or places.keys().isdisjoint({str(record.id or ""), *_pages(record.warc)}):
                yield offset, line
                continue
            place = _moved(record.warc, places)
            yield place.offset, record.model_copy(update={"warc": place}).to_line()


def _pages(place: WarcPlace) -> list[str]:
    return [page.record_id or "" for page in place.pages]


def _moved(place: WarcPlace, places: Mapping[str, Moved]) -> WarcPlace:
    """A place, and those of a story's other pages, as they are now."""
    pages = tuple(
        page.model_copy(update={"offset": moved.offset, "length": moved.length})
        if (moved := places.get(page.record_id or ""))
        else page
        for page in place.pages
    )
    moved = places.get(place.record_id or "")
    now = {"offset": moved.offset, "length": moved.length} if moved else {}
    return place.model_copy(update={**now, "pages": pages})


def new_lines(collection: Collection, warc: Path, places: Iterable[Moved]) -> list[tuple[int, bytes]]:
    """Offset and record line of captures in a new WARC file, as far as they are articles."""
    found = [Place(warc.name, moved.offset, moved.length) for moved in places]
    articles = [place for place in found if read_capture(warc, place, max_body=0).may_have_record]
    if not articles:
        return []
    with new_pool() as pool:
        tasks = [Task(collection.path, place, warc) for place in articles]
        made = zip((place.offset for place in articles), pool.map(tasks), strict=True)
        return [(offset, line.content) for offset, line in made if line.content]
