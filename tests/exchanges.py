"""Exchanges and WARC files made by hand, with fixed ids and clocks."""

import gzip
import re
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import brotlicffi
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.collection.folder import Collection
from archive.exchange import Exchange, Origin, Purpose
from archive.pipeline.record_lines import Task, places, record_line
from archive.warc.writer import WarcWriter, Written

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
HOST = "http://news.example"


def counting_ids() -> Callable[[], str]:
    """Ids that count up."""
    numbers = iter(range(1, 1_000_000))
    return lambda: str(UUID(int=next(numbers)))


def ticking_clock(seconds: float = 1) -> Callable[[], datetime]:
    """A clock that goes on by so much at each look."""
    ticks = iter(range(1_000_000))
    return lambda: NOON + timedelta(seconds=next(ticks) * seconds)


def page(title: str, words: int = 120) -> bytes:
    """An article page with a text of its own."""
    sentence = f"The harbour office said of {title} that the tide would wait for no committee this year. "
    paragraphs = "".join(f"<p>{number}. {sentence * 3}</p>" for number in range(max(1, words // 50)))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def response(body: bytes = b"", status: str = "200 OK", length: bool = True, **headers: str) -> bytes:
    """A response; header names with _ for -."""
    lines = {"Content-Type": "text/html; charset=utf-8", **{key.replace("_", "-"): it for key, it in headers.items()}}
    if length:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


def chunked(body: bytes, size: int = 100) -> bytes:
    """A body in the chunked coding."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def exchange(path: str, answer: bytes, at: float = 0, **more: Any) -> Exchange:
    """A GET of a path and its answer, `at` seconds after noon. An Origin or a Purpose may be given as `origin`."""
    origin = more.pop("origin", Origin())
    return Exchange(
        url=HOST + path,
        started=NOON + timedelta(seconds=at),
        request=more.pop("request", f"GET {path} HTTP/1.1\r\nHost: news.example\r\n\r\n".encode()),
        response=answer,
        origin=Origin(purpose=origin) if isinstance(origin, Purpose) else origin,
        ip="192.0.2.7",
        protocols=("http/1.1",),
        seconds=0.25,
        **more,
    )


def samples() -> list[Exchange]:
    """One of each kind: plain, gzip, br, chunked, redirect, missing, no answer, robots.txt."""
    coded = gzip.compress(page("Zipped"), mtime=0)
    return [
        exchange(
            "/robots.txt", response(b"User-agent: *\nAllow: /\n", Content_Type="text/plain"), 0, origin=Purpose.ROBOTS
        ),
        exchange("/plain.html", response(page("Plain")), 1),
        exchange("/zipped.html", response(coded, Content_Encoding="gzip"), 2),
        exchange("/brotli.html", response(brotlicffi.compress(page("Brotli")), Content_Encoding="br"), 3),
        exchange("/chunked.html", response(chunked(page("Chunked")), length=False, Transfer_Encoding="chunked"), 4),
        exchange("/old.html", response(status="301 Moved Permanently", Location="/plain.html"), 5),
        exchange("/missing.html", response(b"<p>Not here</p>", status="404 Not Found"), 6),
        exchange("/silent.html", b"", 7),
        exchange(
            "/photo.png", response(b"\x89PNG" + bytes(2000), Content_Type="image/png"), 8, origin=Purpose.REQUISITE
        ),
    ]


def writer(folder: Path, **more: Any) -> WarcWriter:
    """A writer with fixed ids and clock."""
    given = {"info": {"software": "cleancopy/test"}, "clock": ticking_clock(), "new_id": counting_ids(), **more}
    return WarcWriter(folder, **given)


def write_warc(folder: Path, exchanges: list[Exchange] | None = None, **more: Any) -> tuple[Path, list[Written]]:
    """A complete WARC of these exchanges, and where they went."""
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("*.warc.gz"))
    made = writer(folder, **more)
    written = [made.write(each, failure=None if each.response else "no answer") for each in exchanges or samples()]
    made.close()
    (path,) = set(folder.glob("*.warc.gz")) - before
    return path, written


def write_collection(folder: Path, exchanges: list[Exchange] | None = None, **more: Any) -> Collection:
    """A collection with these captures, its index and its records, as a crawl leaves it."""
    collection = Collection(folder)
    collection.create()
    catalogue = collection.catalogue()
    made = writer(collection.archive, catalogue=catalogue, **more)
    for each in exchanges or [*samples(), exchange("/again.html", response(page("Plain")), 20)]:
        made.write(each, failure=None if each.response else "no answer")
    made.close()
    catalogue.close()
    for path in collection.complete_warcs():
        lines = [record_line(Task(folder, place)).content for place in places(path)]
        collection.records_path(path.name).write_bytes(b"".join(lines))
    return collection


def write_with_warcio(
    path: Path, records: list[tuple[str, str, bytes]], stated: dict[str, str] | None = None, **headers: str
) -> Path:
    """A WARC as warcio writes it: of each record the kind, the URL and the body. `stated` replaces fields that it
    would write itself; `headers` are those of responses."""
    lines = {"Content-Type": "text/html; charset=utf-8", **{key.replace("_", "-"): it for key, it in headers.items()}}
    parts: list[bytes] = []
    with warnings.catch_warnings():
        # warcio leaves its temporary files to be collected.
        warnings.simplefilter("ignore", ResourceWarning)
        for kind, url, body in records:
            is_http = kind in ("response", "revisit")
            head = StatusAndHeaders("200 OK", list(lines.items()), protocol="HTTP/1.1") if is_http else None
            buffer = BytesIO()
            made = WARCWriter(buffer, gzip=False)
            more = "" if head else "text/plain"
            made.write_record(
                made.create_warc_record(url, kind, payload=BytesIO(body), http_headers=head, warc_content_type=more)
            )
            parts.append(buffer.getvalue())
            del made
    for name, value in (stated or {}).items():
        parts = [
            re.sub(rb"(?m)^%s: [^\r]*" % name.encode(), f"{name}: {value}".encode(), part, count=1) for part in parts
        ]
    path.write_bytes(b"".join(gzip.compress(part) for part in parts))
    return path
