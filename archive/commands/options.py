"""Options and arguments that several commands take."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.errors import ConfigurationError

#: As archive.sites.loading reads it. That package takes a third of a second to load, which help does not need, and
#: a crawl only after its workers have begun.
SITES_VARIABLE = "CLEANCOPY_SITES"
CollectionArgument = Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection.")]
SitesOption = Annotated[
    list[Path] | None,
    typer.Option("--sites", metavar="DIR", help=f"A directory of site files; also {SITES_VARIABLE}. May be repeated."),
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
    """An option that takes a day, such as 2026-11-18, for an annotation of `datetime | None`."""
    return typer.Option(name, formats=["%Y-%m-%d"], help=what)


def day_of(midnight: datetime | None) -> date | None:
    """The day of the midnight that Typer gives for it."""
    return midnight.date() if midnight else None
