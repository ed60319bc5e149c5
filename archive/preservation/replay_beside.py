"""pywb beside a server of ours, for frames of its pages: captured pages as they were, their scripts running.

Run as a process of its own (`python -m archive.preservation.replay_beside FD`) by `Beside`: on a socket that it is
given, and until the pipe to it is closed, however the process that holds the other end comes to its end. What the first
line of the pipe says (JSON) stands in no list of processes: `routes`, the collections by routes that nobody can guess,
and `holders`, the origins whose pages may hold archived ones. Nothing else is answered but pywb's own scripts.

A script of ours goes before all that a page holds: it scrolls to a block, and tells the page above which was clicked.
The page's own scripts can do no more with it than that.
"""

import json
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.preservation.replay import HOST, Application, Environment, changed_process, server_of, settings, shut_in

_SECONDS = 5.0
#: pywb puts this at the head of every page; what it puts there itself follows.
_TEMPLATE = "marked.html"
#: Characters of an address that stay as they are.
_KEPT = "/:?@!$&'()*+,;=%~[]"


class Beside:
    """pywb as another process, on a free port, until `close`. `collections` are those it shows, by name; `head` is
    markup, of ASCII alone, that is put at the head of each page."""

    def __init__(self, collections: Mapping[str, Path], holders: Sequence[str], head: str) -> None:
        # One for each: pages of one collection may not read another.
        self._routes = {name: secrets.token_hex(16) for name in collections}
        told = {
            "routes": {self._routes[name]: str(path.resolve()) for name, path in collections.items()},
            "holders": " ".join(holders),
            "head": head,
        }
        with socket.create_server((HOST, 0)) as listening:
            self.origin = f"http://{HOST}:{listening.getsockname()[1]}"
            descriptor = listening.fileno()
            command = [sys.executable, "-m", "archive.preservation.replay_beside", str(descriptor)]
            # In a session of its own Ctrl-C reaches it only through us.
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, pass_fds=[descriptor], start_new_session=True, bufsize=0
            )
        assert self._process.stdin  # noqa: S101 - as asked for
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(told).encode() + b"\n")

    @property
    def is_running(self) -> bool:
        """Whether it still answers, or will once it has begun."""
        return self._process.poll() is None

    def address(self, name: str, timestamp: str, url: str) -> str:
        """Where a capture of one of the collections is shown; `timestamp` has 14 digits."""
        return f"{self.origin}/{self._routes[name]}/{timestamp}mp_/{quote(url, safe=_KEPT)}"

    def close(self) -> None:
        """End it."""
        assert self._process.stdin  # noqa: S101 - as asked for
        self._process.stdin.close()
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def alone(application: Application, routes: Collection[str]) -> Application:
    """The application, of which only these routes, and what pages need of pywb itself, can be asked for."""

    def answered(environment: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        first, _, rest = environment.get("PATH_INFO", "")[1:].partition("/")
        # What is no page, such as a list of all captures, is for nobody.
        if not (first == "static" or (first in routes and rest.partition("/")[0].endswith("_"))):
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There is nothing here.\n"]
        environment.pop("HTTP_COOKIE", None)
        return application(environment, start)

    return answered


def main() -> None:
    """Serve until the pipe is closed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        told = json.loads(sys.stdin.buffer.readline())
        with changed_process():
            _serve(told["routes"], told["holders"], told["head"])


def _serve(routes: Mapping[str, str], holders: str, head: str) -> None:
    import gevent  # noqa: PLC0415
    from gevent.socket import wait_read  # noqa: PLC0415

    Path("templates").mkdir()
    Path("templates", _TEMPLATE).write_text(
        f"{{% raw %}}{head}{{% endraw %}}{{% include 'head_insert.html' %}}", encoding="ascii"
    )
    given = settings({route: Path(path) for route, path in routes.items()}) | {"head_insert_html": _TEMPLATE}
    shut = partial(shut_in, readable=tuple(routes), holders=holders)
    listening = socket.socket(fileno=int(sys.argv[1]))
    server = server_of(given, lambda application: alone(shut(application), routes), listening)

    def stop() -> None:
        wait_read(sys.stdin.fileno())
        server.stop()

    gevent.spawn(stop)
    server.serve_forever()


if __name__ == "__main__":
    main()
