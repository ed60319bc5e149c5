"""The commands that need no crawler, and how every command ends.

Exit codes: 0 done, 1 something failed, 2 bad usage or configuration.
"""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from archive.commands.lone_page import clean_alone, lone_page
from archive.commands.overview import overview
from archive.errors import CleancopyError, ConfigurationError
from archive.extraction.collector import loading
from archive.pipeline.web import Web
from archive.room import NO_ROOM, is_out_of_room
from archive.telling.terminal import put, tell, tell_crash
from archive.telling.unseen import make_logs_harmless


def run(web: Web | None = None) -> None:
    """Run a command line and leave the process with its exit code; errors of ours end in their sentence.

    `web` is what the crawler lends to commands that take a URL.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        # Where the encoding lacks a character it stands as `\u203a`. Python does so on standard error by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.excepthook = tell_crash
    make_logs_harmless()
    try:
        _follow(sys.argv[1:], web)
    except KeyboardInterrupt:
        sys.exit(130)  # as Typer does
    except CleancopyError as error:
        tell(str(error))
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except BrokenPipeError:
        # The reader of the pipe has left, as `head` does. Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if not is_out_of_room(error):
            raise
        tell(NO_ROOM)
        sys.exit(1)


def _follow(arguments: Sequence[str], web: Web | None) -> None:
    if (said := overview(arguments)) is not None:
        put(said)
    elif page := lone_page(arguments):
        sys.exit(not clean_alone(page, web))
    else:
        with loading():
            from archive.commands.groups import app  # noqa: PLC0415 - Typer takes a tenth of a second to load

        app(obj=web)
