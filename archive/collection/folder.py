"""A collection on disk: where everything lies, and who may write to it.

    collection.yaml     what its owner wants: when sites are crawled, and the like
    archive/*.warc.gz   captures; the file being written ends in .open
    indexes/            index.cdxj
    records/*.jsonl     one for each WARC, same base name
    records/replaced/   records that re-extraction replaced, NAME/VERSION-DIGEST.jsonl.gz; no part of the collection
    sites/*.yaml        site files that are not among the bundled ones
    memory/*.json       what repeats on each site's pages, and the versions of it that records were made with
    state.sqlite        the frontier, unless `frontier:` names a server that several machines share
    .workers/           locks of the workers that share one, by name
    derived.jsonl       the data sets and packages made of it, and where they went
    custody.jsonl       who did what with it, and what its WARC files are
    corrections.jsonl   what people put right in the records
    takedowns.jsonl     what was taken down, when and why; none of it is fetched again
    digests.sqlite      the payloads seen; made anew from the WARC files if it is gone
    fixity.sqlite       digests of all files and their copies, and when each was last read
    alarms.sqlite       the alarms in force, and messages still to be delivered
    report.html         how it fares
    manifest-sha256.txt the same digests, as sha256sum reads them
    crawls/*.json       one report for each crawl run
    crawls/*.tar.gz     the reports of each month long past, byte for byte
    imports.sqlite      digests of the items that were imported; made anew from the WARC files
    schedule.sqlite     when sites are due, what is paused, and the runs that the scheduler began

pywb reads the same layout.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from archive.collection.catalogue import Catalogue
from archive.collection.pending_takedown import discard, is_pending, settle
from archive.errors import CollectionError, WarcError
from archive.warc.repair import Repair, repair
from archive.whole_file import OPEN_SUFFIX, is_attempt, is_plain_name, open_path, remove_left

_FOLDERS = ("archive", "indexes", "records", "sites", "crawls")


class Collection:
    """Paths of one collection. Nothing is read or made before `create` or `lock`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = path / "collection.yaml"
        self.archive = path / "archive"
        self.indexes = path / "indexes"
        self.records = path / "records"
        self.sites = path / "sites"
        self.memory = path / "memory"
        self.crawls = path / "crawls"
        self.state = path / "state.sqlite"
        self.schedule = path / "schedule.sqlite"
        self.digests = path / "digests.sqlite"
        self.imports = path / "imports.sqlite"
        self.fixity = path / "fixity.sqlite"
        self.alarms = path / "alarms.sqlite"
        self.index = self.indexes / "index.cdxj"

    def create(self) -> None:
        """Make the folders that are not there. Raises CollectionError if that cannot be done."""
        try:
            for name in _FOLDERS:
                (self.path / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CollectionError(f"{self.path} cannot be made a collection: {error.strerror}") from error

    def require(self) -> Self:
        """This collection. Raises CollectionError unless it is one. A takedown that a crash interrupted is finished."""
        if not self.archive.is_dir():
            raise CollectionError(f"{self.path} is not a collection: it has no folder 'archive'")
        if is_pending(self.path):
            with self.lock():
                pass
        return self

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only writer. Raises CollectionError, naming the other process, if there is one.

        The lock is the kernel's (flock): it ends with the process, however that ends.
        """
        self.create()
        try:
            fd = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise CollectionError(f"{self.path} cannot be written to: {error.strerror}.") from error
        try:
            self._take(fd)
            settle(self.path)
            discard(self.path)
            yield
        finally:
            os.close(fd)

    @contextmanager
    def repaired(self, tell: Callable[[str], None]) -> Iterator[None]:
        """Be the only writer, of files that are whole; `tell` is told what was mended. Raises as `lock` does."""
        with self.lock():
            for mended in self.recover():
                tell(str(mended))
            yield

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written here: a copy on read-only media, or somebody else's."""
        return not os.access(self.path, os.W_OK)

    @contextmanager
    def read(self, tell: Callable[[str], None]) -> Iterator[None]:
        """The same for a command that reads; a read-only collection is taken as it is. Nobody writes it meanwhile,
        either."""
        if self.is_read_only:
            yield
            return
        with self.repaired(tell):
            yield

    def _take(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(fd, 200).decode("utf-8", "replace").strip() or "another process"
            raise CollectionError(
                f"{self.path} is in use by {holder}. Wait for it to end, or choose another collection."
            ) from error
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode(), 0)

    def holder(self) -> str | None:
        """Who writes here now, or None."""
        try:
            fd = os.open(self.path / ".lock", os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return os.read(fd, 200).decode("utf-8", "replace").strip() or "another process"
        finally:
            os.close(fd)
        return None

    @property
    def is_unfinished(self) -> bool:
        """Whether a crawl was cut off, or goes on now: what is made of its WARC files may not be there yet. A run
        begins with its log and ends with its report."""
        folders = (self.archive, *self._own(self.indexes, self.records))
        if any(True for folder in folders for _ in folder.glob("*" + OPEN_SUFFIX)):
            return True
        runs = {
            kind: {path.stem for path in self.crawls.glob(f"*.{kind}") if path.stem.isdigit()}
            for kind in ("log", "json")
        }
        return max(runs["log"] - runs["json"], default="") > max(runs["json"], default="")

    def recover(self) -> list[Repair]:
        """Make the WARC files whole that a crash left open; what was done. Of what is made from them, or says how a run
        went, only whole files count: unfinished ones are dropped, unless a living process is writing them. The captures
        may lie behind a link, on another disk; what lies behind any other is none of the collection's, which may be
        somebody else's. Only under the lock."""
        self.drop_unfinished()
        left = [path for path in sorted(self.archive.glob("*" + OPEN_SUFFIX)) if not path.is_symlink()]
        for path in filter(is_attempt, left):
            remove_left(path)
        found = (repair(path) for path in left if not is_attempt(path))
        return [done for done in found if done]

    def drop_unfinished(self) -> None:
        """Remove what dead processes left unfinished of what can be made again."""
        for folder in self._own(self.indexes, self.records, self.memory, self.crawls):
            for path in folder.rglob("*" + OPEN_SUFFIX):
                remove_left(path)
        for path in filter(is_attempt, self.path.glob("*" + OPEN_SUFFIX)):
            remove_left(path)

    @staticmethod
    def _own(*folders: Path) -> Iterator[Path]:
        yield from (folder for folder in folders if not folder.is_symlink())

    def warcs(self) -> Iterator[Path]:
        """All WARC files in the order of their names, the one being written included."""
        found = (*self.archive.glob("*.warc.gz"), *self.archive.glob("*.warc"), *self.archive.glob("*.warc.gz.open"))
        yield from sorted(found, key=lambda path: path.name.removesuffix(OPEN_SUFFIX))

    def open_warcs(self) -> list[Path]:
        """The WARC files that are being captured, or that a crash left open."""
        return [path for path in self.archive.glob("*" + OPEN_SUFFIX) if not is_attempt(path)]

    def complete_warcs(self) -> list[Path]:
        """The WARC files that are complete, in the order of their names."""
        return [path for path in self.warcs() if path.suffix != OPEN_SUFFIX]

    def catalogue(self) -> Catalogue:
        """The index and the payloads seen. Only under the lock."""
        return Catalogue(self.index, self.digests)

    def catch_up(self) -> list[WarcError]:
        """Take complete WARC files that are new into the catalogue; what could not be read. Only under the lock. A
        read-only collection has the index that it has."""
        if self.is_read_only:
            return []
        with closing(self.catalogue()) as catalogue:
            return catalogue.catch_up(self.complete_warcs())

    def warc_path(self, filename: str) -> Path:
        """Where a WARC named in a record lies now, complete or still open. Raises CollectionError for a name that would
        lead out of the folder: records may be somebody else's."""
        if not is_plain_name(filename):
            raise CollectionError(
                f"{self.path}: a record or index names the WARC file {filename!r}; expected a plain name"
            )
        path = self.archive / filename
        return path if path.exists() else open_path(path)

    def records_path(self, warc_name: str) -> Path:
        """`NAME.warc.gz` to `records/NAME.jsonl`."""
        base = warc_name.removesuffix(OPEN_SUFFIX).removesuffix(".gz").removesuffix(".warc")
        return self.records / f"{base}.jsonl"
