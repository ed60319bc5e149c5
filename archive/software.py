"""Which cleancopy this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def software_version() -> str:
    """The version of cleancopy that stands in records."""
    try:
        return version("cleancopy")
    except PackageNotFoundError:
        return "0"
