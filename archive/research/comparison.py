"""A whole collection compared with what extraction gives now. Nothing is written."""

from collections.abc import Callable, Iterator
from pathlib import Path

from archive.collection.folder import Collection
from archive.errors import WarcError
from archive.pipeline.record_lines import new_pool, record_lines
from archive.research.comparison_report import Comparison
from archive.research.record_pairs import pairs


def compare_collection(
    collection: Collection, faulty: Callable[[WarcError], None], progress: Callable[[], None] = lambda: None
) -> Comparison:
    """Extract the complete WARC files again and compare. `faulty` is told of files that cannot be read to their end,
    `progress` after each record."""
    collection.require()
    comparison = Comparison()
    with new_pool() as pool:
        for warc in collection.complete_warcs():
            try:
                for pair in pairs(_lines(collection.records_path(warc.name)), record_lines(collection, warc, pool)):
                    comparison.add(pair)
                    progress()
            except WarcError as error:
                faulty(error)
    return comparison


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as lines:
            yield from lines
