"""A collection and its copies read again and compared with the digests that were taken when they were new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from archive.collection.copy_settings import Copy
from archive.collection.folder import Collection
from archive.preservation.copied_takedowns import Takedowns
from archive.preservation.copy_contents import SNAPSHOTS, holdings, is_fixed
from archive.preservation.copy_staging import staging
from archive.preservation.file_digests import sha256_of
from archive.preservation.fixity import HERE, Fixity, KnownDigest, open_fixity
from archive.preservation.stocktaking import take_stock
from archive.preservation.store import CopyError, Store, digest_in
from archive.preservation.store_opening import open_store
from archive.warc.fault import Fault

Told = Callable[[Fault], None]
#: Told the bytes that have been read since it was last told.
Progress = Callable[[int], None]
DAY = 86_400
#: How much more than its share a day reads, so that a period has time to spare.
_SPARE = 1.05


@dataclass(slots=True)
class Reread:
    """What was read again, what is wrong, and the files that no copy has yet."""

    files: int = 0
    bytes: int = 0
    faults: int = 0
    uncopied: dict[str, int] = field(default_factory=dict)


def verify_copies(collection: Collection, copies: Sequence[Copy], now: float, tell: Told, progress: Progress) -> Reread:
    """Read everything, here and in all copies. Raises CollectionError if the collection cannot be read."""
    with staging(collection), open_fixity(collection) as fixity:
        check = _Check(collection, fixity, copies, now, tell, progress)
        check.take_stock()
        for place in check.places:
            check.read(fixity.all(place), every=True)
        check.count_uncopied()
        return check.found


def read_share(
    collection: Collection, copies: Sequence[Copy], period: float, now: float, tell: Told, progress: Progress
) -> Reread:
    """Read the share that is due: what was not read for the longest time comes first, and as much of it as must be
    read since the last share for everything to be read once in a `period` (seconds)."""
    with staging(collection), open_fixity(collection) as fixity:
        check = _Check(collection, fixity, copies, now, tell, progress)
        check.take_stock()
        check.read(due(fixity, check.places, period, now))
        fixity.share_read(now)
        return check.found


def due(fixity: Fixity, places: Sequence[str], period: float, now: float) -> Iterator[KnownDigest]:
    """The files to read now."""
    last = fixity.last_share()
    elapsed = DAY if last is None else max(0.0, now - last)
    budget = fixity.total(places) * min(1.0, elapsed / period) * _SPARE
    for known in fixity.longest_unread(places, now):
        late = known.read + period <= now + elapsed
        if budget <= 0 and not late:
            return
        budget -= max(known.size, 1)
        yield known


class _Check:
    def __init__(
        self,
        collection: Collection,
        fixity: Fixity,
        copies: Sequence[Copy],
        now: float,
        tell: Told,
        progress: Progress,
    ) -> None:
        self.found = Reread()
        self.places = [HERE, *(copy.to for copy in copies)]
        self._collection = collection
        self._fixity = fixity
        self._copies = {copy.to: copy for copy in copies}
        self._stores: dict[str, Store | None] = {}
        self._taken_down = Takedowns(collection)
        self._now = now
        self._told: set[str] = set()
        self._tell = tell
        self._progress = progress

    def take_stock(self) -> None:
        """Take in what is new here, so that it is compared from now on."""
        for fault in take_stock(self._collection, self._fixity, holdings(self._collection), self._now):
            self._fault(fault)

    def read(self, files: Iterator[KnownDigest], *, every: bool = False) -> None:
        """Read these files again. With `every`, a place that cannot be reached is a fault even if it has none."""
        for known in files:
            if known.place == HERE:
                self._read_here(known)
            elif (store := self._store(known.place)) is not None:
                try:
                    self._read_there(known, store)
                except CopyError as error:
                    self._unreachable(known.place, error)
        if every:
            for place in self._copies:
                self._store(place)

    def count_uncopied(self) -> None:
        """How many of the collection's files each copy does not have as they are now."""
        for place in self._copies:
            behind = sum(
                1 for known in self._fixity.all(HERE) if not self._same(known, self._fixity.get(place, known.name))
            )
            self.found.uncopied[place] = behind

    @staticmethod
    def _same(known: KnownDigest, there: KnownDigest | None) -> bool:
        return there is not None and there.sha256 == known.sha256

    def _read_here(self, known: KnownDigest) -> None:
        path = self._collection.path / known.name
        if known.name in self._told:
            return
        if known.name in SNAPSHOTS or not path.exists():  # what was copied is the snapshot, not the file here
            self._fixity.put(replace(known, read=self._now))
            return
        try:
            stat, digest = path.stat(), sha256_of(path)
        except OSError as error:
            self._keep(known, f"it cannot be read: {error.strerror}", known.name)
            return
        rewritten = not is_fixed(known.name) and known.changed != stat.st_mtime_ns
        if digest == known.sha256 or rewritten or self._taken_down.explain(known, digest):
            known = replace(known, sha256=digest, size=stat.st_size, changed=stat.st_mtime_ns)
            self._keep(known, None, known.name)
        else:
            self._keep(known, "its bytes have changed though nothing wrote it", known.name)

    def _read_there(self, known: KnownDigest, store: Store) -> None:
        digest = digest_in(store, known.name)
        if digest == known.sha256:
            fault = None
        else:
            fault = "it is missing" if digest is None else "it has other bytes than those that were copied"
        self._keep(known, fault, f"{known.place}/{known.name}")

    def _keep(self, known: KnownDigest, fault: str | None, where: str) -> None:
        self._fixity.put(replace(known, read=self._now, fault=fault))
        self.found.files += 1
        self.found.bytes += max(known.size, 0)
        self._progress(max(known.size, 0))
        if fault:
            self._fault(Fault(where, fault + self._whole_elsewhere(known)))

    def _whole_elsewhere(self, known: KnownDigest) -> str:
        places = [place for place in self.places if place != known.place]
        found = ((place, self._fixity.get(place, known.name)) for place in places)
        whole = [
            place or "the collection"
            for place, there in found
            if there and there.sha256 == known.sha256 and not there.fault
        ]
        return f"; {' and '.join(whole)} had it whole when last read" if whole else "; no other place has it"

    def _store(self, place: str) -> Store | None:
        """The store of a place; None, told once, if it cannot be reached."""
        if place not in self._stores:
            try:
                self._stores[place] = open_store(self._copies[place])
            except CopyError as error:
                self._unreachable(place, error)
        return self._stores[place]

    def _unreachable(self, place: str, error: CopyError) -> None:
        self._stores[place] = None
        self._fault(Fault(place, str(error).removeprefix(f"{place}: ")))

    def _fault(self, fault: Fault) -> None:
        self.found.faults += 1
        self._told.add(fault.file)
        self._tell(fault)
