"""The demo site on loopback: a small, honest HTTP/1.1 server that keeps count of what it was asked."""

import gzip
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from archive.telling.terminal import put
from crawler.demo.site_pages import MOVED, NOT_FOUND, DemoPage, load_pages

#: When the whole site was last changed. Fixed, so that captures of it can be compared.
LAST_MODIFIED = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
#: Seconds a kept-alive connection may be silent.
_IDLE = 30.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as it came in. `time` is in seconds of the monotonic clock; `path` has its query."""

    method: str
    path: str
    status: int
    time: float
    user_agent: str


class DemoSite:
    """Serves the demo site in a thread while the `with` block runs.

    `port` 0 lets the system choose one. `url` is the site's address with a final slash. Raises OSError where
    the port is taken.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._server = _Server((host, port))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="demo site", daemon=True)
        self.origin = self._server.origin
        self.url = self.origin + "/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Return when the server has stopped."""
        self._thread.join()

    def url_of(self, path: str) -> str:
        """The whole URL of a path that begins with a slash."""
        return self.origin + path

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every request so far, in the order they were answered."""
        return self._server.hits()

    @property
    def counts(self) -> Counter[str]:
        """The number of requests by path."""
        return Counter(hit.path for hit in self.hits)


def serve(port: int = 0) -> None:
    """Serve the demo site until Ctrl-C."""
    with DemoSite(port) as site:
        put(f"The demo site is at {site.url} (Ctrl-C stops it)\n")
        sys.stdout.flush()
        try:
            site.wait()
        except KeyboardInterrupt:
            put("\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.origin = f"http://{address[0]}:{self.server_port}"
        self.pages = load_pages(self.origin)
        self._hits: list[Hit] = []
        self._lock = Lock()

    def record(self, hit: Hit) -> None:
        with self._lock:
            self._hits.append(hit)

    def hits(self) -> tuple[Hit, ...]:
        with self._lock:
            return tuple(self._hits)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news; http.server would print a traceback."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "HarbourHTTP/1.0"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    # Head and body in one segment: two would wait for each other (Nagle against delayed acknowledgement).
    wbufsize = 65536

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in MOVED:
            self.move(self.server.origin + MOVED[path])
        elif path in self.server.pages and path != NOT_FOUND:
            self.answer(self.server.pages[path], HTTPStatus.OK)
        elif path + "/" in self.server.pages:
            self.move(self.server.origin + path + "/")
        else:
            self.answer(self.server.pages[NOT_FOUND], HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        self.do_GET()

    def move(self, target: str) -> None:
        self.begin(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", target)
        self.finish_with(f"Moved to {target}\n".encode(), "text/plain; charset=utf-8")

    def answer(self, page: DemoPage, status: HTTPStatus) -> None:
        zipped = page.compressible and "gzip" in self.headers.get("Accept-Encoding", "")
        etag = _etag(page.body)
        if status is HTTPStatus.OK and self.is_known(etag):
            self.begin(HTTPStatus.NOT_MODIFIED)
            self.send_validators(etag)
            self.end_headers()
            return
        self.begin(status)
        if status is HTTPStatus.OK:
            self.send_validators(etag)
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.finish_with(gzip.compress(page.body, mtime=0) if zipped else page.body, page.content_type)

    def is_known(self, etag: str) -> bool:
        """Whether the client's copy is current; If-None-Match goes first (RFC 9110, section 13.2.2)."""
        if known := self.headers.get("If-None-Match"):
            return known.strip() == "*" or etag in (tag.strip() for tag in known.split(","))
        return _since(self.headers.get("If-Modified-Since"))

    def begin(self, status: HTTPStatus) -> None:
        agent = self.headers.get("User-Agent", "")
        self.server.record(Hit(self.command, self.path, status.value, monotonic(), agent))
        self.send_response(status)

    def send_validators(self, etag: str) -> None:
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", format_datetime(LAST_MODIFIED, usegmt=True))
        self.send_header("Vary", "Accept-Encoding")

    def finish_with(self, body: bytes, content_type: str) -> None:
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The site keeps its own count; standard error is the caller's."""


def _etag(body: bytes) -> str:
    # Weak: the gzip and the plain representation share it (RFC 9110, section 8.8.3.3).
    return f'W/"{sha256(body).hexdigest()[:16]}"'


def _since(value: str | None) -> bool:
    try:
        return value is not None and parsedate_to_datetime(value) >= LAST_MODIFIED
    except (TypeError, ValueError):
        return False
