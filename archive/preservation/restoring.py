"""A collection rebuilt from a copy. An interrupted restoring goes on where it stopped; what is there is never
overwritten."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.collection.folder import Collection
from archive.errors import CollectionError
from archive.preservation.copy_contents import belongs, is_fixed
from archive.preservation.file_digests import MANIFEST, read_manifest, sha256_of
from archive.preservation.store import Store, WrongBytesError, digest_in
from archive.warc.fault import Fault
from archive.whole_file import Attempt, attempt

Told = Callable[[Fault], None]
#: Told the bytes that have been fetched since it was last told.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Restored:
    """How many files were fetched, were there already, were left as they are, had no digest in the manifest, and are
    wrong."""

    fetched: int = 0
    present: int = 0
    left: int = 0
    unproven: int = 0
    faults: int = 0


def restore(store: Store, collection: Collection, tell: Told, progress: Progress) -> Restored:
    """Fetch all files of a copy into a collection, which may be there in part. Only under the collection's lock.

    Raises CopyError if the copy cannot be read and CollectionError if the disk does not take it.
    """
    collection.create()
    job = _Job(store, collection, tell, progress)
    try:
        stated = job.manifest()
        names = {name for name, _ in store.sizes() if belongs(name)}
        for name in sorted(names):
            job.fetch(name, stated.get(name))
        for name in sorted(set(stated) - names):
            job.fault(name, "the copy's manifest names it, and it is not there")
    except OSError as error:
        raise CollectionError(
            f"{collection.path}: {error.strerror or error}. What is restored is kept; the same command goes on."
        ) from error
    return job.done


class _Job:
    def __init__(self, store: Store, collection: Collection, tell: Told, progress: Progress) -> None:
        self.done = Restored()
        self._store = store
        self._root = collection.path
        self._tell = tell
        self._progress = progress

    def manifest(self) -> dict[str, str]:
        """The digests that the copy states. They become the collection's, unless it has its own."""
        target = self._root / MANIFEST
        if self._store.size(MANIFEST) is None:
            return {}
        there = Attempt(target)
        try:
            self._pour(MANIFEST, there.file)
            stated = read_manifest(there.open_path)
            if not target.exists():
                there.keep()
        finally:
            there.drop()
        return stated

    def fetch(self, name: str, digest: str | None) -> None:
        """One file, unless it is there."""
        target = self._root / name
        self.done.unproven += digest is None
        if target.exists():
            self._compare(name, target, digest)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._write(name, target, digest)
            self.done.fetched += 1
        except WrongBytesError as error:
            self.fault(name, str(error))

    def _write(self, name: str, target: Path, digest: str | None) -> None:
        with attempt(target) as new:
            self._pour(name, new.file)
            if digest is not None and sha256_of(new.open_path) != digest:
                raise WrongBytesError("the copy has other bytes than its manifest says; it was not restored")
            self._progress(new.file.tell())

    def _pour(self, name: str, new: BinaryIO) -> None:
        for chunk in self._store.chunks(name):
            new.write(chunk)
        new.flush()

    def _compare(self, name: str, target: Path, digest: str | None) -> None:
        if sha256_of(target) == (digest or digest_in(self._store, name)):
            self.done.present += 1
        elif is_fixed(name):
            self.fault(name, "it is there already with other bytes. Move it away to have it restored")
        else:
            self.done.left += 1

    def fault(self, name: str, what: str) -> None:
        """Tell what is wrong with one file."""
        self.done.faults += 1
        self._tell(Fault(name, what))
