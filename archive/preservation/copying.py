"""A collection copied to the places that its `copies:` name.

A copy is no mirror: what the collection lost stays in it, and what never changes is never overwritten. Each file is
sent whole or not at all and read back, so an interrupted copy goes on where it stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.preservation.copied_takedowns import Takedowns
from archive.preservation.copy_contents import SNAPSHOTS, Holding, holdings, is_fixed
from archive.preservation.copy_staging import staging
from archive.preservation.file_digests import MANIFEST, sha256_of
from archive.preservation.fixity import HERE, Fixity, KnownDigest, open_fixity
from archive.preservation.snapshots import snapshots
from archive.preservation.stocktaking import take_stock
from archive.preservation.store import CopyError, SourceError, Store, WrongBytesError, digest_in
from archive.preservation.store_opening import open_store
from archive.warc.fault import Fault
from archive.whole_file import whole_file

Told = Callable[[Fault], None]
#: Told the bytes that have been copied since it was last told.
Progress = Callable[[int], None]


@dataclass(slots=True)
class Copied:
    """What came of one copy: the files and bytes that were sent, how many files it holds, what is wrong with it, and
    why it could not be finished."""

    place: str
    files: int = 0
    bytes: int = 0
    held: int = 0
    faults: int = 0
    stopped: str | None = None
    notes: list[str] = field(default_factory=list)


def copy_collection(
    collection: Collection,
    copies: Sequence[Copy],
    now: float,
    *,
    tell: Told,
    progress: Progress,
    locked: bool = False,
    repair: bool = False,
) -> tuple[int, list[Copied]]:
    """Copy what is new to all places; the faults in the collection itself, and what came of each copy.

    With `locked` the caller holds the collection's lock and nobody writes; otherwise the lock is taken for a moment
    and, where a crawl has it, the frontier as it is now waits until the captures that it knows are complete. With
    `repair` what is damaged in a copy is replaced by what the collection has.

    Raises CollectionError if the collection cannot be read or is being copied already.
    """
    with staging(collection) as folder, open_fixity(collection) as fixity:
        moments = {holding.name: holding for holding in snapshots(collection, folder, locked=locked)}
        faults = 0
        for fault in take_stock(collection, fixity, _all(collection, moments), now):
            faults += 1
            tell(fault)
        _write_manifest(fixity, HERE, collection.path / MANIFEST)
        job = _Job(collection, fixity, moments, folder, now, tell, progress, repair)
        return faults, [job.copy_to(copy) for copy in copies]


def _all(collection: Collection, moments: dict[str, Holding]) -> Iterator[Holding]:
    yield from holdings(collection)
    yield from moments.values()


def _write_manifest(fixity: Fixity, place: str, path: Path) -> Path:
    with whole_file(path) as file:
        file.writelines(fixity.manifest(place))
    return path


@dataclass(frozen=True, slots=True)
class _Job:
    collection: Collection
    fixity: Fixity
    moments: dict[str, Holding]
    folder: Path
    now: float
    tell: Told
    progress: Progress
    repair: bool

    def copy_to(self, copy: Copy) -> Copied:
        """One copy; what stops it does not stop the others."""
        done = Copied(copy.to)
        try:
            self._copy(copy, done)
        except CopyError as error:
            done.stopped = str(error)
        failed = done.stopped or (f"{copy.to}: {done.faults} files are not as they should be" if done.faults else None)
        self.fixity.copied(copy.to, self.now, failed)
        return done

    def _copy(self, copy: Copy, done: Copied) -> None:
        known_place = self.fixity.last_copied(copy.to) is not None
        store = open_store(copy, create=not known_place)
        store.remove_unfinished()
        self.fixity.take_down(store.sizes())
        taken_down = Takedowns(self.collection)
        for known in self.fixity.all(HERE):
            if known.fault is None:
                done.held += 1
                self._hold(store, known, taken_down, done)
        self._follow(store, taken_down, done)
        if done.files or done.notes or self.fixity.listed(MANIFEST) is None:
            manifest = _write_manifest(self.fixity, copy.to, self.folder / MANIFEST)
            store.write(MANIFEST, manifest, sha256_of(manifest))

    def _follow(self, store: Store, taken_down: Takedowns, done: Copied) -> None:
        """Remove what takedowns removed; whatever else the collection lost stays."""
        for there in self.fixity.all(store.location):
            if self.fixity.get(HERE, there.name) is None and taken_down.removed(there):
                store.remove(there.name)
                self.fixity.forget(store.location, there.name)
                done.notes.append(f"{store.location}: {there.name} is removed: a takedown removed it.")

    def _hold(self, store: Store, known: KnownDigest, taken_down: Takedowns, done: Copied) -> None:
        there, size = self.fixity.get(store.location, known.name), self.fixity.listed(known.name)
        try:
            if there is None and size is not None:
                there = self._adopt(store, known, size)
            if there and size is None:
                done.notes.append(f"{store.location}: {known.name} was missing and is copied again.")
            elif there and self._is_held(known, there, size):
                return
            elif there and self._must_stay(known, there, taken_down):
                self._fault(store, known, "the copy has other bytes under this name; they were left as they are", done)
                return
            self._send(store, known, done)
        except WrongBytesError as error:
            # What may change and just does is copied the next time.
            if not isinstance(error, SourceError) or is_fixed(known.name):
                self._fault(store, known, str(error), done)

    def _fault(self, store: Store, known: KnownDigest, what: str, done: Copied) -> None:
        done.faults += 1
        self.tell(Fault(f"{store.location}/{known.name}", what))

    @staticmethod
    def _is_held(known: KnownDigest, there: KnownDigest, size: int | None) -> bool:
        return there.sha256 == known.sha256 and there.size == size and not there.fault

    def _must_stay(self, known: KnownDigest, there: KnownDigest, taken_down: Takedowns) -> bool:
        """Whether what is there must not be overwritten: what never changes differs, and nobody asked for it."""
        replaced = self.repair and (there.fault is not None or there.sha256 == known.sha256)
        return is_fixed(known.name) and not replaced and not taken_down.explain(there, known.sha256)

    def _adopt(self, store: Store, known: KnownDigest, size: int) -> KnownDigest:
        """A file that is there and of which nothing is known: it was copied when the power went, or by hand."""
        found = digest_in(store, known.name) or ""
        there = KnownDigest(store.location, known.name, found, size, changed=0, taken=self.now, read=self.now)
        if found == known.sha256:
            self.fixity.put(there)
        return there

    def _send(self, store: Store, known: KnownDigest, done: Copied) -> None:
        moment = self.moments.get(known.name)
        if moment is None and known.name in SNAPSHOTS:
            return
        path = moment.path if moment else self.collection.path / known.name
        store.write(known.name, path, known.sha256)
        self.fixity.put(replace(known, place=store.location, changed=0, taken=self.now, read=self.now, fault=None))
        done.files += 1
        done.bytes += known.size
        self.progress(known.size)
