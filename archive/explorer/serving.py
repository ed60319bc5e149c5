"""The explorer's two servers on loopback: one for our pages, one, with another origin, for archived ones."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from archive.errors import ConfigurationError
from archive.explorer.application import application
from archive.explorer.desk import Desk
from archive.explorer.fetching import Fetching
from archive.explorer.frames import frame_application
from archive.explorer.guard import Secrets
from archive.explorer.library import Library
from archive.telling.terminal import progress

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """One of several in a process, which takes the signals for all of them."""

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()


def serve(
    paths: Sequence[Path], port: int, *, fetching: Fetching | None, is_read_only: bool, opened: Callable[[str], None]
) -> None:
    """Serve until Ctrl-C or SIGTERM; `opened` is told the address. Raises ConfigurationError for a port that cannot be
    used, and CollectionError."""
    library = Library(paths)
    with _listening(port) as ours, _listening(0) as theirs:
        origin, frames = (f"http://{HOST}:{each.getsockname()[1]}" for each in (ours, theirs))
        kept = Secrets(ours.getsockname()[1])
        desk = Desk(library, kept, f"{frames}/{kept.frames}", fetching, is_read_only)
        for holding in library:
            with progress(f"Indexing {holding.name}", unit="records") as bar:
                desk.alone.submit(holding.begin, bar.advance).result()
        given = [(application(desk, origin), ours), (frame_application(desk, origin), theirs)]
        asyncio.run(_serve(given, lambda: opened(f"{origin}/?token={kept.token}")))


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        said = os.strerror(error.errno or 0)
        raise ConfigurationError(f"Port {port} cannot be used: {said}. Choose another with --port.") from error
    with listening:
        yield listening


async def _serve(given: Sequence[tuple[ASGIApp, socket.socket]], ready: Callable[[], None]) -> None:
    servers = [
        (_Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, ws="none")), listening)
        for app, listening in given
    ]

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    # From here on Ctrl-C ends it in order; who asks before the servers have begun waits.
    ready()
    await asyncio.gather(*(server.serve([listening]) for server, listening in servers))
