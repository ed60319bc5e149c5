"""What a collection holds now, against what is known of it: new files get their digest, and what never changes is
found out if it did."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.collection.folder import Collection
from archive.preservation.copied_takedowns import Takedowns
from archive.preservation.copy_contents import SNAPSHOTS, Holding
from archive.preservation.file_digests import sha256_of
from archive.preservation.fixity import HERE, Fixity, KnownDigest
from archive.preservation.verification import nobody
from archive.sites.file_stamp import stamp_of
from archive.warc.check import FileCheck
from archive.warc.fault import Fault

#: A file that changed this recently may change again within the same tick of the file system's clock.
_UNSETTLED = 2_000_000_000


def take_stock(collection: Collection, fixity: Fixity, found: Iterable[Holding], now: float) -> Iterator[Fault]:
    """Bring the digests of the collection's own files up to date; what is wrong with them. A file that is wrong keeps
    the digest that it had."""
    taken_down = Takedowns(collection)
    for holding in found:
        yield from _look_at(holding, fixity, taken_down, now)
    for known in fixity.all(HERE):
        if not (collection.path / known.name).exists():
            yield from _gone(known, fixity, taken_down)


def _look_at(holding: Holding, fixity: Fixity, taken_down: Takedowns, now: float) -> Iterator[Fault]:
    known = fixity.get(HERE, holding.name)
    try:
        stat = holding.path.stat()
        stamp = stamp_of(stat)
        if known and known.fault is None and fixity.stamped(holding.name) == stamp:
            return
        digest = sha256_of(holding.path)
    except FileNotFoundError:
        return  # logs and records come and go
    except OSError as error:
        yield _unreadable(holding, known, fixity, error)
        return
    # Who writes a file changes its time; where bytes differ without that, nobody can tell writing from damage.
    same_time = known and (known.size, known.changed) == (stat.st_size, stat.st_mtime_ns)
    if known and (holding.fixed or same_time) and digest != known.sha256 and not taken_down.explain(known, digest):
        yield _wrong(known, holding, fixity)
        return
    if holding.fixed and (known is None or digest != known.sha256):
        yield from _broken(holding.path)
    settled = 0 if time.time_ns() - stat.st_mtime_ns < _UNSETTLED else stat.st_mtime_ns
    taken = known.taken if known and known.sha256 == digest else now
    fixity.put(KnownDigest(HERE, holding.name, digest, stat.st_size, settled, taken, read=now))
    fixity.stamp(holding.name, stamp)


def _unreadable(holding: Holding, known: KnownDigest | None, fixity: Fixity, error: OSError) -> Fault:
    fault = f"it cannot be read: {error.strerror}"
    if known:
        fixity.put(replace(known, fault=fault))
    return Fault(holding.name, fault)


def _wrong(known: KnownDigest, holding: Holding, fixity: Fixity) -> Fault:
    day = datetime.fromtimestamp(known.taken, UTC).date()
    fault = f"its bytes are no longer those whose digest was taken on {day}; it is not copied over the earlier ones"
    if not holding.fixed:
        fault += ". Its time of change is the same: `touch` it if it is as it should be"
    fixity.put(replace(known, fault=fault))
    return Fault(known.name, fault)


def _broken(path: Path) -> Iterator[Fault]:
    """A WARC must be whole when its digest is taken, or the digest would vouch for damage."""
    if path.name.endswith((".warc", ".warc.gz")):
        with path.open("rb") as file:
            check = FileCheck(file, path.name, nobody)
            for _ in check:
                pass
        yield from check.faults


def _gone(known: KnownDigest, fixity: Fixity, taken_down: Takedowns) -> Iterator[Fault]:
    if known.name in SNAPSHOTS:
        return
    if not known.name.startswith("archive/") or taken_down.removed(known):
        fixity.forget(HERE, known.name)
        return
    fault = "it is gone from the collection; copies keep it"
    fixity.put(replace(known, fault=fault))
    yield Fault(known.name, fault)
