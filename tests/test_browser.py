"""What is decided of pages that a browser loads, how they are kept, and what goes with them; no browser is needed."""

import asyncio
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from twisted.python.failure import Failure

from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.exchange import (
    Capture,
    Completeness,
    Exchange,
    Kind,
    Origin,
    Place,
    Purpose,
    RenderedPage,
    Rendering,
    Unfinished,
)
from archive.pipeline.captures import read_captures, written_rendering
from archive.pipeline.judgement import judge
from archive.pipeline.record_lines import Task, places, record_line
from archive.records import Record
from archive.sites.browsing import BrowserUse, Browsing
from archive.warc.exchange_records import member
from archive.warc.writer import WarcWriter, Written
from crawler.browser import chromium
from crawler.browser.fulfilment import fulfilment
from crawler.browser.memory import Memory
from crawler.browser.traffic import Asked, Traffic
from crawler.frontier.table import Frontier
from crawler.run.crawl_run import KeptExchange
from crawler.run.for_browser import marked
from crawler.run.plan import Options, plan_urls
from crawler.run.recovery import reconcile
from crawler.spiders.faults import BrowserFailedError, fault_of
from tests.exchanges import HOST, counting_ids, exchange, page, response
from tests.taken_down import faults, take_down

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
EMPTY = b"<!doctype html><title>Gulls</title><div id=app></div><script src=/app.js></script>"
DOCUMENT = "<!DOCTYPE html>\n<html lang=en><title>Gulls</title><article><h1>Gulls</h1>" + "".join(
    f"<p>{number}. {'The gulls came back to the harbour this year. ' * 6}</p>" for number in range(6)
)


def shell(path: str = "/gulls.html") -> Exchange:
    """An answer that is left to a browser."""
    return exchange(path, response(EMPTY))._replace(origin=Origin(is_for_browser=True))


