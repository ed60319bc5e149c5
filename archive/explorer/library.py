"""The collections that are shown, by name, and what of them is kept between two pages."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.operations.report_figures import CollectionReport, collection_report
from archive.records import Record
from archive.research.article_search import ArticleSearch
from archive.research.troubled_articles import counts
from archive.whole_file import is_plain_name

#: Seconds between two looks for what is new.
_LOOK_EVERY = 5.0


class Holding:
    """One collection that is shown. All of it is used in one thread."""

    def __init__(self, name: str, collection: Collection) -> None:
        self.name = name
        self.collection = collection
        self._search: ArticleSearch | None = None
        self._looked = 0.0
        self._troubles: tuple[tuple[int, int], Counter[tuple[str, str]]] | None = None
        self._report: tuple[object, CollectionReport] | None = None

    def troubles(self) -> Counter[tuple[str, str]]:
        """How many records of each site have each trouble; counted again once the index has changed."""
        version = self.search.index.version()
        if self._troubles is None or self._troubles[0] != version:
            self._troubles = version, counts(self.search.index)
        return self._troubles[1]

    def begin(self, progress: Callable[[int], None]) -> None:
        """Take in what the index does not know yet. Raises CollectionError."""
        self._search = self._search or ArticleSearch(self.collection)
        self._search.index.catch_up(progress)
        self._looked = monotonic()

    @property
    def search(self) -> ArticleSearch:
        """The search of its articles, which knows what came in the meantime. Raises CollectionError."""
        if self._search is None or monotonic() - self._looked > _LOOK_EVERY:
            self.begin(lambda _: None)
        assert self._search is not None  # noqa: S101 - begun
        return self._search

    def look_again(self) -> None:
        """Look for what is new before anything else is shown."""
        self._looked = -_LOOK_EVERY

    def close(self) -> None:
        """Let go of its files."""
        if self._search:
            self._search.close()

    def record(self, record_id: str) -> Record:
        """The record with this id. Raises CollectionError if there is none."""
        for file, at in self.search.index.rows("file, at", "id = ?", record_id):
            return self.record_at(file, at)
        raise CollectionError(f"{self.name} has no record {record_id!r}.")

    def record_at(self, file: str, at: int) -> Record:
        """The record whose line begins at that byte of a file of records. Raises CollectionError."""
        if not is_plain_name(file):
            raise CollectionError(f"The search index of {self.name} names {file!r}; delete it, and it is made anew.")
        path = self.collection.records / file
        try:
            with path.open("rb") as lines:
                lines.seek(at)
                return Record.from_line(lines.readline())
        except (OSError, ValueError) as error:
            self.look_again()
            raise CollectionError(f"{path} has changed since it was indexed. Load the page again.") from error

    def report(self) -> CollectionReport:
        """How it fares; read again once a file that it is read from has changed. Raises CollectionError."""
        stamp = tuple(_stamps(self.collection))
        if self._report is None or self._report[0] != stamp:
            self._report = stamp, collection_report(self.collection, datetime.now(UTC))
        return self._report[1]


def _stamps(collection: Collection) -> Iterator[tuple[str, int, int]]:
    """What the files that a report is read from are by now."""
    sources = (collection.index, collection.crawls, collection.schedule, collection.alarms, collection.fixity)
    for path in (*sources, collection.settings, collection.archive):
        for file in (path, path.with_name(path.name + "-wal")):
            if file.exists():
                known = file.stat()
                yield file.name, known.st_mtime_ns, known.st_size
    yield "day", datetime.now(UTC).toordinal(), 0


class Library:
    """Collections by name, in the order that they were given: the names of their folders, told apart by a number where
    two are the same. Raises CollectionError for what is none."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._holdings: dict[str, Holding] = {}
        for path in paths:
            base = name = path.resolve().name or "collection"
            number = 1
            while name in self._holdings:
                number += 1
                name = f"{base}-{number}"
            self._holdings[name] = Holding(name, Collection(path).require())

    def holding(self, name: str) -> Holding:
        """The one of this name. Raises CollectionError if there is none."""
        if name not in self._holdings:
            raise CollectionError(f"There is no collection {name!r} here.")
        return self._holdings[name]

    def __iter__(self) -> Iterator[Holding]:
        return iter(self._holdings.values())

    def __len__(self) -> int:
        return len(self._holdings)

    def close(self) -> None:
        """Let go of all files."""
        for holding in self:
            holding.close()
