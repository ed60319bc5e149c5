"""Where a collection keeps its sites' memories, and which of them a capture is read with.

    memory/DOMAIN.json                             what is known now: for people, and what learning goes on from
    memory/versions/DOMAIN/SINCE-DIGEST.json       what captures from SINCE (UTC) on are read with
    memory/replaced/DOMAIN/SINCE-DIGEST.json       versions that `cleancopy learn` took out of use

A version is never changed, and a crawl adds one only for captures that are still to come. So a capture's time alone
says which version its record is made with, and re-extraction finds the same one: during the crawl, after it, and
after any later crawl. Only `cleancopy learn` changes what older captures are read with.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from archive.errors import CollectionError, ConfigurationError
from archive.extraction.memory.site_memory import SiteMemory
from archive.sites.file_stamp import Stamp, stamp_of
from archive.whole_file import write_whole

#: How much a memory must have changed, in articles, to become a new version: versions stay few however often a site
#: is crawled. It also shrinks, when old pages are forgotten.
_CHANGE = 1.25
_STAMP = "%Y%m%dT%H%M%SZ"
#: The stamp of a version for all captures.
_ALWAYS = "00000000T000000Z"
#: Bytes of one file. The largest of 50 sites has 2 million.
_LARGEST = 200_000_000
_DOMAIN = re.compile(r"[\w-][\w.:-]*")


class MemoryShelf:
    """The memories in one folder. Nothing is made before `put`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def latest(self, site: str) -> SiteMemory:
        """What is known of a site now. Raises ConfigurationError if its file is no memory."""
        path = self._path(site)
        return read_memory(path) if is_file_name(site) and path.is_file() else SiteMemory(site)

    def sites(self) -> Iterator[str]:
        """The sites of which something is known."""
        yield from sorted(path.stem for path in self._folder.glob("*.json"))

    def in_force(self, site: str, captured: datetime | None) -> SiteMemory | None:
        """What a capture of that time (UTC) is read with; without a time, the newest version."""
        stamp = captured.astimezone(UTC).strftime(_STAMP) if captured else "9"
        found = [path for path in self._versions(site) if path.name.partition("-")[0] <= stamp]
        return read_version(found[-1]) if found else None

    def put(self, memory: SiteMemory, now: datetime) -> None:
        """Write what is known now. Where it has grown enough, captures from `now` on are read with it."""
        write_memory(self._path(memory.site), memory)
        versions = self._versions(memory.site)
        before = read_version(versions[-1]).articles if versions else 0
        if memory.is_useful and not before / _CHANGE < memory.articles < before * _CHANGE:
            # Stamps have no fractions of a second: the next full one is the first that no capture can have yet.
            self._add_version(memory, (now + timedelta(seconds=1)).strftime(_STAMP))

    def replace(self, memory: SiteMemory) -> None:
        """Write what is known now; all captures are read with it, and older versions are out of use."""
        write_memory(self._path(memory.site), memory)
        for path in self._versions(memory.site):
            kept = self._folder / "replaced" / memory.site / path.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            path.replace(kept)
        if memory.is_useful:
            self._add_version(memory, _ALWAYS)

    def _versions(self, site: str) -> list[Path]:
        """Oldest first."""
        if not is_file_name(site):
            return []
        return sorted((self._folder / "versions" / site).glob("*Z-*.json"))

    def _add_version(self, memory: SiteMemory, stamp: str) -> None:
        name = f"{stamp}-{memory.digest.removeprefix('sha256:')[:16]}.json"
        write_memory(self._folder / "versions" / memory.site / name, memory)

    def _path(self, site: str) -> Path:
        return self._folder / f"{site}.json"


def read_memory(path: Path) -> SiteMemory:
    """Read one file. Raises ConfigurationError if it cannot be read or is no memory."""
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path} has more than {_LARGEST} bytes; no site memory has")
        memory = SiteMemory.from_bytes(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    # It is written under its own name again.
    if not is_file_name(memory.site):
        raise ConfigurationError(f"{path}: not a site memory: {memory.site!r} is no domain")
    return memory


def is_file_name(site: str) -> bool:
    """Whether a site can have a memory: its domain comes from the web and must be safe as a file's name."""
    return bool(_DOMAIN.fullmatch(site))


def read_version(path: Path) -> SiteMemory:
    """Read a version, or remember it: versions do not change, unless somebody else changes them."""
    return _read_as_of(path, stamp_of(path.stat()) if path.is_file() else "")


@lru_cache(maxsize=32)
def _read_as_of(path: Path, _stamp: Stamp) -> SiteMemory:
    return read_memory(path)


def write_memory(path: Path, memory: SiteMemory) -> None:
    """Write one file, in place under its name once complete. Raises CollectionError if that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, memory.to_bytes())
    except OSError as error:
        raise CollectionError(f"{path} cannot be written: {error.strerror}") from error
