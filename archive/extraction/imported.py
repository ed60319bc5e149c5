"""What the source of an imported page or text says of it: facts, which stand before the page's own, and the rest.

It is kept as JSON beside the capture, so that re-extraction makes the same record of it.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic_core import to_jsonable_python

from archive.exchange import Origin
from archive.extraction.charset import printable
from archive.extraction.metadata.dates import parse_date
from archive.extraction.metadata.fact_text import plain
from archive.extraction.metadata.languages import language_tag
from archive.records import Record
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

#: Names that are looked for too where nobody has named a column.
_ALSO = {"authors": ("author",), "date": ("date_published",), "language": ("lang",)}
#: Authors that are taken of one row.
_MOST_AUTHORS = 100


class FactColumns(NamedTuple):
    """The names of the columns that hold facts of a record."""

    title: str = "title"
    authors: str = "authors"
    date: str = "date"
    language: str = "language"


class Imported(BaseModel):
    """What a source says of one page or text. `date` is ISO 8601, `language` a BCP 47 tag; `extra` are its other
    columns, and those that hold no such thing. `is_trusted` says that the whole text is the article, `fault` why there
    is none."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    language: str | None = None
    extra: dict[str, JsonValue] = {}
    is_trusted: bool = False
    fault: str | None = None

    def to_json(self) -> str | None:
        """What of it says something; None where nothing does."""
        said = self.model_dump(exclude_defaults=True)
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None

    def told(self, record: Record) -> Record:
        """A record with these facts in the place of its own."""
        facts = {"title": self.title, "authors": self.authors, "date_published": self.date, "language": self.language}
        known: dict[str, Any] = {name: value for name, value in facts.items() if value}
        if known:
            known["extraction"] = record.extraction.model_copy(update={"imported": tuple(known)})
        return record.model_copy(update={**known, "extra": self.extra}) if known or self.extra else record


def imported_by(origin: Origin) -> Imported:
    """What the source of a capture says of it."""
    if not origin.imported:
        # Of most pages. What checks the values of others is made in a hundredth of the time of a first page.
        return Imported.model_construct()
    try:
        return Imported.model_validate_json(origin.imported)
    except ValidationError:
        note(Warned(WarningKind.DAMAGED, "capture: what its source said of it cannot be read"))
        return Imported()


def imported_of(
    row: Mapping[str, Any], used: Collection[str] = (), columns: FactColumns | None = None, *, trusted: bool = False
) -> Imported:
    """What a row of a table says beside the columns that are `used` already. What cannot be read as the fact that its
    column is for stays in `extra`."""
    columns = columns or FactColumns()
    names = {fact: _name(row, fact, getattr(columns, fact)) for fact in ("title", "authors", "date", "language")}
    title, authors, stated, tongue = (row.get(name) for name in names.values())
    language = language_tag(tongue) if isinstance(tongue, str) else None
    facts: dict[str, Any] = {
        "title": plain(printable(title)) or None if isinstance(title, str) else None,
        "authors": tuple(dict.fromkeys(_authors(authors)))[:_MOST_AUTHORS],
        "date": _day_or_time(stated, language),
        "language": language,
    }
    taken = {names[fact] for fact, value in facts.items() if value} | set(used)
    extra = {_whole(str(name)): value for name, value in row.items() if name not in taken}
    return Imported(**facts, extra=_as_json(extra), is_trusted=trusted)


def _name(row: Mapping[str, Any], fact: str, column: str) -> str:
    others = _ALSO.get(fact, ()) if column == getattr(FactColumns(), fact) else ()
    return next((name for name in (column, *others) if row.get(name) is not None), column)


def _authors(value: Any) -> Iterator[str]:
    """Names in a list, of objects with a name too, or one after another in a text."""
    if isinstance(value, str):
        names = value.split(";") if ";" in value else [value]
        yield from filter(None, (plain(printable(name)) for name in names))
    elif isinstance(value, Mapping):
        yield from _authors(value.get("name"))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _authors(each)


def _day_or_time(value: Any, language: str | None) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return parse_date(value, language=language) if isinstance(value, str) else None


def _as_json(extra: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it: times as ISO 8601, bytes as base64, NaN as null, half surrogate pairs as `?`."""
    options: dict[str, Any] = {"bytes_mode": "base64", "inf_nan_mode": "null", "fallback": str}
    text = json.dumps(to_jsonable_python(extra, **options), ensure_ascii=False)
    found: dict[str, Any] = json.loads(_whole(text), parse_constant=lambda _: None)
    return found


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
