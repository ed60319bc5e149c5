"""The reports of crawl runs in crawls/: a JSON file for each run, and for each month long past one archive of them.

A schedule of 50 sites that are crawled every half hour leaves 2,400 reports a day. Archives (`2026-03.tar.gz`, for
`tar -xzf`) hold them byte for byte, and what looks at the state of things never has to list or read them.
"""

import os
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO

from archive.whole_file import attempt

#: When a run began (UTC, to the second), and the site that it was for if a schedule began it.
_NAME = re.compile(r"(\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2})\d*(?:-(.+))?\.json")
#: Before all runs; a year has four digits in a name.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def site_named(path: Path) -> str | None:
    """The one site that a report tells of; None where its name does not say."""
    found = _NAME.fullmatch(path.name)
    return found[2] if found else None


def latest_reports(folder: Path, days: int) -> list[Path]:
    """The reports of the newest run and of so many days before it, oldest first."""
    names = _names(folder)
    first = _stamp(_newest(names), days)
    return [folder / name for name in names if name >= first]


def fold_months(folder: Path, days: int, now: datetime) -> list[Path]:
    """Put the reports of each month that ended more than so many days ago, and before the newest run, into an archive
    of their own; the archives that were written.

    Whoever calls has the collection's lock. A crash leaves every report where it was, in an archive, or in both; then
    the next call removes it. Raises OSError where the folder cannot be written to, and EOFError or TarError where an
    archive is damaged; the reports are there still.
    """
    names = _names(folder)
    months: defaultdict[str, list[str]] = defaultdict(list)
    first = _stamp(min(_newest(names), now), days)
    for name in names:
        if name[:6] < first[:6]:
            months[f"{name[:4]}-{name[4:6]}"].append(name)
    return [path for month, of_month in months.items() for path in _fold(folder, month, of_month)]


def _fold(folder: Path, month: str, names: list[str]) -> Iterator[Path]:
    held = dict(member for path in folder.glob(f"{month}*.tar.gz") for member in _members(path))
    missing = {name: digest for name in names if held.get(name) != (digest := _digest(folder / name))}
    if missing:
        # A report may come later: from a copy, or from a clock that was wrong. What is complete stays as it is.
        places = (folder / f"{month}{f'-{number}' if number else ''}.tar.gz" for number in count())
        path = next(place for place in places if not place.exists())
        with attempt(path) as new:
            _write(new.file, folder, missing)
            if dict(_members(new.open_path)) != missing:
                raise OSError(f"{path} is not read back as it was written; the reports of {month} stay")
        yield path
    for name in names:
        (folder / name).unlink()


def _write(file: BinaryIO, folder: Path, names: Iterable[str]) -> None:
    with tarfile.open(fileobj=file, mode="w|gz") as archive:
        for name in names:
            archive.add(folder / name, name)
            _forget(archive)
    file.flush()


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """The reports in an archive and their digests."""
    with tarfile.open(path, "r|gz") as archive:
        while member := archive.next():
            if content := archive.extractfile(member):
                yield member.name, sha256(content.read()).digest()
            _forget(archive)


def _forget(archive: tarfile.TarFile) -> None:
    """Drop what is done: the module holds every member until the end."""
    archive.members.clear()  # type: ignore[attr-defined]


def _digest(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder) if _NAME.fullmatch(entry.name))


def _newest(names: list[str]) -> datetime:
    try:
        return datetime.fromisoformat(f"{names[-1][:8]}T{names[-1][8:14]}").replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return _BEGINNING


def _stamp(moment: datetime, days: int) -> str:
    """What the names of reports from so many days before a moment on are no less than."""
    return f"{max(moment - timedelta(days=days), _BEGINNING):%Y%m%d%H%M%S}"
