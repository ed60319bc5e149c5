"""A data set appears under its name whole or not at all: it is made beside its place and then renamed."""

import fcntl
import glob
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from archive.datasets.manifest import MANIFEST, read_manifest
from archive.errors import CollectionError, ConfigurationError
from archive.whole_file import sync

#: Seconds within which a folder that was just made is locked.
_YOUNG = 60.0


@contextmanager
def staged(output: Path, *, replace: bool) -> Iterator[Path]:
    """A new folder that becomes `output` when all went well, and vanishes otherwise. With `replace` it takes the place
    of an older export.

    Raises ConfigurationError where something lies at `output` that is not an older export and nothing else, or that
    must stay, and CollectionError where nothing can be written.
    """
    output = output.absolute()
    put_back(output)
    _require_room(output, replace)
    _remove_left(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=f".{output.name}.", suffix=".open", dir=output.parent))
    except OSError as error:
        raise CollectionError(f"{output} cannot be written: {error.strerror}") from error
    held = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
        _require_room(output, replace)
        _settle(folder, output)
    except OSError as error:
        raise CollectionError(f"{output}: {error.strerror or error}; nothing of this data set was kept") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def put_back(output: Path) -> None:
    """Finish what a process that died while it exchanged two data sets left: the older one, set aside, takes its place
    again, or goes where the new one has it."""
    name = glob.escape(output.name)
    for aside in sorted(output.absolute().parent.glob(f".{name}.????????.old")):
        # A living process that is exchanging them holds the lock.
        with suppress(OSError), _locked(aside):
            if os.path.lexists(output):
                shutil.rmtree(aside, ignore_errors=True)
            elif (aside / MANIFEST).is_file():
                aside.rename(output)
                sync(output.absolute().parent)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The kernel's lock on a folder. Raises OSError where another process has it."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def _remove_left(output: Path) -> None:
    """Remove what dead processes left of this data set: the kernel's lock on such a folder ends with its process."""
    for left in output.parent.glob(f".{glob.escape(output.name)}.*.open"):
        # One that is not there any more has been finished meanwhile.
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _YOUNG:
                with _locked(left):
                    shutil.rmtree(left, ignore_errors=True)


def _require_room(output: Path, replace: bool) -> None:
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    if not (output / MANIFEST).is_file():
        raise ConfigurationError(f"{output} is there already and is no data set of ours. Choose another --output.")
    ours = {output / name for name in (*(file.path for file in read_manifest(output).files), MANIFEST)}
    if not replace:
        raise ConfigurationError(
            f"{output} holds a data set already. Give --replace to put the new one in its place, or another --output."
        )
    strange = [path for path in sorted(output.rglob("*")) if path.is_file() and path not in ours]
    if strange:
        raise ConfigurationError(
            f"{output} holds an older data set and also {strange[0].relative_to(output)}, which would be lost. "
            "Move that away, or choose another --output."
        )


def _settle(folder: Path, output: Path) -> None:
    """Make the folder durable and exchange it for what is there."""
    for path in folder.rglob("*"):
        sync(path)
    folder.chmod(0o755)
    if not output.exists():
        folder.rename(output)
        sync(output.parent)
        return
    aside = folder.with_name(folder.name.removesuffix(".open") + ".old")
    with _locked(output):
        output.rename(aside)
        folder.rename(output)
        sync(output.parent)
        shutil.rmtree(aside, ignore_errors=True)
