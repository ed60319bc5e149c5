"""Where the user keeps site files of their own: told by a variable of the environment, which workers inherit."""

import os
from pathlib import Path

#: Directories of site files besides the bundled ones, separated as in PATH.
SITES_VARIABLE = "CLEANCOPY_SITES"


def extra_directories() -> list[Path]:
    """The directories that the user named, by `--sites` or in the environment."""
    return [Path(entry) for entry in os.environ.get(SITES_VARIABLE, "").split(os.pathsep) if entry]
