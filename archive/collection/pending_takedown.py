"""Many files of a folder replaced at once, whatever happens in between.

New files are made in `.takedown.open`. Renaming that folder to `.takedown` decides: before, nothing has happened;
after, every later look at the collection finishes what is left to do.
"""

import json
import re
import shutil
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from archive.errors import CollectionError
from archive.whole_file import is_plain_name, sync

_OPEN, _DECIDED, _FILES, _GONE = ".takedown.open", ".takedown", "files", "gone.json"
#: What a takedown changes, by the folder; nothing else is touched.
_MAY_CHANGE = {
    "": r"(takedowns|custody|corrections)\.jsonl|\w+\.sqlite(-\w+)?",
    "archive": r".+\.warc(\.gz)?(\.open)?(\.\w+-\d+)?",
    "indexes": r"index\.cdxj|search\.sqlite(-\w+)?",
    "records": r".+\.jsonl(\.gz)?",
    "memory": r".+\.json",
    "sites": r".+\.(ya?ml|warc(\.gz)?)",
}


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
        name = path.relative_to(self._root).as_posix()
        _within(self._root, name)
        made = self._folder / _FILES / name
        made.parent.mkdir(parents=True, exist_ok=True)
        return made

    def remove(self, path: Path) -> None:
        """A file of the folder is to go."""
        name = path.relative_to(self._root).as_posix()
        _within(self._root, name)
        self._gone.append(name)

    def decide(self) -> None:
        """From now on it has happened; `settle` puts everything in its place."""
        (self._folder / _GONE).write_text(json.dumps(self._gone), "utf-8")
        for path in [*self._folder.rglob("*"), self._folder]:
            sync(path)
        self._folder.rename(self._root / _DECIDED)
        sync(self._root)


def is_pending(root: Path) -> bool:
    """Whether something was decided and not finished."""
    folder = root / _DECIDED
    return folder.is_dir() and not folder.is_symlink() and not (folder / _FILES).is_symlink()


def settle(root: Path) -> None:
    """Finish what was decided; only for one process at a time. May be done again after a crash at any point."""
    folder = root / _DECIDED
    if not is_pending(root):
        return
    gone = [_within(root, name) for name in _names(folder / _GONE)]
    # rglob follows no links; what a link itself would put in place is none of ours.
    made = [path for path in sorted((folder / _FILES).rglob("*")) if path.is_file() and not path.is_symlink()]
    new = [(path, _within(root, path.relative_to(folder / _FILES).as_posix())) for path in made]
    for path in gone:
        path.unlink(missing_ok=True)
    changed = {root}
    for path, target in new:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        changed.add(target.parent)
    for parent in changed:
        sync(parent)
    # In two steps, so that a crash never leaves a folder that looks decided and lacks its list.
    folder.rename(root / _OPEN)
    discard(root)


def _names(path: Path) -> list[str]:
    try:
        return TypeAdapter(list[str]).validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError) as error:
        raise CollectionError(
            f"{path} is no list of files, so that a takedown cannot be finished. Move {path.parent} away to use the "
            "collection without it, and take down again."
        ) from error


def _within(root: Path, name: str) -> Path:
    """A file of the collection. Raises CollectionError where the name leads anywhere else: a collection may come from
    somebody else, with a takedown that was never decided here."""
    parts = name.split("/")
    folder = parts[0] if parts[1:] else ""
    known = all(map(is_plain_name, parts)) and re.fullmatch(_MAY_CHANGE.get(folder, ""), parts[-1])
    # The captures may lie on another disk, behind a link. Behind any other, it is no file of the collection.
    linked = any((root / Path(*parts[:end])).is_symlink() for end in range(1, len(parts)) if parts[:end] != ["archive"])
    if not known or linked:
        raise CollectionError(
            f"{root / _DECIDED} names {name!r}, which is no file of a collection, or lies behind a link. Nothing was "
            "changed. Move that folder away if the collection comes from somebody else."
        )
    return root / name


def discard(root: Path) -> None:
    """Throw away what was never decided."""
    shutil.rmtree(root / _OPEN, ignore_errors=True)
