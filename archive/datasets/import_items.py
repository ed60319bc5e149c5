"""What is imported, one by one, and what cannot be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol

from archive.extraction.imported import FactColumns

#: Bytes of one page or text; what is longer is reported and passed over.
LONGEST = 100_000_000
HTML, TEXT = "text/html", "text/plain"


@dataclass(frozen=True, slots=True)
class Item:
    """A page or text. `via` names its file and its place there; without a `url` it has that of its file. `captured`
    (UTC) is when it was fetched, if the source says so; `title` and `date` are the source's own words,
    `imported` all that it says beside them, as JSON (archive/extraction/imported.py)."""

    via: str
    content: bytes
    content_type: str
    url: str
    title: str | None = None
    date: str | None = None
    captured: datetime | None = None
    imported: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response that is in a WARC already: the gzip members to be copied, of it and of what belongs to it and stands
    before or behind it, and its record's id and URL."""

    via: str
    before: tuple[bytes, ...]
    member: bytes
    behind: tuple[bytes, ...]
    record_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Bad:
    """What cannot be imported, and why. With `note` it is no fault, such as a page that is no article. Of a line or
    file, `stand_in` is what can be imported in its place."""

    via: str
    reason: str
    note: bool = False
    stand_in: Item | None = None


Found = Item | Response | Bad
#: Told the bytes, lines or files that were read since it was last told.
Progress = Callable[[float], None]


class ImportSource(Protocol):
    """One thing to import. `size` and `unit` say how much `items` tells its progress of."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> float | None: ...

    @property
    def unit(self) -> str: ...

    def items(self, progress: Progress) -> Iterator[Found]:
        """Everything that it holds, in its order."""


@dataclass(frozen=True, slots=True)
class ImportColumns:
    """The names of what is read from a table or from JSON lines."""

    html: str = "html"
    text: str = "text"
    url: str = "url"
    title: str = "title"
    date: str = "date"
    captured: str = "date_crawled"
    authors: str = "authors"
    language: str = "language"
    #: Whether a text is the article as a whole.
    trust_text: bool = False

    @property
    def facts(self) -> FactColumns:
        """Those that hold facts of the record."""
        return FactColumns(self.title, self.authors, self.date, self.language)

    @property
    def named(self) -> list[str]:
        """Those that are not what they are by default: a user has named them, and they must be there."""
        default = ImportColumns()
        names = (field.name for field in fields(self) if field.type is str)
        return [getattr(self, name) for name in names if getattr(self, name) != getattr(default, name)]
