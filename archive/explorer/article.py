"""An article: the captured page beside its blocks, the record's fields, and the capture that it comes from."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from archive.article_structure import pictures
from archive.authoring.explanation import Explanation, explain
from archive.capture_fields import PagePlace, WarcPlace
from archive.collection.corrections import FIELDS, PageCorrections, in_force
from archive.errors import CollectionError
from archive.explorer.corrected import corrected
from archive.explorer.desk import Desk, address_query
from archive.explorer.library import Holding
from archive.extraction.memory.shelf import MemoryShelf
from archive.extraction.rules import kind_of
from archive.records import Record
from archive.research.captured_heads import captured_heads
from archive.research.captured_page import source_of
from archive.research.excerpt import write_excerpt
from archive.research.page_view import origins_of
from archive.research.screenshot import screenshot_of
from archive.sites import site_file_of_url, site_of_url
from archive.warc.index import url_key

#: What is shown beside the page, by its name in the address.
TABS = {"text": "Text", "fields": "Fields", "capture": "Capture", "corrections": "Corrections"}
#: Other records with the same text that are named.
_MOST_SAME = 20


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another record, for a link."""

    id: str
    title: str
    site: str
    day: str


def article(desk: Desk, request: Request, notice: str = "") -> Response:
    """One article. With `view` something else than its text stands beside the page; `notice` says what was done."""
    holding = desk.library.holding(request.path_params["name"])
    record = holding.record(request.path_params["record"])
    tab = request.query_params.get("view", "text")
    tab = tab if tab in TABS else "text"
    makers = {"text": _text, "fields": _fields, "capture": _capture, "corrections": _corrections}
    name = quote(holding.name)
    return desk.page(
        "article.html",
        request,
        view="",
        title=record.title or record.url or "Untitled page",
        tab=tab,
        tabs=TABS,
        record=record,
        **_here(holding, record),
        frame=frame_of(desk, holding, record),
        numbers=[page.page for page in record.warc.pages] if record.warc else [],
        history=f"/history/{name}?{address_query({'url': record.url})}",
        captures=sum(1 for _ in holding.search.index.rows("1", "key = ?", url_key(record.url or ""))),
        article=desk.article_labels,
        notice=notice,
        may_correct=desk.may_change(holding) and record.warc is not None,
        **corrected(holding, record),
        picture=frame_of(desk, holding, record, "view"),
        **makers[tab](holding, record),
    )


def _corrections(holding: Holding, _: Record) -> dict[str, Any]:
    return {"path": str(holding.collection.path)}


def _text(_: Holding, record: Record) -> dict[str, Any]:
    return {
        "runs": [(label, list(blocks)) for label, blocks in groupby(record.blocks, key=lambda block: block.label)],
        "counts": Counter(block.label for block in record.blocks),
        "images": pictures(record),
    }


def _fields(holding: Holding, record: Record) -> dict[str, Any]:
    blocks = {block.xpath: number for number, block in reversed(list(enumerate(record.blocks))) if block.xpath}
    return {"explanation": explanation_of(holding, record), "by_place": blocks, "all_fields": FIELDS}


def explanation_of(holding: Holding, record: Record) -> Explanation:
    """Why a record is as it is, by the configuration and the memory that there are now."""
    capture, folders = source_of(holding.collection, record).capture, [holding.collection.sites]
    site = site_of_url(capture.url, folders)
    memory = MemoryShelf(holding.collection.memory).in_force(site.domain, capture.date)
    known = in_force(holding.collection.path).get(capture.payload_digest or "", PageCorrections())
    return explain(capture, site, site_file_of_url(capture.url, folders), memory, known)


def _capture(holding: Holding, record: Record) -> dict[str, Any]:
    faults: tuple[str, ...] = ()
    heads, has_picture = None, False
    if record.warc:
        try:
            faults = source_of(holding.collection, record).faults
            heads = captured_heads(holding.collection.warc_path(record.warc.filename), record.warc)
            has_picture = screenshot_of(holding.collection, record) is not None
        except CollectionError as error:
            faults = (str(error),)
    return {
        "origins": list(origins_of(record)),
        "faults": faults,
        "heads": heads,
        "has_picture": has_picture,
        "same": list(_same(holding, record)),
    }


def _same(holding: Holding, record: Record) -> Iterator[Sibling]:
    """Other articles with the same text, letter by letter."""
    columns = "id, title, site, day"
    known = "same = (SELECT same FROM articles WHERE id = ?1) AND id != ?1 AND key != ?2 ORDER BY day LIMIT ?3"
    rows = holding.search.index.rows(columns, known, str(record.id), url_key(record.url or ""), _MOST_SAME)
    return (Sibling(*(value or "" for value in row)) for row in rows)


def block(desk: Desk, request: Request) -> Response:
    """What is known of one block. Raises CollectionError for a number that is none of the record's."""
    holding = desk.library.holding(request.path_params["name"])
    record = holding.record(request.path_params["record"])
    number = request.path_params["number"]
    if number >= len(record.blocks):
        raise CollectionError(f"The record has no block {number + 1}.")
    found = record.blocks[number]
    return desk.page(
        "block.html",
        request,
        record=record,
        block=found,
        number=number,
        kind=kind_of(found.rule),
        may_correct=desk.may_change(holding) and record.warc is not None and not kind_of(found.rule).is_unshown,
        correction=corrected(holding, record)["corrected_blocks"].get(number),
        frame=frame_of(desk, holding, record),
        **_here(holding, record),
    )


def address_of(holding: Holding, record: Record) -> str:
    """Where an article is shown."""
    return f"/article/{quote(holding.name)}/{quote(str(record.id), safe='')}"


def frame_of(desk: Desk, holding: Holding, record: Record, what: str = "page") -> str:
    """Where its captured page, or the `view` of it, is shown, on the origin of archived ones."""
    return f"{desk.frames}/{what}/{quote(holding.name)}/{quote(str(record.id), safe='')}"


def _here(holding: Holding, record: Record) -> dict[str, Any]:
    return {"holding": holding, "here": address_of(holding, record)}


def excerpt(desk: Desk, request: Request) -> Response:
    """The capture of an article as a WARC file of its own. Raises CollectionError for a record without one."""
    holding = desk.library.holding(request.path_params["name"])
    record = holding.record(request.path_params["record"])
    if record.warc is None:
        raise CollectionError("This record was not made from a captured page: it names no WARC file.")
    places = [(_warc(holding, place), _place(place)) for place in record.warc.pages or (record.warc,)]
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        target = Path(folder) / "excerpt.warc.gz"
        write_excerpt(places, target)
        content = target.read_bytes()
    named = f'attachment; filename="{quote(str(record.id), safe="")}.warc.gz"'
    return Response(content, media_type="application/warc", headers={"Content-Disposition": named})


def _warc(holding: Holding, place: WarcPlace | PagePlace) -> Path:
    return holding.collection.warc_path(place.filename)


def _place(place: WarcPlace | PagePlace) -> WarcPlace:
    return WarcPlace(**place.model_dump(include=set(WarcPlace.model_fields) - {"pages"}))
