"""corrections.jsonl: what people put right in a collection's records; it wins whenever the records are made anew.

A line for each correction, in the order in which they were made; the last one on the same block or field holds, and one
that takes it back is a line too. A correction is on a payload: it holds for every capture of the same bytes, and for no
later version of the page. Of a block it names the XPath and, where several blocks share one or none has any, the text
by its digest; the file holds no text of a page but the values that people gave.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError, model_validator

from archive.collection.locked_file import append
from archive.errors import CollectionError
from archive.labels import Label
from archive.records import Record, fault_of

LOG = "corrections.jsonl"
#: The fields that can be corrected. The text of a record is that of its blocks.
FieldName = Literal[
    "title", "standfirst", "description", "authors", "byline", "date_published", "date_modified", "language",
    "publisher", "section", "keywords", "is_accessible_for_free", "license", "copyright_notice", "canonical_url",
]  # fmt: skip
FIELDS: tuple[str, ...] = get_args(FieldName)
#: Hexadecimal digits of a text's digest: enough to tell the blocks of one page apart.
_DIGITS = 16
#: A block's XPath and text.
Place = tuple[str | None, str]
Target = tuple[str, str | None, str | None, str | None]


class Correction(BaseModel):
    """One line. `at` is UTC; `payload_digest` and `url` are those of the capture. It gives a block its `label`, or a
    `field` its `value`; with `taken_back` it ends the correction before it. `before` is what stood there."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: datetime
    who: str = Field(max_length=400)
    url: str | None
    payload_digest: str = Field(min_length=1, max_length=200)
    xpath: str | None = None
    text: str | None = None
    label: Label | None = None
    field: FieldName | None = None
    value: JsonValue = None
    before: JsonValue = None
    taken_back: bool = False

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.field is None and (self.text is None or (self.label is None and not self.taken_back)):
            raise ValueError("expected the label of a block, or a field")
        if self.field is not None and not self.taken_back:
            field_value(self.field, self.value)
        return self

    @property
    def target(self) -> Target:
        """What it is about."""
        return self.payload_digest, self.field, self.xpath, self.text

    @property
    def told(self) -> str:
        """Whose it is, for people."""
        return f"corrected by {self.who} on {self.at:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class PageCorrections:
    """The corrections in force of one page: of its blocks, and of the record's fields by name."""

    blocks: tuple[Correction, ...] = ()
    fields: Mapping[str, Correction] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether there is something to put right."""
        return bool(self.blocks or self.fields)

    def over(self, places: Sequence[Place]) -> dict[int, Correction]:
        """The corrections of some blocks, by the blocks' numbers from 0."""
        standing: defaultdict[str | None, list[int]] = defaultdict(list)
        for number, (xpath, _) in enumerate(places):
            standing[xpath].append(number)
        found: dict[int, Correction] = {}
        for each in self.blocks:
            numbers = standing[each.xpath]
            is_alone = each.xpath is not None and len(numbers) == 1
            found |= {number: each for number in numbers if is_alone or text_digest(places[number][1]) == each.text}
        return found


def text_digest(text: str) -> str:
    """What a block's text is known by, white space left out."""
    return sha256("".join(text.split()).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


@cache
def _field(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(Record.model_fields[name].rebuild_annotation())


def field_value(name: str, value: JsonValue) -> Any:
    """A field's value as a record holds it. Raises ValueError for one that it cannot hold."""
    return _field(name).validate_python(tuple(value) if isinstance(value, list) else value, strict=True)


class Line(NamedTuple):
    """A line of the file: its number (from 1), what stands there, and the correction, or what is wrong with it."""

    number: int
    content: bytes
    correction: Correction | None = None
    fault: str = ""


def lines_of(collection: Path) -> Iterator[Line]:
    """All lines, the oldest first."""
    path = collection / LOG
    if path.exists():
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield _line(number, line)


def _line(number: int, line: bytes) -> Line:
    if not line.endswith(b"\n"):
        return Line(number, line, fault="a crash cut this line short; the next correction takes its place")
    try:
        return Line(number, line, Correction.model_validate_json(line))
    except ValidationError as error:
        return Line(number, line, fault=f"no correction: {fault_of(error)}. Mend the line, or take it out.")


def whole_lines(collection: Path) -> Iterator[tuple[bytes, Correction]]:
    """Each line as it stands there, and as it is read; a last one that a crash cut short is left out. Raises
    CollectionError at one that is none."""
    for line in lines_of(collection):
        if line.correction:
            yield line.content, line.correction
        elif line.content.endswith(b"\n"):
            raise CollectionError(f"{collection / LOG}:{line.number}: {line.fault}")


def read_corrections(collection: Path) -> Iterator[Correction]:
    """All of them, as `whole_lines`."""
    return (found for _, found in whole_lines(collection))


def holding(corrections: Iterable[Correction]) -> list[Correction]:
    """Those that hold: the last on each block or field, where it was not taken back."""
    last = {each.target: each for each in corrections}
    return [each for each in last.values() if not each.taken_back]


def in_force(collection: Path) -> Mapping[str, PageCorrections]:
    """The corrections that hold, by payload digest. They are read anew once the file has changed. Raises
    CollectionError at a line that is none."""
    try:
        stamp = (collection / LOG).stat()
    except FileNotFoundError:
        return {}
    return _in_force(collection, stamp.st_ino, stamp.st_size, stamp.st_mtime_ns)


@lru_cache(maxsize=16)
def _in_force(collection: Path, *_stamp: int) -> Mapping[str, PageCorrections]:
    pages: defaultdict[str, list[Correction]] = defaultdict(list)
    for each in holding(read_corrections(collection)):
        pages[each.payload_digest].append(each)
    return {digest: _page(found) for digest, found in pages.items()}


def _page(found: Sequence[Correction]) -> PageCorrections:
    return PageCorrections(
        tuple(each for each in found if each.field is None),
        {each.field: each for each in found if each.field is not None},
    )


def line_of(correction: Correction) -> bytes:
    """A correction as the file holds it."""
    return correction.model_dump_json().encode() + b"\n"


def line_digest(line: bytes) -> str:
    """What the log (archive.collection.custody) knows a line of the file by."""
    return f"sha256:{sha256(line).hexdigest()}"


def add_corrections(collection: Path, made: Sequence[Correction]) -> None:
    """Append lines, durably and all at once. Raises CollectionError where that cannot be done."""
    path = collection / LOG
    try:
        append(path, lambda _: b"".join(map(line_of, made)))
    except OSError as error:
        raise CollectionError(f"{path} cannot be written: {error.strerror}; nothing was corrected.") from error
