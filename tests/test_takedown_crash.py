"""A takedown that is interrupted: all of it has happened, or nothing."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest

from archive.collection.folder import Collection
from archive.collection.pending_takedown import is_pending
from tests.exchanges import HOST, samples, write_collection
from tests.taken_down import faults, take_down, tree


class CrashError(Exception):
    """Stands for a kill."""


def test_a_crash_leaves_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = next(each for each in samples() if each.url.endswith("/photo.png"))
    collection = write_collection(tmp_path / "c", [*samples(), photo._replace(url=HOST + "/copy.png")], max_bytes=1)
    gone = ("/photo.png", "/zipped.html")
    done = Collection(collection.path.with_name("done"))
    copytree(collection.path, done.path)
    assert take_down(done, *gone).promoted
    before, after = tree(collection), tree(done)
    outcomes = []
    for crash_at in range(200):
        tried = Collection(collection.path.with_name(f"tried-{crash_at}"))
        copytree(collection.path, tried.path)
        with monkeypatch.context() as patch:
            _crash_at(patch, crash_at)
            try:
                take_down(tried, *gone)
            except CrashError:
                pass
            else:
                break
        tried.require()
        with tried.lock():
            pass
        outcomes.append(tree(tried) == after)
        assert outcomes[-1] or tree(tried) == before
        assert not is_pending(tried.path)
        assert faults(tried) == []
    assert outcomes == sorted(outcomes), "first nothing, then all"
    assert len(set(outcomes)) == 2
    assert len(outcomes) > 30


def _crash_at(patch: pytest.MonkeyPatch, number: int) -> None:
    """Fail at the numbered change of the file system; nothing after it is done either."""
    changes = count()
    for name in ("replace", "rename", "unlink", "mkdir"):
        patch.setattr(Path, name, _crashing(getattr(Path, name), changes, number))
    patch.setattr("archive.preservation.takedown.discard", lambda _: None)


def _crashing(real: Callable[..., object], changes: Iterator[int], number: int) -> Callable[..., object]:
    def changed(self: Path, *arguments: object, **more: object) -> object:
        if next(changes) >= number:
            raise CrashError
        return real(self, *arguments, **more)

    return changed
