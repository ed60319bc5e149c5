"""Options and arguments that several commands take."""

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.days import first_day, last_day
from archive.errors import ConfigurationError

#: As archive.sites.loading reads it. That package takes a third of a second to load, which help does not need, and
#: a crawl only after its workers have begun.
SITES_VARIABLE = "CLEANCOPY_SITES"
CollectionArgument = Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection.")]
SitesOption = Annotated[
    list[Path] | None,
    typer.Option("--sites", metavar="DIR", help=f"A directory of site files; also {SITES_VARIABLE}. May be repeated."),
]


class Errors(StrEnum):
    """What becomes of a line or file that cannot be read: it is told of and passed over, or a record that says why
    stands in its place, so that what comes out lines up with what went in."""

    SKIP = "skip"
    KEEP = "keep"


ErrorsOption = Annotated[
    Errors, typer.Option("--errors", help="Pass over what cannot be read, or keep a record that says why in its place.")
]
TrustOption = Annotated[
    bool, typer.Option("--trust-text", help="A plain text is the article as a whole: label it, remove nothing.")
]


def use_directories(folders: Sequence[Path] | None) -> None:
    """Look for site files in these directories first. In the environment, so that worker processes see it too."""
    for folder in folders or ():
        if not folder.is_dir():
            raise ConfigurationError(f"--sites {folder}: expected a directory of site files")
    known = os.environ.get(SITES_VARIABLE, "")
    paths = [*(str(folder.resolve()) for folder in folders or ()), *([known] if known else [])]
    if paths:
        os.environ[SITES_VARIABLE] = os.pathsep.join(paths)


def day_option(name: str, what: str) -> Any:
    """An option that takes a day, such as 2026-11-18, or a month or year, of which `--until` means the last day; for an
    annotation of `datetime | None`."""
    return typer.Option(name, parser=_last_day if name == "--until" else _first_day, metavar="DAY", help=what)


def _first_day(text: str) -> datetime:
    return _midnight(first_day, text)


def _last_day(text: str) -> datetime:
    return _midnight(last_day, text)


def _midnight(day: Callable[[str], date], text: str) -> datetime:
    try:
        # A day has no time zone: the sources' own days are compared with it.
        return datetime.combine(day(text), time.min)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def day_of(midnight: datetime | None) -> date | None:
    """The day of the midnight that Typer gives for it."""
    return midnight.date() if midnight else None
