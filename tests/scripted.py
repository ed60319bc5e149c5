"""A site that answers as a test says, and the command line as a process of its own."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from tests.forking import forker

#: Seconds after which whatever a test waits for is taken to hang. Commands of two seconds have taken two minutes on a
#: machine that had ten times the work it could do.
PATIENCE = 600


@dataclass(slots=True)
class Answer:
    """What a path is answered with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class ScriptedSite:
    """A server on loopback (`host` may be any address in 127.0.0.0/8). `pages` may be changed while it runs; a path
    that is not there is a 404."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.hits: list[tuple[float, str, dict[str, str]]] = []
        self._lock = Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with site._lock:
                    site.hits.append((monotonic(), self.path, dict(self.headers)))
                site._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that leaves is no news
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def page(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        """Answer a path with HTML, unless a header says otherwise; its URL."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(content, status, {"Content-Type": "text/html; charset=utf-8", **named})
        return self.url + path

    def gate(self, path: str) -> Event:
        """Let whoever asks for a path wait for its answer until the event is set: what a test does at that moment does
        not depend on how fast the machine is."""
        answer, opened = self.pages[path], Event()
        assert isinstance(answer, Answer)

        def wait(handler: BaseHTTPRequestHandler) -> None:
            opened.wait(PATIENCE)
            self.send(handler, answer)

        self.pages[path] = wait
        return opened

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        with self._lock:
            return [path for _, path, _ in self.hits]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        answer = self.pages.get(handler.path, Answer(b"not here", 404, {"Content-Type": "text/plain"}))
        if not isinstance(answer, Answer):
            answer(handler)
            return
        self.send(handler, answer)

    def send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        """Write an answer."""
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def command(*arguments: object) -> list[str]:
    """The command line of `cleancopy ARGUMENTS`."""
    return [sys.executable, "-m", "crawler", *map(str, arguments)]


def run_cleancopy(folder: Path, *arguments: object, stdin: str | bytes = "") -> Ran:
    """Run `cleancopy ARGUMENTS` in a folder, as a user would."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    code, out, err = forker().run([*map(str, arguments)], folder, environment(), given, PATIENCE)
    return Ran(code, out.decode(), err.decode())


def environment() -> dict[str, str]:
    """The environment of a command: this checkout, and a wide terminal."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "200"}


def story(title: str, words: int = 300) -> str:
    """A plain article page with a body of its own."""
    sentence = f"The harbour office said of {title} that the tide would wait for no committee this year. "
    paragraphs = "".join(f"<p>{number}. {sentence * 3}</p>" for number in range(max(1, words // 50)))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
