"""Which cleancopy this is."""

from functools import cache


@cache
def software_version() -> str:
    """The version of cleancopy that stands in records."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - with `email` a third of what help loads

    try:
        return version("cleancopy")
    except PackageNotFoundError:
        return "0"
