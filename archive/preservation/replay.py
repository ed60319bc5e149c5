"""pywb on one collection, on loopback alone, with archived pages shut in.

Run as a process of its own (`python -m archive.preservation.replay COLLECTION PORT`): pywb changes Python's sockets for
the whole process, and needs a module named brotli that is not the one that Scrapy needs.

An archived page is whatever a site wrote: its scripts must not reach the living web, this machine or pywb's own pages.
So what is replayed has a Content-Security-Policy that lets it load archived files only and gives it an origin of its
own (`sandbox` without `allow-same-origin`); requests that name another host than loopback are refused.

With an origin of its own a page's script may not read what it fetches unless the answer lets every page do so, those
of the living web, too. So it does that under an address alone that nobody can guess: where a browser goes to a page,
it is sent on to there, and the frame around the page lets it lead nowhere else.

archive.preservation.replay_beside serves pages the same way for frames of other pages of ours.
"""

import os
import re
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from archive.telling.terminal import put, tell
from archive.telling.unseen import make_logs_harmless

Environment = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

HOST = "127.0.0.1"
_POLICY = (
    "sandbox allow-scripts; default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "form-action 'none'; frame-ancestors {holders}; base-uri 'self'"
)
#: /COLLECTION/TIMESTAMP + what kind of file it is rewritten as, such as mp_ for pages and id_ for bytes as received.
_REPLAYED = re.compile(r"/[^/]+/\d*[a-z]+_/")
#: The same with a frame around it.
_FRAMED = re.compile(r"/([A-Za-z0-9_.-]+)/(\d*/https?:.*)", re.DOTALL)
#: A page with an origin of its own may load these only if they say so.
_READ = ("font", "style", "script")
#: Headers of pages that are not passed on. Cookies are shared by all ports of a host, ours among them.
_DROPPED = ("content-security-policy", "set-cookie")
#: What the frame around a page may show.
_FRAME_POLICY = "frame-src 'self'"
_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?")
_ODD_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def route_of(collection: Path) -> str:
    """The collection's name in replay addresses."""
    return _ODD_IN_NAME.sub("-", collection.resolve().name).strip(".-") or "collection"


def settings(collections: Mapping[str, Path]) -> dict[str, Any]:
    """What pywb is told: these collections by their routes, framed, and nothing of the folder that it happens to run
    in."""
    places = {route: path.resolve() for route, path in collections.items()}
    return {
        # There is none; without a name for it pywb takes the route for part of the address.
        "collections_root": "none",
        "enable_auto_colls": False,
        "framed_replay": True,
        "csp-header": "",
        "collections": {
            route: {"index_paths": str(path / "indexes" / "index.cdxj"), "archive_paths": f"{path / 'archive'}{os.sep}"}
            for route, path in places.items()
        },
    }


def shut_in(
    application: Application,
    *,
    readable: Collection[str] = (),
    sent_to: Mapping[str, str] | None = None,
    holders: str = "'self'",
) -> Application:
    """The application with archived pages in a sandbox, for callers on loopback alone. Under `readable` routes, which
    nobody can guess, their scripts may read; `sent_to` is where browsers are sent that go to a page of a route.
    `holders` are the origins of pages that may hold archived ones in a frame."""

    def guarded(environment: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        if not _LOOPBACK.fullmatch(environment.get("HTTP_HOST", "")):
            # A page of the living web may have its own name point to this machine.
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"Replay answers on loopback only.\n"]

        # pywb takes the path apart while it works.
        path = environment.get("PATH_INFO", "")
        replayed = _REPLAYED.match(path) is not None
        kind = environment.get("HTTP_SEC_FETCH_DEST")
        shown = _FRAMED.match(environment.get("REQUEST_URI", ""))
        if sent_to and shown and kind == "document" and shown[1] in sent_to:
            start("302 Found", [("Location", f"/{sent_to[shown[1]]}/{shown[2]}")])
            return []
        is_read = path[1:].partition("/")[0] in readable or kind in _READ

        def started(status: str, headers: Headers, *rest: Any) -> Any:
            given = _shut_in(headers, holders, is_read=is_read) if replayed else _framing(headers)
            return start(status, given, *rest)

        return application(environment, started)

    return guarded


