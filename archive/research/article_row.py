"""What the search index keeps of a record beside its text: what it is chosen, counted and found again by."""

from enum import StrEnum
from hashlib import blake2b

from archive.exchange import Completeness
from archive.extraction.rules import kind_of
from archive.labels import Label
from archive.records import Record
from archive.warc.index import url_key

#: The columns, in the order of `row_of`. `at` is where its line begins in the file of records (bytes); `key` is the
#: URL as an index of captures has it, `day` that of publication as the source states it, `crawled` the time of the
#: capture; `labels` has a bit for each label, in the order of Label; `trouble` is why it is no whole article; `ruled`
#: counts the blocks that the site's file decided; `same` tells texts that are the same, letter by letter.
COLUMNS = (
    "at", "id", "key", "url", "site", "language", "day", "title", "section", "crawled", "words", "labels",
    "completeness", "obstacle", "trouble", "ruled", "same",
)  # fmt: skip


class Trouble(StrEnum):
    """Why a record is no whole article."""

    OBSTACLE = "obstacle"
    """Something else came than the page."""
    CUT = "cut"
    """The capture holds only the beginning of the answer."""
    EMPTY = "empty"
    """No text was found."""


_BITS = {label: 1 << number for number, label in enumerate(Label)}


def bit_of(label: Label) -> int:
    """The bit of a label in `labels`."""
    return _BITS[label]


def trouble_of(record: Record) -> Trouble | None:
    """Why a record is no whole article."""
    if record.obstacle:
        return Trouble.OBSTACLE
    if record.completeness is not Completeness.WHOLE:
        return Trouble.CUT
    return None if record.text.strip() else Trouble.EMPTY


def row_of(record: Record, at: int) -> tuple[object, ...]:
    """The values of a record whose line begins at that byte."""
    labels = 0
    for block in record.blocks:
        labels |= _BITS[block.label]
    return (
        at,
        None if record.id is None else str(record.id),
        url_key(record.url or ""),
        record.url,
        record.site,
        (record.language or "").lower(),
        (record.date_published or "")[:10] or None,
        record.title,
        record.section,
        record.date_crawled,
        len(record.text.split()),
        labels,
        record.completeness.value,
        record.obstacle.value if record.obstacle else None,
        trouble_of(record),
        sum(kind_of(block.rule).is_of_site for block in record.blocks),
        blake2b(record.text.encode("utf-8", "replace"), digest_size=8).hexdigest() if record.text else None,
    )
