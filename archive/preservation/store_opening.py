"""From a configured copy to its store."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from archive.collection.copy_settings import Copy
from archive.errors import ConfigurationError
from archive.preservation.directory_store import Directory
from archive.preservation.store import Store

if TYPE_CHECKING:
    from archive.preservation.s3_store import Bucket


def open_store(copy: Copy, *, create: bool = False) -> Store:
    """The store of a configured copy; with `create`, a place that is new is made.

    Raises CopyError if it cannot be reached, and ConfigurationError where what it takes is not installed.
    """
    if not copy.to.startswith("s3://"):
        return Directory(Path(copy.to), create=create)
    try:
        from archive.preservation.s3_store import Bucket  # noqa: PLC0415 - an extra, and a second to load
    except ImportError as error:
        raise ConfigurationError(
            f"{copy.to} needs s3fs, which is not installed: pip install 'cleancopy[s3]'"
        ) from error
    return Bucket(copy.to, copy.endpoint)


def s3_store(location: str) -> "Bucket":
    """A bucket and prefix that no configuration names. Raises as `open_store` does."""
    try:
        copy = Copy(to=location.rstrip("/"))
    except ValidationError as error:
        raise ConfigurationError(
            f"{location}: expected s3://BUCKET/PREFIX; keys and secrets come from the environment or ~/.aws"
        ) from error
    return cast("Bucket", open_store(copy))