def _framing(headers: Headers) -> Headers:
    return [*headers, ("Content-Security-Policy", _FRAME_POLICY)]


def _shut_in(headers: Headers, holders: str, *, is_read: bool) -> Headers:
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    kept.append(("Content-Security-Policy", _POLICY.format(holders=holders)))
    if is_read:
        kept.append(("Access-Control-Allow-Origin", "*"))
    return kept


def main() -> None:
    """Serve until Ctrl-C or SIGTERM; the first line of output is the address."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        collection, port = Path(sys.argv[1]).resolve(), int(sys.argv[2])
        with changed_process():
            _replay(collection, port)


@contextmanager
def changed_process() -> Iterator[None]:
    """Make this process one that pywb can run in, in an empty folder."""
    make_logs_harmless()
    # Before anything imports warcio, which takes its brotli decoder at once.
    import brotlicffi  # noqa: PLC0415

    sys.modules["brotli"] = brotlicffi
    from gevent.monkey import patch_all  # noqa: PLC0415

    patch_all()
    os.environ.pop("PYWB_CONFIG_FILE", None)
    with tempfile.TemporaryDirectory() as empty:
        # pywb takes templates, static files and a config.yaml from where it runs.
        os.chdir(empty)
        Path("config.yaml").write_text("{}\n", encoding="utf-8")
        yield


def _show_unmodified_pages() -> None:
    """Let pywb show the page where a server said that it is as it was: on its own it shows that empty answer (304)."""
    from pywb.warcserver.resource.resolvingloader import ResolvingLoader  # noqa: PLC0415

    load = ResolvingLoader.load_headers_and_payload

    def loaded(loader: Any, cdx: Any, failed: Any, index: Any) -> Any:
        if cdx.get("status") != "304":
            return load(loader, cdx, failed, index)
        if cdx.get("orig.filename", "-") != "-":
            original = loader._resolve_path_load(cdx, True, failed)
        else:
            revisit = loader._resolve_path_load(cdx, False, failed)
            if not revisit.rec_headers.get_header("WARC-Refers-To-Target-URI"):
                return revisit, revisit
            original = loader._load_different_url_payload(cdx, revisit, failed, index)
        return original, original

    ResolvingLoader.load_headers_and_payload = loaded


def server_of(given: dict[str, Any], shut: Callable[[Application], Application], listener: Any) -> Any:
    """pywb with these settings as a server, which has not begun, and which SIGINT and SIGTERM stop; `listener` is an
    address or a socket."""
    from gevent import signal_handler  # noqa: PLC0415
    from gevent.pywsgi import WSGIServer  # noqa: PLC0415
    from pywb.apps.frontendapp import FrontEndApp  # noqa: PLC0415
    from pywb.utils import geventserver  # noqa: PLC0415

    # The server inside pywb would write a line for each request.
    geventserver.WSGIServer = partial(WSGIServer, log=None)
    _show_unmodified_pages()
    application = shut(FrontEndApp(custom_config=given))
    server = WSGIServer(listener, application, handler_class=geventserver.RequestURIWSGIHandler, log=None)
    for number in (signal.SIGINT, signal.SIGTERM):
        # The exception that Python makes of them rises wherever pywb is at work, and can be lost there.
        signal_handler(number, server.stop)
    return server


def _replay(collection: Path, port: int) -> None:
    route = route_of(collection)
    secret = f"{route}-{secrets.token_hex(16)}"
    shut = partial(shut_in, readable=(secret,), sent_to={route: secret})
    server = server_of(settings({route: collection, secret: collection}), shut, (HOST, port))
    try:
        server.init_socket()
    except OSError as error:
        tell(f"Port {port} cannot be used: {os.strerror(error.errno or 0)}. Choose another with --port.")
        sys.exit(1)
    put(f"http://{HOST}:{server.address[1]}/{route}/\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
