"""A collection, a WARC or a WACZ verified: everything accounted for, and everything as it was written."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import is_zipfile

from archive.collection.corrections import LOG as CORRECTIONS
from archive.collection.custody import LOG, Action, File, changes, read
from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.preservation.corrections_check import CorrectionsCheck
from archive.preservation.records_check import RecordsCheck
from archive.preservation.verification import Told, Verification, Verified, nobody
from archive.preservation.wacz_check import verify_wacz
from archive.telling.terminal import counted
from archive.warc.check import Progress
from archive.warc.fault import Fault
from archive.warc.index_check import lines_in
from archive.whole_file import OPEN_SUFFIX


def total_bytes(target: Path) -> int:
    """The bytes that verifying a target will tell its progress of."""
    if target.is_dir():
        return sum(path.stat().st_size for path in Collection(target).complete_warcs())
    return target.stat().st_size if target.exists() else 0


def verify(target: Path, tell: Told, progress: Progress = nobody) -> Verified:
    """Verify what lies there. Raises ConfigurationError if it is nothing that can be verified."""
    if target.is_dir():
        return _collection(Collection(target), Verification(tell, progress))
    if not target.is_file():
        raise ConfigurationError(f"{target} is neither a collection nor a file. Give a collection, a WARC or a WACZ.")
    if is_zipfile(target) or target.suffix == ".wacz":
        return verify_wacz(target, tell, progress)
    verification = Verification(tell, progress)
    with target.open("rb") as file:
        verification.warc(file, target.name)
    verification.references(closed=False)
    return verification.found


def _collection(collection: Collection, verification: Verification) -> Verified:
    collection.require()
    warcs = collection.complete_warcs()
    unfinished = collection.is_unfinished
    corrections = CorrectionsCheck(collection.path)
    verification.sought = set(corrections.payloads)
    for path in warcs:
        records = collection.records_path(path.name)
        check = None if unfinished and not records.exists() else RecordsCheck(records, collection.path)
        with path.open("rb") as file:
            verification.warc(file, path.name, check)
    verification.references(closed=True)
    if collection.index.exists() or warcs:
        verify_index(collection, verification)
    noted: list[str | None] = []
    verification.take(_custody(collection, verification.found, noted))
    verification.take(corrections.faults(set() if unfinished else verification.sought, noted))
    if missing := corrections.missing(noted):
        verification.found.notes.append(
            f"{CORRECTIONS} lacks {counted(missing, 'correction')} that {LOG} names: taken down since, or taken out."
        )
    verification.take(_strays(collection, {collection.records_path(path.name) for path in warcs}))
    for path in collection.open_warcs():
        verification.found.notes.append(f"{path.name} is being written, or was left by a crash, and was not verified.")
    if unfinished:
        verification.found.notes.append(
            "The crawl is not finished: records and index lines of its newest files may be missing. The same crawl "
            f"again completes them, as `cleancopy extract {collection.path}` does."
        )
    return verification.found


def _custody(collection: Collection, found: Verified, noted: list[str | None]) -> Iterator[Fault]:
    """The log's chain and signatures, and the WARC files that it names; `noted` is given the digests of the corrections
    that it names."""
    signed = unsigned = 0
    said: dict[str, File | None] = {}
    for line in read(collection.path):
        said.update(line.entry.warcs if line.entry else {})
        if line.entry and line.entry.action == Action.CORRECTION:
            noted.append(line.entry.what.get("digest"))
        if line.fault:
            yield Fault(LOG, line.fault, line=line.number)
        if line.signer:
            found.signers.add(line.signer)
            signed += 1
        unsigned += not line.signer
    for name, what in changes(collection.path, said):
        yield Fault(name, what)
    if signed:
        also = f", {unsigned} are not signed" if unsigned else ""
        keys = " and ".join(sorted(map(str, found.signers)))
        found.notes.append(f"{LOG}: {signed} lines are signed by {keys}{also}.")


def verify_index(collection: Collection, verification: Verification) -> None:
    """Compare a collection's index with the WARC files that have been verified."""
    verification.index(
        "index.cdxj",
        lambda: _lines(collection.index),
        lambda name: (collection.archive / name).open("rb"),
        unfinished=collection.is_unfinished,
    )


def _strays(collection: Collection, known: set[Path]) -> Iterator[Fault]:
    """Record files whose WARC is gone."""
    for path in sorted(collection.records.glob("*.jsonl")):
        if path not in known and not list(collection.archive.glob(f"{path.stem}.*{OPEN_SUFFIX}")):
            yield Fault(path.name, "the WARC that these records are made of is not there")


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from lines_in(file)
