"""The record: one article as one JSON line, and the JSON Schema that it keeps to.

Missing is `null` or an empty list, never a missing key. Dates are ISO 8601 with the source's own offset,
or without one where the source gave none.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from archive.block_kinds import BlockKind as BlockKind  # noqa: PLC0414 - what blocks are is known from here
from archive.block_kinds import SpanKind as SpanKind  # noqa: PLC0414
from archive.capture_fields import Discovery, Frozen, Http, RenderedBy, WarcPlace
from archive.errors import WarcError
from archive.exchange import Completeness, Kind
from archive.labels import Label
from archive.telling.kinds import WarningKind

#: 1.1 added `completeness` and `obstacle`, 1.2 `extraction.warning_kinds`, 1.3 what a block is beside its text (`kind`,
#: `level`, `depth`, `number`, `cells`, `links`, `spans`), 1.4 `rendering`, stories in several pages (`page` of a block,
#: `warc.pages`), live blogs (`post`, `posts`), `comments`, what the source of an imported page says of it (`extra`,
#: `extraction.imported`, ids that are numbers), `extraction.corrected` and `copyright_notice`; lines of earlier ones
#: are still read.
SCHEMA_VERSION: Literal["1.4"] = "1.4"


class Link(Frozen):
    """A link within a block: `href` is absolute, of http, https or mailto."""

    text: str
    href: str


class Span(Frozen):
    """A part of a block's text, from character `start` up to `end`, not included."""

    kind: SpanKind
    start: int
    end: int


class Block(Frozen):
    """One visible run of text: its label, its kind, its place (XPath) and what decided the label.

    `level` is that of a heading, 1 to 6. `depth` counts the lists that a block stands in, null outside of lists;
    `number` is that of an item in an ordered list. `cells` are those of a table's row, empty ones too; in `text` those
    that hold text are parted by tabs. All four are null where they say nothing, and `kind` in lines of schema 1.2 and
    earlier.

    `text` is what the page shows, letter by letter. `links` are in their order, and the spans of kind `link` are
    theirs, one by one; a link that is the whole block has no span.

    What stands before the first colon of `rule` says who decided: `site:SELECTOR` a selector of the site's file,
    `site:strip[N]` its strip rule number N (from 0), `structured:...` the page's own metadata, `model` the label model,
    `memory:...` what the site's other pages told, `json-ld:...` text that the page states and does not show, and
    `general:...` a rule for every site; docs/kinds.md explains them.
    `confidence` is between 0 and 1. Plain text has no XPath.

    `page` is the number of the page that a block of a story in several pages stands on, as in `warc.pages`; null in
    all others, and for what the view shows that has all pages in one. `post` is the number, from 1, of the post of a
    live blog that it is part of, as in the record's `posts`.
    """

    label: Label
    kind: BlockKind | None = None
    level: int | None = None
    depth: int | None = None
    number: int | None = None
    text: str
    cells: tuple[str, ...] | None = None
    links: tuple[Link, ...] = ()
    spans: tuple[Span, ...] = ()
    xpath: str | None = None
    rule: str
    confidence: float
    page: int | None = None
    post: int | None = None

    def _repr_html_(self) -> str:
        """As notebooks draw it."""
        return _drawn("block_html", self)


class Post(Frozen):
    """A post of a live blog, with its time as the page or its JSON-LD states it. Its text is that of the blocks that
    name it."""

    title: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    url: str | None = None


class Comment(Frozen):
    """A reader's comment, with what the page shows or states of it: `date` is ISO 8601, `depth` 1 for one on the
    article and more for answers. `xpath` is null where only the page's JSON-LD has it."""

    author: str | None = None
    date: str | None = None
    text: str
    depth: int = 1
    xpath: str | None = None


class Image(Frozen):
    """An image of the article. `url` is absolute."""

    url: str
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None


class Extraction(Frozen):
    """What made this record. The same values over the same capture give the same bytes. `memory` is the digest of the
    site memory that took part, null where none did. `warnings` says what was odd, in sentences for people, and
    `warning_kinds` which kinds of it there are, for programs: sorted, each once; docs/kinds.md explains them.
    `imported` names the fields of the record that its source stated beside the page (`import`, `clean --jsonl`), and
    `corrected` those that a person put right (`correct`); of blocks their rule says so."""

    version: str
    config: str | None = None
    config_digest: str | None = None
    model: str | None = None
    memory: str | None = None
    warnings: tuple[str, ...] = ()
    warning_kinds: tuple[WarningKind, ...] = ()
    imported: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()


