"""The option `--sites DIR`, the same for every command that reads site files."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from archive.errors import ConfigurationError
from archive.sites.search_path import SITES_VARIABLE

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
