"""The gap between two requests to a host, by the clock of a server that reads some of them late."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from tests.scripted import Run, story

#: Seconds between two requests; by how much a request may be late; and what the clocks may differ by.
DELAY, LATE, RESOLUTION = 0.4, 0.3, 0.005


class _Handler(BaseHTTPRequestHandler):
    """Notes a request when it reads it, which is late for every second one: as one that travels slowly, or waits for
    its turn. Its robots.txt fails once and then redirects; a page is dropped once without an answer, on a connection
    that was idle."""

    protocol_version = "HTTP/1.1"
    hits: list[tuple[float, str]]

    def handle_one_request(self) -> None:
        assert isinstance(self.rfile, BufferedReader)
        self.rfile.peek(1)
        if len(self.hits) % 2 == 0:
            sleep(LATE)
        super().handle_one_request()

    def do_GET(self) -> None:
        is_first = self.path not in [path for _, path in self.hits]
        self.hits.append((monotonic(), self.path))
        if self.path == "/robots.txt":
            self._say(503 if is_first else 302, b"", "/rules.txt")
        elif self.path == "/rules.txt":
            self._say(200, b"User-agent: *\nAllow: /\n")
        elif self.path == "/dropped.html" and is_first:
            self.close_connection = True
        else:
            sleep(LATE if self.path == "/slow.html" else 0)
            self._say(200, story(self.path).encode())

    def _say(self, status: int, body: bytes, location: str | None = None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "text/html" if body.startswith(b"<") else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class SlowSite:
    """A server on loopback, and when it read what."""

    def __init__(self) -> None:
        self.hits: list[tuple[float, str]] = []
        handler = type("Handler", (_Handler,), {"hits": self.hits})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[SlowSite]:
    made = SlowSite()
    yield made
    made.close()


def test_no_gap_is_shorter_than_asked_however_late_a_request_is_read(
    site: SlowSite, cleancopy: Run, tmp_path: Path
) -> None:
    pages = ("/1.html", "/dropped.html", "/slow.html", "/2.html", "/3.html")
    (tmp_path / "urls.txt").write_text("\n".join(site.url + page for page in pages))
    done = cleancopy(
        *("crawl", "--urls", "urls.txt", "--collection", "c", "--delay", DELAY, "--allow-private", "--no-records")
    )
    assert done.code == 0, done.err
    asked = [path for _, path in site.hits]
    assert asked == ["/robots.txt", "/robots.txt", "/rules.txt", "/1.html", "/dropped.html", *pages[1:]]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(site.hits)]
    assert min(gaps) >= DELAY - RESOLUTION, list(zip(gaps, asked[1:], strict=True))