class Rights(Frozen):
    """What the site said about reuse when it was captured."""

    robots: str | None = None
    x_robots_tag: str | None = None
    meta_robots: str | None = None
    tdm_reservation: str | None = None
    tdm_policy: str | None = None


class Record(Frozen):
    """One article. `text` is the blocks labelled `body`, with a standfirst that stands in the body's own place and
    the posts of a page that is a discussion, as they read, joined by blank lines; `archive.text_of` makes it of other
    labels.

    `license` is the address of a licence, or the name of a known one; `copyright_notice` says who holds the rights, in
    the page's own words, and allows nothing.

    `completeness` says whether the capture holds the whole answer, or why it was cut; `obstacle` what came instead of
    the page, null where the page did. `rendering` tells of the browser that made the page of what came; null where the
    page is the answer itself. `extra` is what the source of an imported page says of it and no field holds, by the
    source's own names. `id` is that of the captured response; in `clean --jsonl` the source's own, as it stands there.
    """

    schema_version: Literal["1.0", "1.1", "1.2", "1.3", "1.4"] = SCHEMA_VERSION
    id: str | int | float | None = None
    url: str | None = None
    requested_url: str | None = None
    canonical_url: str | None = None
    site: str | None = None
    title: str | None = None
    standfirst: str | None = None
    description: str | None = None
    text: str = ""
    authors: tuple[str, ...] = ()
    byline: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    publisher: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    is_accessible_for_free: bool | None = None
    license: str | None = None
    copyright_notice: str | None = None
    blocks: tuple[Block, ...] = ()
    posts: tuple[Post, ...] = ()
    comments: tuple[Comment, ...] = ()
    completeness: Completeness = Completeness.WHOLE
    obstacle: Kind | None = None
    date_crawled: str | None = None
    http: Http = Http.model_construct()
    discovery: Discovery = Discovery.model_construct()
    warc: WarcPlace | None = None
    rendering: RenderedBy | None = None
    extraction: Extraction
    rights: Rights = Rights.model_construct()
    extra: dict[str, JsonValue] = Field(default_factory=dict)

    def _repr_html_(self) -> str:
        """As notebooks draw it."""
        return _drawn("record_html", self)

    def to_line(self) -> bytes:
        """The record as one line of UTF-8 JSON, newline included; half surrogate pairs become `?`."""
        try:
            return _adapter().dump_json(self) + b"\n"
        except PydanticSerializationError:
            # Pages escape half pairs in their JSON-LD; UTF-8 cannot hold them.
            whole = json.dumps(self.model_dump(mode="python"), ensure_ascii=False, separators=(",", ":"))
            return self.from_line(whole.encode("utf-8", "replace")).to_line()

    @classmethod
    def from_line(cls, line: bytes | str) -> "Record":
        """Read a line written by `to_line`. Raises pydantic.ValidationError if it is not one."""
        return cls.model_validate_json(line)

    def words(self, label: Label | None = None) -> int:
        """The number of white-space separated words in all blocks, or in those of one label."""
        return sum(len(block.text.split()) for block in self.blocks if label in (None, block.label))


def _drawn(way: str, value: object) -> str:
    # Imported where it is asked for: views are made of records, and records know nothing of views.
    drawn: str = getattr(import_module("archive.research.drawn"), way)(value)
    return drawn


@cache
def _adapter() -> TypeAdapter[Record]:
    # Unlike a model it writes bytes, which need not be decoded and encoded once more.
    return TypeAdapter(Record)


def record_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record line; every key is required, unknown keys are refused."""
    schema = Record.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def read_records(path: Path) -> Iterator[Record]:
    """Stream the records of one file. Raises WarcError with file and line number on a bad line."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Record.from_line(line)
            except ValueError as error:
                raise WarcError(f"{path}:{number}: not a record line: {fault_of(error)}") from error


def fault_of(error: ValueError) -> str:
    """What is wrong with a line, in one: of many things the first."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def schema_json() -> str:
    """The schema as indented JSON text."""
    return json.dumps(record_schema(), indent=2, ensure_ascii=False)
