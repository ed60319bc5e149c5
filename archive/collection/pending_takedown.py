"""Many files of a folder replaced at once, whatever happens in between.

New files are made in `.takedown.open`. Renaming that folder to `.takedown` decides: before, nothing has happened;
after, every later look at the collection finishes what is left to do.
"""

import json
import shutil
from pathlib import Path

from archive.whole_file import sync

_OPEN, _DECIDED, _FILES, _GONE = ".takedown.open", ".takedown", "files", "gone.json"


class Stage:
    """New files for a folder, and names of files that are to go. Nothing changes before `decide`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / _OPEN
        self._gone: list[str] = []
        discard(root)
        (self._folder / _FILES).mkdir(parents=True)

    def place(self, path: Path) -> Path:
        """Where the new content of a file of the folder is to be written."""
        made = self._folder / _FILES / path.relative_to(self._root)
        made.parent.mkdir(parents=True, exist_ok=True)
        return made

    def remove(self, path: Path) -> None:
        """A file of the folder is to go."""
        self._gone.append(path.relative_to(self._root).as_posix())

    def decide(self) -> None:
        """From now on it has happened; `settle` puts everything in its place."""
        (self._folder / _GONE).write_text(json.dumps(self._gone), "utf-8")
        for path in [*self._folder.rglob("*"), self._folder]:
            sync(path)
        self._folder.rename(self._root / _DECIDED)
        sync(self._root)


def is_pending(root: Path) -> bool:
    """Whether something was decided and not finished."""
    return (root / _DECIDED).is_dir()


def settle(root: Path) -> None:
    """Finish what was decided; only for one process at a time. May be done again after a crash at any point."""
    folder = root / _DECIDED
    if not folder.is_dir():
        return
    for name in json.loads((folder / _GONE).read_text("utf-8")):
        (root / name).unlink(missing_ok=True)
    changed = {root}
    for path in sorted((folder / _FILES).rglob("*")):
        if path.is_file():
            target = root / path.relative_to(folder / _FILES)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            changed.add(target.parent)
    for parent in changed:
        sync(parent)
    # In two steps, so that a crash never leaves a folder that looks decided and lacks its list.
    folder.rename(root / _OPEN)
    discard(root)


def discard(root: Path) -> None:
    """Throw away what was never decided."""
    shutil.rmtree(root / _OPEN, ignore_errors=True)