def rendered(of: str, path: str = "/gulls.html", **given: object) -> RenderedPage:
    """What a browser made of the response with this id."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin-1\r\nX-Robots-Tag: noai\r\nETag: x\r\n\r\n"
    values = {"url": HOST + path, "started": AT, "document": DOCUMENT, "rendering": Rendering("Chromium/1", of, head)}
    return RenderedPage(**(values | given))  # type: ignore[arg-type]


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    """A page and what a browser made of it, in files of their own, with another page between them."""
    made = Collection(tmp_path / "c")
    made.create()
    ids = counting_ids()
    first = WarcWriter(made.archive, info={}, clock=lambda: AT, new_id=ids)
    answer = first.write(shell())
    first.write(exchange("/plain.html", response(page("Plain")), 1))
    first.close()
    second = WarcWriter(made.archive, info={}, clock=lambda: AT + timedelta(days=1), new_id=ids)
    second.write_rendered(rendered(answer.record_id, screenshot=b"\x89PNG" * 9))
    second.close()
    for warc in made.warcs():
        lines = (record_line(Task(made.path, place)).content for place in places(warc))
        made.records_path(warc.name).write_bytes(b"".join(lines))
    with made.lock():
        made.catch_up()
    return made


def captures(collection: Collection) -> list[Capture]:
    return [capture for warc in collection.warcs() for capture in read_captures(warc)]


def test_the_record_is_that_of_the_document(collection: Collection) -> None:
    lines = [line for path in sorted(collection.records.glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    plain, gulls = map(Record.from_line, lines)
    assert (plain.title, plain.rendering) == ("Plain", None)
    shown, _, _, made = captures(collection)
    assert (gulls.id, gulls.title) == (made.record_id, "Gulls")
    assert gulls.rendering
    assert (gulls.rendering.browser, gulls.rendering.response) == ("Chromium/1", shown.record_id)
    assert (gulls.http.status, gulls.http.etag, gulls.rights.x_robots_tag) == (200, "x", "noai")
    assert gulls.http.content_type == "text/html; charset=utf-8", "the document is in UTF-8, whatever the answer was in"
    assert "The gulls came back" in gulls.text


def test_what_is_written_is_judged_as_what_is_read(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, info={}, clock=lambda: AT, new_id=counting_ids())
    given = rendered("x", document="<p>\ud800\r\nGr\u00fc\u00dfe", screenshot=b"\x89PNG")
    given = given._replace(
        rendering=given.rendering._replace(unfinished=Unfinished.REQUESTS, head=b"HTTP/1.1 200\r\nA: caf\xe9\r\n\r\n"),
    )
    written = writer.write_rendered(given)
    writer.close()
    _, read = read_captures(next(tmp_path.iterdir()))
    assert read == judge(written_rendering(given, written))
    assert (read.body, read.header("A")) == ("<p>?\r\nGr\u00fc\u00dfe".encode(), "caf\xe9")
    assert [warning.kind for warning in read.warnings] == ["unfinished"]


def test_conversions_of_other_tools_are_no_pages(tmp_path: Path) -> None:
    fields = [
        ("WARC-Record-ID", "<urn:uuid:1>"),
        ("WARC-Target-URI", HOST + "/"),
        ("WARC-Date", "2026-11-21T12:00:00Z"),
    ]
    (tmp_path / "wet.warc.gz").write_bytes(member("conversion", b"text", "text/plain", fields))
    assert list(read_captures(tmp_path / "wet.warc.gz")) == []


def test_a_takedown_takes_the_document_and_its_picture_along(collection: Collection) -> None:
    assert collection.index.read_text().count('/gulls.html"') == 1, "no index names what a browser made"
    take_down(collection, "/gulls.html")
    assert [capture.url for capture in captures(collection)] == [HOST + "/plain.html"]
    assert b"The gulls came back" not in b"".join(path.read_bytes() for path in collection.records.glob("*.jsonl"))
    assert faults(collection) == []


def test_after_a_crash_a_page_is_done_once_its_document_is_there(collection: Collection, tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "state.sqlite")
    first, second = collection.warcs()
    for warc, settled in ((first, 1), (second, 2)):
        reconcile(frontier, [warc])
        assert frontier.questions.counts().get("done", 0) == settled
    frontier.close()


NONE, ALWAYS, WHEN_EMPTY = None, BrowserUse.ALWAYS, BrowserUse.WHEN_EMPTY
FULL = page("Full").replace(b"</body>", b"<p>" + b"The gulls came back to the harbour. " * 30 + b"</p></body>")


@pytest.mark.parametrize(
    ("use", "answer", "purpose", "expected"),
    [
        (NONE, response(EMPTY), Purpose.ARTICLE, False),
        (ALWAYS, response(EMPTY), Purpose.ARTICLE, True),
        (ALWAYS, response(FULL), Purpose.ARTICLE, True),
        (WHEN_EMPTY, response(EMPTY), Purpose.ARTICLE, True),
        (WHEN_EMPTY, response(FULL), Purpose.ARTICLE, False),
        (ALWAYS, response(FULL), Purpose.SECTION, False),
        (ALWAYS, response(FULL), Purpose.REQUISITE, False),
        (ALWAYS, response(b"%PDF-1.7", Content_Type="application/pdf"), Purpose.ARTICLE, False),
        (ALWAYS, response(b"moved", "302 Found", Location="/x"), Purpose.ARTICLE, False),
        (ALWAYS, response(EMPTY, "404 Not Found"), Purpose.ARTICLE, False),
        (ALWAYS, response(FULL)[:-20], Purpose.ARTICLE, False),
        (ALWAYS, b"", Purpose.ARTICLE, False),
    ],
)
def test_what_is_left_to_a_browser(use: BrowserUse | None, answer: bytes, purpose: Purpose, expected: bool) -> None:
    given = exchange("/gulls.html", answer, 0)._replace(origin=Origin(purpose))
    assert marked(given, use).origin.is_for_browser is expected
    assert marked(given, use)._replace(origin=given.origin) == given, "nothing else is changed"


def test_an_answer_is_handed_over_as_it_came_but_for_its_codings() -> None:
    headers = [("X-Dup", "one"), ("x-dup", "two"), ("X-Latin", "caf\xe9"), ("Content-Encoding", "gzip")]
    headers += [("Transfer-Encoding", "chunked"), ("Content-Length", "5"), ("X-Folded", "a\r\n b")]
    command, given = fulfilment("7", Capture(HOST, b"\x00body", 203, tuple(headers)))
    assert (command, given["requestId"], given["responseCode"]) == ("Fetch.fulfillRequest", "7", 203)
    assert b64decode(given["body"]) == b"\x00body"
    assert b64decode(given["binaryResponseHeaders"]).split(b"\0") == [
        b"X-Dup: one", b"x-dup: two", b"X-Latin: caf\xe9", b"X-Folded: a b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("capture", "stream", "command"),
    [
        (None, False, "Fetch.failRequest"),
        (Capture(HOST, b"", 0), False, "Fetch.failRequest"),
        (Capture(HOST, b"x", completeness=Completeness.UNSPECIFIED), False, "Fetch.failRequest"),
        (Capture(HOST, b"x", kind=Kind.UNDECODABLE), False, "Fetch.failRequest"),
        (Capture(HOST, b"x", completeness=Completeness.TIME), True, "Fetch.fulfillRequest"),
        (Capture(HOST, b"x", 404), False, "Fetch.fulfillRequest"),
    ],
)
def test_what_did_not_come_whole_fails(capture: Capture | None, stream: bool, command: str) -> None:
    assert fulfilment("7", capture, stream=stream)[0] == command


def test_what_is_missing_is_told_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'cleancopy\[browser\]'"):
        chromium.require_browser()
    monkeypatch.setattr(chromium, "find_spec", lambda _: "there")
    monkeypatch.setattr(chromium, "program", lambda: None)
    with pytest.raises(ConfigurationError, match="apt install chromium"):
        chromium.require_browser()


def test_the_command_line_goes_before_a_sites_file() -> None:
    assert plan_urls([HOST], Options(browser=True), "a test").browser("news.example") is ALWAYS
    assert plan_urls([HOST], Options(), "a test").browser("news.example") is NONE


def asked(path: str = "/app.js", method: str = "GET", **headers: str) -> Asked:
    return Asked(HOST + path, method, {name.replace("_", "-"): value for name, value in headers.items()}, b"", False)


def answer(control: str | None, body: bytes = b"x" * 10, status: int = 200, **headers: str) -> KeptExchange:
    said = {**({"Cache-Control": control} if control else {}), **headers}
    written = Written(Place("a.warc.gz", 0, 1), "id", "")
    return KeptExchange(written, Capture(HOST + "/app.js", body, status, tuple(said.items())))


@pytest.mark.parametrize(
    ("kept", "first", "second", "is_known"),
    [
        (answer("public, max-age=60, immutable"), asked(), asked(), True),
        (answer("private, max-age=60"), asked(), asked(), True),
        (answer("max-age=60", Vary="Accept-Encoding, Origin"), asked(), asked(), True),
        (answer("max-age=60"), asked(), asked("/other.js"), False),
        (answer("max-age=60"), asked(), asked(Cookie="a=1"), False),
        (answer("max-age=60"), asked(), asked(Origin=HOST), False),
        (answer("max-age=60"), asked(Range="bytes=0-"), asked(), False),
        (answer("max-age=60"), asked(method="POST"), asked(method="POST"), False),
        (answer("max-age=60", Vary="X-Other"), asked(), asked(), False),
        (answer("max-age=60", Vary="*"), asked(), asked(), False),
        (answer("max-age=60, no-cache"), asked(), asked(), False),
        (answer("no-store"), asked(), asked(), False),
        (answer(None), asked(), asked(), False),
        (answer("max-age=5"), asked(), asked(), False),
        (answer("max-age=60", status=206), asked(), asked(), False),
    ],
)
def test_what_servers_let_be_used_again_is(kept: KeptExchange, first: Asked, second: Asked, is_known: bool) -> None:
    memory = Memory()
    memory.keep(first, "a.example", kept, now=100.0)
    assert (memory.find(second, "a.example", now=110.0) is kept) is is_known
    assert memory.find(second, "b.example", now=110.0) is None, "sites share nothing"


def test_the_memory_of_answers_is_bounded() -> None:
    memory = Memory(room=25)
    kept = {path: answer("max-age=60") for path in ("/a", "/b", "/c")}
    for path, one in kept.items():
        memory.keep(asked(path), "", one, now=0.0)
        memory.find(asked("/a"), "", now=0.0)
    assert [memory.find(asked(path), "", now=0.0) is not None for path in kept] == [True, False, True]
    memory.keep(asked("/d"), "", answer("max-age=60", b"x" * 26), now=0.0)
    assert memory.find(asked("/d"), "", now=0.0) is None


def test_a_browser_that_does_not_start_is_a_failure_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="the browser is an extra")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(chromium, "program", lambda: str(broken))

    async def start() -> None:
        browsers = chromium.Browsers(1)
        try:
            for _ in range(2):
                with pytest.raises(BrowserFailedError, match="Chromium does not start"):
                    async with browsers.one():
                        pass
        finally:
            await browsers.close()

    asyncio.run(start())
    failed = fault_of(Failure(BrowserFailedError("the page does not answer")), None)
    assert (failed.kind, failed.sentence) == ("browser", "the browser failed: the page does not answer")
    assert failed.passes


class Session:
    """Stands for the one to Chromium, and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []

    async def send(self, command: str, parameters: dict[str, Any]) -> None:
        self.told.append((command.removeprefix("Fetch."), parameters.get("responseCode")))


