"""`cleancopy clean PAGE` and nothing else, without Typer: to load it takes a twelfth of the time of a first page."""

from collections.abc import Sequence
from pathlib import Path

from archive.extraction.collector import loading
from archive.pipeline.web import Web


def lone_page(arguments: Sequence[str]) -> str | None:
    """The page that a command line names alone: a file or a URL. None if it asks for anything else."""
    match arguments:
        case ["clean", page] if not page.startswith("-") and not Path(page).is_dir():
            return page
    return None


def clean_alone(page: str, web: Web | None) -> bool:
    """Show the page's text, as `clean` does without options; whether there is any."""
    with loading():
        from archive.commands import clean_run as run  # noqa: PLC0415 - half a second of a core, which no other command needs

    return run.clean_one(run.Page(page, "", web, allow_private=False), run.Shown.of(), None, run.chosen())
