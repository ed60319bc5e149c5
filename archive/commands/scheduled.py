"""The argument COLLECTION of `cleancopy schedule`, the same for all of its commands."""

from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.errors import ConfigurationError

CollectionArgument = Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection.")]


def scheduled_collection(path: Path) -> Collection:
    """The collection of a command. Raises ConfigurationError where it is none."""
    if not path.is_dir():
        raise ConfigurationError(f"{path} is not a folder; a collection with a schedule has a file collection.yaml")
    return Collection(path)
