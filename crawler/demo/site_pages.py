"""The files of the demo site as a server sees them: path, bytes, Content-Type.

They are kept as a browser would save them, but for ``{{origin}}``, which stands for scheme, host and port.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

#: Addresses that have moved, and where to (301).
MOVED = {
    "/go/4711": "/de/lokales/fischmarkt-umbau-a-4711.html",
    "/go/5581": "/ledger/who-owns-the-tide/5581.html",
}
#: Shown, with status 404, for every address that is not there.
NOT_FOUND = "/404.html"

_HTML = "text/html; charset=utf-8"
_CONTENT_TYPES = {
    ".html": _HTML,
    ".htm": "text/html",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
}
#: Servers are often configured otherwise. Without a charset here, the page alone says it, or nobody does.
_EXCEPTIONS = {
    "/world/2026/11/17/ferry-talks-stall.html": "text/html",
    "/de/wirtschaft/windpark-verzoegerung-a-4715.html": "text/html; charset=ISO-8859-1",
    "/de/kultur/leuchtturm-museum-a-4720.html": "text/html",
    "/feed.xml": "application/rss+xml; charset=utf-8",
    "/de/feed.xml": "application/rss+xml",
}
_PLACEHOLDER = b"{{origin}}"


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One file of the site. `path` is that of its URL; a folder's index.html is the folder."""

    path: str
    content_type: str
    body: bytes

    @property
    def compressible(self) -> bool:
        """Whether gzip makes it smaller."""
        return not self.content_type.startswith("image/png")


def load_pages(origin: str) -> dict[str, DemoPage]:
    """All files of the site by URL path. `origin` is scheme, host and port without a final slash."""
    found = (_page(path, body, origin.encode("ascii")) for path, body in _walk(files("crawler.demo") / "site", "/"))
    return {page.path: page for page in found}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def _page(path: str, body: bytes, origin: bytes) -> DemoPage:
    content_type = _EXCEPTIONS.get(path) or _CONTENT_TYPES[PurePosixPath(path).suffix]
    return DemoPage(path.removesuffix("index.html"), content_type, body.replace(_PLACEHOLDER, origin))
