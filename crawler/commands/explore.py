"""`cleancopy explore`: collections in a browser."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archive.errors import ConfigurationError
from archive.telling.terminal import put, tell


def explore(
    collections: Annotated[list[Path], typer.Argument(metavar="COLLECTION...", help="The collections to look at.")],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8090,
    read_only: Annotated[bool, typer.Option("--read-only", help="Show everything, change nothing.")] = False,
) -> None:
    """Look at collections in a browser: search them, read articles beside their pages, mend what is wrong.

    The address is printed; whoever has it may look, on this machine alone. Ctrl-C stops it."""
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"{missing[0]} is not installed; the explorer needs it: pip install 'cleancopy[explorer]'"
        )
    from archive.explorer.serving import serve  # noqa: PLC0415 - what it needs is an extra
    from crawler.frontier.wishes import FrontierWishes  # noqa: PLC0415

    def opened(address: str) -> None:
        tell("Open this address in a browser; Ctrl-C stops.")
        put(f"{address}\n")
        sys.stdout.flush()

    serve(collections, port, fetching=FrontierWishes(), is_read_only=read_only, opened=opened)
