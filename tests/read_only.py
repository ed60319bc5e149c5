"""Collections that nobody can write to, as on read-only media."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Before a command: who runs it may not write where that is not allowed. Without this, root writes wherever it likes.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []


def make_read_only(folder: Path) -> list[Path]:
    """Allow nobody to write to a folder and what is in it; all of that."""
    made = sorted([folder, *folder.rglob("*")])
    for path in made:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return made


@contextmanager
def read_only_copy(folder: Path, place: Path) -> Iterator[Path]:
    """A copy that nobody can write to; fails where anything in it is another afterwards."""
    shutil.copytree(folder, place)
    made = make_read_only(place)
    before = {path: path.stat().st_mtime_ns for path in made}
    yield place
    assert {path: path.stat().st_mtime_ns for path in sorted([place, *place.rglob("*")])} == before
    for path in made:
        path.chmod(0o755)