def paused(url: str, kind: str = "XHR", **headers: str) -> dict[str, Any]:
    request = {"url": url, "method": "GET", "headers": headers}
    return {"requestId": "1", "frameId": "main", "resourceType": kind, "request": request}


def answers(
    rules: Browsing, *events: dict[str, Any], body: bytes = b"x"
) -> tuple[Traffic, list[tuple[str, int | None]]]:
    session, first = Session(), answer(None, EMPTY)

    async def ask(_: Asked) -> KeptExchange | None:
        return answer(None, body, 203)

    traffic = Traffic(session, ask, first, rules)  # type: ignore[arg-type]

    async def play() -> None:
        for event in events:
            traffic.paused(event)
            await traffic.idle(0)

    asyncio.run(play())
    return traffic, session.told


SENT, REFUSED = ("fulfillRequest", 203), ("failRequest", None)
DOCUMENT_EVENT = paused(HOST + "/app.js", "Document")


def test_a_page_has_only_so_many_requests_and_bytes() -> None:
    pytest.importorskip("playwright", reason="the browser is an extra")
    more = [paused(HOST + "/a")] * 3
    traffic, told = answers(Browsing(requests=3), DOCUMENT_EVENT, *more)
    assert told == [("fulfillRequest", 200), SENT, SENT, REFUSED]
    assert traffic.unfinished == "requests"
    traffic, told = answers(Browsing(megabytes=1), DOCUMENT_EVENT, *more, body=bytes(600_000))
    assert told == [("fulfillRequest", 200), SENT, SENT, REFUSED]
    assert traffic.unfinished == "bytes"


def test_what_a_page_may_not_ask_for_is_refused() -> None:
    pytest.importorskip("playwright", reason="the browser is an extra")
    stream = paused(HOST + "/events", Accept="text/event-stream")
    events = [
        paused(HOST + "/seen", "Ping"),
        paused("ftp://news.example/"),
        paused("file:///etc/passwd"),
        stream,
        stream,
    ]
    traffic, told = answers(Browsing(), DOCUMENT_EVENT, *events)
    assert told == [("fulfillRequest", 200), REFUSED, REFUSED, REFUSED, SENT, ("fulfillRequest", 204)]
    assert traffic.unfinished is None


def test_the_document_is_the_one_that_is_shown_last() -> None:
    pytest.importorskip("playwright", reason="the browser is an extra")
    inner = paused(HOST + "/frame", "Document") | {"frameId": "inner"}
    traffic, _ = answers(Browsing(), DOCUMENT_EVENT, inner)
    assert traffic.document.capture.body == EMPTY
    traffic, _ = answers(Browsing(), DOCUMENT_EVENT, paused(HOST + "/next", "Document"))
    assert traffic.document.capture.status == 203
