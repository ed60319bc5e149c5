"""What the crawler lends to commands that take a URL: nothing in `archive` itself goes out to the web.

The functions take a URL and whether its host may have an address that is not public.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import BufferedReader
from typing import NamedTuple

from archive.errors import ConfigurationError
from archive.telling.terminal import err, waiting


class Fetched(NamedTuple):
    """A page from the web: its final URL, its bytes and its Content-Type."""

    url: str
    body: bytes
    content_type: str | None


class Streamed(NamedTuple):
    """A file from the web, to be read once from start to end: its final URL and, if the server says so, its size in
    bytes. Reading raises OSError, with a sentence, where the connection ends before the file does."""

    url: str
    file: BufferedReader
    size: int | None


class Web(NamedTuple):
    """`page` gets one page and raises PageError with the reason if there is none. `stream` opens a file of any size
    and raises WarcError with the reason if it cannot."""

    page: Callable[[str, bool], Fetched]
    stream: Callable[[str, bool], AbstractContextManager[Streamed]]


def fetched_page(web: Web | None, url: str, allow_private: bool, instead: str) -> Fetched:
    """A page from the web, which a terminal shows to be waited for. Raises ConfigurationError, which says what to do
    `instead`, where nothing was lent, and PageError if there is no page."""
    if web is None:
        raise ConfigurationError(f"this build cannot fetch: {instead}")
    with waiting(f"Fetching {url}") if err.is_terminal else nullcontext():
        return web.page(url, allow_private)
