"""`cleancopy verify | index`: whether everything is there and as it was written; the CDXJ index made anew."""

import time
from pathlib import Path
from typing import Annotated

import typer

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.commands.copy import configured
from archive.errors import ConfigurationError
from archive.preservation.copy_checking import Reread, read_share, verify_copies
from archive.preservation.records_check import differences
from archive.preservation.verification import Verified
from archive.preservation.verify import total_bytes
from archive.preservation.verify import verify as verify_target
from archive.signing import is_fingerprint
from archive.telling.terminal import counted, out, progress, tell
from archive.warc.fault import Fault


def verify(
    targets: Annotated[list[Path], typer.Argument(metavar="COLLECTION|WARC|WACZ...", help="What to verify.")],
    records: Annotated[bool, typer.Option("--records", help="Extract all records again and compare; slow.")] = False,
    copies: Annotated[bool, typer.Option("--copies", help="Read all copies of collections too and compare.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Read only the share that is due by verify: in collection.yaml.")
    ] = False,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FINGERPRINT", help="Nobody but this key may have signed it.")
    ] = None,
) -> None:
    """Verify digests, references, index, records, signatures and the log; print every fault and where it is."""
    wanted = _fingerprint(key) if key else None
    if due:
        faults = sum(_read_share(_collection(target)) for target in targets)
    else:
        faults = _verify_all(targets, records, wanted)
        faults += sum(_compare_copies(_collection(target)) for target in targets if copies)
    if faults:
        raise typer.Exit(1)


def _fingerprint(key: str) -> str:
    """Raises ConfigurationError where this is none."""
    if not is_fingerprint(found := key.lower().removeprefix("sha256:")):
        raise ConfigurationError(f"--key: {key!r} is no fingerprint, which has 64 hex digits: `cleancopy key show`.")
    return found


def _verify_all(targets: list[Path], records: bool, key: str | None) -> int:
    faults = 0
    for target in targets:
        with progress(f"Verifying {target.name}", total_bytes(target), "bytes") as bar:
            found = verify_target(target, _print, bar.advance)
        if key and {signer.fingerprint for signer in found.signers} != {key}:
            found.faults += 1
            _print(Fault(target.name, _not_signed(found, key)))
        faults += found.faults
        for note in found.notes:
            tell(note)
        tell(f"{target}: {_summary(found)}")
        if records and target.is_dir():
            faults += _extract_again(Collection(target))
    return faults


def _not_signed(found: Verified, key: str) -> str:
    others = " and ".join(sorted(str(signer) for signer in found.signers if signer.fingerprint != key))
    return f"it is signed by {others}, not by key {key} alone" if others else f"key {key} has not signed it"


def _collection(target: Path) -> Collection:
    if not target.is_dir():
        raise ConfigurationError(f"{target} is no collection: only a collection has copies.")
    return Collection(target)


def _compare_copies(collection: Collection) -> int:
    with progress("Reading copies", None, "bytes") as bar:
        found = verify_copies(collection, configured(collection), time.time(), _print, bar.advance)
    for place, count in found.uncopied.items():
        if count:
            tell(f"{place}: {count} files are not copied yet: `cleancopy copy {collection.path}` does it.")
    tell(f"{collection.path} and its copies: {_reread(found)}")
    return found.faults


def _read_share(collection: Collection) -> int:
    settings = load_settings(collection)
    with progress("Reading", None, "bytes") as bar:
        found = read_share(collection, settings.copies, settings.verify.seconds, time.time(), _print, bar.advance)
    tell(f"{collection.path}, the share that is due: {_reread(found)}")
    return found.faults


def _reread(found: Reread) -> str:
    return f"{found.files} files ({found.bytes:,} bytes) read again: {_faults(found.faults)}."


def _faults(count: int) -> str:
    return counted(count, "fault") if count else "no fault"


def _print(fault: Fault) -> None:
    out.print(str(fault))


def _summary(found: Verified) -> str:
    lines = f", {counted(found.lines, 'record line')}" if found.lines else ""
    read = f"{counted(found.files, 'WARC file')}, {counted(found.records, 'WARC record')}"
    return f"{read}{lines}: {_faults(found.faults)}."


def _extract_again(collection: Collection) -> int:
    from archive.pipeline.record_lines import new_pool, record_lines  # noqa: PLC0415 - extraction takes long to load

    warcs = collection.complete_warcs()
    faults = 0
    with new_pool() as pool, progress("Extracting again", len(warcs), "WARC files") as bar:
        for warc in warcs:
            path = collection.records_path(warc.name)
            for fault in differences(path, record_lines(collection, warc, pool)):
                faults += 1
                _print(fault)
            bar.advance()
    tell(f"{faults} record lines are not what extraction gives now.")
    return faults


def index(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection whose index to rebuild.")],
) -> None:
    """Rebuild the index (indexes/index.cdxj) and the store of payloads seen."""
    collection = Collection(path).require()
    if collection.is_read_only and collection.index.exists():
        tell(f"{path} is read-only: its index stays as it is. `cleancopy verify` tells whether it is right.")
        return
    with collection.repaired(tell):
        warcs = collection.complete_warcs()
        catalogue = collection.catalogue()
        with progress("Indexing", sum(warc.stat().st_size for warc in warcs), "bytes") as bar:
            faults = catalogue.rebuild(warcs, bar.advance)
        catalogue.close()
    for fault in faults:
        tell(str(fault))
    tell(f"Indexed {counted(len(warcs), 'WARC file')} in {collection.index}.")
    if faults:
        raise typer.Exit(1)
