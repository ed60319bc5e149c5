"""Which cleancopy this is, and which versions of other packages it works with."""

from importlib.util import find_spec
from pathlib import Path

#: The build reads it here: asking for what is installed takes a thirtieth of a second, which every program would spend.
VERSION = "0.2.0"


def software_version() -> str:
    """The version of cleancopy that stands in records."""
    return VERSION


def installed_version(package: str) -> str:
    """The version of an installed package. Raises PackageNotFoundError if it is not there.

    The folder beside it that says so is named by it (PyPA, "Recording installed projects"). To load and ask
    importlib.metadata takes a twentieth of the time in which a process cleans its first page; it is asked where that
    folder is not the only one.
    """
    found = find_spec(package)
    folders = [] if found is None else list(found.submodule_search_locations or ())
    named = [path.stem for folder in folders for path in Path(folder).parent.glob(f"{package}-*.dist-info")]
    if len(named) == 1:
        return named[0].removeprefix(f"{package}-")
    from importlib.metadata import version  # noqa: PLC0415 - for the reason above

    return version(package)
