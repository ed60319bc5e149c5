"""How the captured page of an article is shown beside its text: as it was, or without its scripts.

As it was: in a frame on pywb's origin, its scripts running, its blocks marked by a script of ours that runs before
them. They can hinder ours, and show something else than the page that was read. So the same page without scripts,
where every mark stands, is one click away; the address holds which of both is shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request

from archive.explorer.desk import Desk
from archive.explorer.library import Holding, Library
from archive.extraction.rules import kind_of
from archive.preservation.replay_beside import Beside
from archive.records import Record
from archive.research.xpath import seen_letters
from archive.warc.index import timestamp

_STATIC = Path(__file__).parent / "static"
#: Ends an address where a page is to be shown without its scripts.
_OFF = "?scripts=off"
#: Characters of a block's text by which its place is known again.
_BEGINNING = 60


@contextmanager
def replaying(library: Library, origin: str) -> Iterator[Beside]:
    """pywb on all collections, for frames of the pages of `origin`."""
    holders = (origin, origin.replace("127.0.0.1", "localhost"))
    script, style = ((_STATIC / name).read_text("ascii") for name in ("replayed.js", "frame.css"))
    beside = Beside(
        {holding.name: holding.collection.path for holding in library},
        holders,
        f"<script>{script}</script><style>{style}</style>",
    )
    try:
        yield beside
    finally:
        beside.close()


def shown_page(desk: Desk, request: Request, holding: Holding, record: Record) -> dict[str, Any]:
    """What templates need for it: `frame`, where it is; `pages`, where each page of a story is, by its number; and
    `places`, what the script in it finds blocks by, None where they are marked. `off` ends the addresses of views that
    go on without scripts; `is_both` says whether it can be shown both ways."""
    is_both = _can_replay(desk, record)
    off = _OFF if is_both and request.query_params.get("scripts") == "off" else ""
    found = {"is_both": is_both, "off": off, "places": _places(record) if is_both and not off else None}
    if is_both and not off:
        pages = _replayed(desk, holding, record)
        return {**found, "pages": pages, "frame": next(iter(pages.values()))}
    frame = frame_of(desk, holding, record)
    numbers = [page.page for page in record.warc.pages] if record.warc else []
    pages = {number: frame if number is None else f"{frame}?page={number}" for number in numbers}
    return {**found, "pages": pages, "frame": frame}


def _can_replay(desk: Desk, record: Record) -> bool:
    is_web = (record.url or "").startswith(("http://", "https://"))
    return desk.replay is not None and desk.replay.is_running and record.warc is not None and is_web


def _replayed(desk: Desk, holding: Holding, record: Record) -> dict[int | None, str]:
    captures = [(page.page, page.url, page.date_crawled) for page in record.warc.pages] if record.warc else []
    found: dict[int | None, str] = {}
    for number, url, at in captures or [(None, record.url, record.date_crawled)]:
        if desk.replay and number not in found:
            # Of several captures of a page, the first one listed is the one that the record was made of.
            found[number] = desk.replay.address(holding.name, timestamp(at or ""), url or "")
    return found


def _places(record: Record) -> list[dict[str, Any]]:
    shown = [(block.text, None if kind_of(block.rule).is_unshown else block.xpath) for block in record.blocks]
    return [{"xpath": xpath, "text": seen_letters(text)[:_BEGINNING]} for text, xpath in shown]


def frame_of(desk: Desk, holding: Holding, record: Record, what: str = "page") -> str:
    """Where its captured page without scripts, or the `view` of it, is shown, on the origin of archived ones."""
    return f"{desk.frames}/{what}/{quote(holding.name)}/{quote(str(record.id), safe='')}"
