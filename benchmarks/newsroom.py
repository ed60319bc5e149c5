"""Sites on loopback that publish stories, and are out of order now and then."""

import random
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Seconds of a Retry-After.
WAIT = 20
MOODS = ("well", "well", "well", "fails", "blocks", "slow", "waits")
_REFUSALS = {
    "fails": (500, b"out of order", dict[str, str]()),
    "blocks": (403, b"<html><title>Access denied</title>", {"Content-Type": "text/html"}),
    "waits": (503, b"", {"Retry-After": str(WAIT)}),
}
_SENTENCE = "The harbour office said of it that the tide would wait for no committee this year. "


@dataclass
class Asked:
    """One request: when (monotonic seconds), which path, and the status of the answer."""

    at: float
    path: str
    status: int


@dataclass
class Newsroom:
    """A site that publishes, and is out of order now and then."""

    number: int
    dice: random.Random
    stories: list[str] = field(default_factory=list)
    log: list[Asked] = field(default_factory=list)
    mood: str = "well"
    waits_until: float = 0.0
    too_early: int = 0

    def __post_init__(self) -> None:
        self.host = f"127.0.1.{self.number}"
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that was killed
        self.url = f"http://{self.host}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def publish(self) -> None:
        """A new story."""
        self.stories.append(f"/2026/11/25/a-story-with-number-{len(self.stories)}-of-{self.number}.html")

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """By the mood."""
        now = time.monotonic()
        self.too_early += now < self.waits_until
        status, body, headers = self._answer(handler.path)
        if status == 503 and "Retry-After" in headers:
            self.waits_until = now + WAIT
        self.log.append(Asked(now, handler.path, status))
        if self.mood == "slow":
            time.sleep(self.dice.uniform(1, 5))
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        if path == "/robots.txt":
            return 404, b"", {}
        if self.mood in _REFUSALS:
            return _REFUSALS[self.mood]
        if path == "/feed.xml":
            return 200, self._feed(), {"Content-Type": "application/rss+xml"}
        if path in self.stories:
            return 200, self._story(path), {"Content-Type": "text/html; charset=utf-8"}
        return 404, b"", {}

    def _feed(self) -> bytes:
        items = "".join(f"<item><title>{path}</title><link>{self.url}{path}</link></item>" for path in self.stories)
        return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()

    def _story(self, path: str) -> bytes:
        text = "".join(f"<p>{number}. {_SENTENCE * 3}</p>" for number in range(12))
        return f"<html lang=en><title>{path}</title><article><h1>{path}</h1>{text}</article></html>".encode()
