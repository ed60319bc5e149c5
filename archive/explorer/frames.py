"""Archived pages, on an origin of their own: another port, and a sandbox that gives each page an origin that is none.

Nothing archived runs: a page is sent without its scripts, and under a Content-Security-Policy that lets run only the
one of ours that scrolls to a block and tells which was clicked. It asks no host but this server, and sends no forms.
Addresses hold a token of their own; a page loads what was captured with it.
"""

import secrets
from functools import partial
from pathlib import Path
from urllib.parse import quote

from lxml import etree
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from archive.collection.folder import Collection
from archive.errors import CleancopyError
from archive.explorer.desk import Desk, address_query
from archive.records import Record
from archive.research.captured_files import captured_file, lines_of
from archive.research.captured_page import CapturedPage, source_of
from archive.research.screenshot import screenshot_of
from archive.research.stored_page import stored_page, stored_sheet
from archive.warc.index import timestamp

_SCRIPT = (Path(__file__).parent / "static" / "frame.js").read_text("utf-8")
_STYLE = (Path(__file__).parent / "static" / "frame.css").read_text("utf-8")
#: What a page may load; all of it is shown, none of it run.
_KINDS = ("image/", "font/", "application/font", "application/x-font", "application/vnd.ms-fontobject")
_SHEET = "text/css"
#: Bytes in which a page says which edition of HTML it is written in.
_HEAD = 1024


def frame_application(desk: Desk, viewer: str) -> Starlette:
    """The application; `viewer` is the origin of the pages that may hold its frames."""
    base = "/" + desk.kept.frames
    return Starlette(
        routes=[
            Route(base + "/page/{name}/{record}", partial(_page, desk, viewer)),
            Route(base + "/file/{name}/{timestamp}", partial(_file, desk)),
            Route(base + "/view/{name}/{record}", partial(_view, desk)),
        ]
    )


async def _page(desk: Desk, viewer: str, request: Request) -> Response:
    return await run_in_threadpool(_shown, desk, viewer, request)


def _shown(desk: Desk, viewer: str, request: Request) -> Response:
    origin = desk.frames.rpartition("/")[0]
    if request.headers.get("host") != origin.partition("://")[2]:
        return PlainTextResponse("This is not an address of the explorer.", 421)
    nonce = secrets.token_urlsafe(16)
    try:
        holding = desk.library.holding(request.path_params["name"])
        record = desk.alone.submit(holding.record, request.path_params["record"]).result()
        content = _markup(desk, holding.collection, record, request, nonce)
    except CleancopyError as error:
        content = PLAIN.format(style=_STYLE, text=str(error).replace("&", "&amp;").replace("<", "&lt;"))
    policy = (
        f"sandbox allow-scripts; default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline' {origin}; "
        f"img-src {origin} data:; font-src {origin} data:; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {viewer} {viewer.replace('127.0.0.1', 'localhost')}"
    )
    return Response(content.encode("utf-8", "replace"), headers=_headers(policy), media_type="text/html")


PLAIN = "<!doctype html><meta charset=utf-8><style>{style}</style><body class=block-told><p>{text}</p>"


def _markup(desk: Desk, collection: Collection, record: Record, request: Request, nonce: str) -> str:
    found = source_of(collection, record)
    number = request.query_params.get("page", "")
    page = found.pages.get(int(number) if number.isdecimal() and len(number) < 6 else None, found)
    if page.tree is None:
        return _plain(page)
    stamp = timestamp(record.date_crawled or "")
    name = quote(request.path_params["name"])

    def loaded(url: str) -> str | None:
        is_held = url.startswith(("http://", "https://")) and any(True for _ in lines_of(collection, url))
        return f"{desk.frames}/file/{name}/{stamp}?{address_query({'url': url})}" if is_held else None

    blocks = [(at, block) for at, block in enumerate(record.blocks) if found.page_of(block) is page]
    markup = stored_page(page.tree, blocks, page.capture.url or "", loaded, _own(nonce))
    return ("<!doctype html>" if b"<!doctype" in page.capture.body[:_HEAD].lower() else "") + markup


def _own(nonce: str) -> list[etree._Element]:
    """What of ours stands on a page: before anything of its own, so that nothing it leaves open can take it in."""
    charset = etree.Element("meta", charset="utf-8")
    script, style = etree.Element("script", nonce=nonce), etree.Element("style")
    script.text, style.text = _SCRIPT, _STYLE
    return [charset, script, style]


def _plain(page: CapturedPage) -> str:
    text = page.capture.body.decode("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;")
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style><pre>{text}</pre>"


async def _file(desk: Desk, request: Request) -> Response:
    return await run_in_threadpool(_loaded, desk, request)


def _loaded(desk: Desk, request: Request) -> Response:
    stamp, url = request.path_params["timestamp"], request.query_params.get("url", "")
    name = request.path_params["name"]
    collection = desk.library.holding(name).collection
    capture = captured_file(collection, url, stamp) if stamp.isascii() and stamp.isdigit() else None
    kind = (capture.header("Content-Type") or "").partition(";")[0].strip().lower() if capture else ""
    if capture is None or not (kind == _SHEET or kind.startswith(_KINDS)):
        return Response(status_code=404)
    content = capture.body
    if kind == _SHEET:

        def loaded(wanted: str) -> str | None:
            return f"{desk.frames}/file/{quote(name)}/{stamp}?{address_query({'url': wanted})}"

        content = stored_sheet(content.decode("utf-8", "replace"), url, loaded).encode("utf-8", "replace")
    headers = _headers("sandbox; default-src 'none'; style-src 'unsafe-inline'") | {"Access-Control-Allow-Origin": "*"}
    return Response(content, headers=headers, media_type=kind)


async def _view(desk: Desk, request: Request) -> Response:
    return await run_in_threadpool(_seen, desk, request)


def _seen(desk: Desk, request: Request) -> Response:
    """The picture that a browser made of a page."""
    try:
        holding = desk.library.holding(request.path_params["name"])
        record = desk.alone.submit(holding.record, request.path_params["record"]).result()
        content = screenshot_of(holding.collection, record)
    except CleancopyError:
        content = None
    if content is None:
        return Response(status_code=404)
    return Response(content, headers=_headers("sandbox; default-src 'none'"), media_type="image/png")


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
