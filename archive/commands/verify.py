"""`cleancopy verify`: is everything there, and is everything as it was written?"""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

from archive.collection import Collection
from archive.stage import new_pool, record_lines
from archive.terminal import out, progress, tell
from archive.warc.fault import Fault
from archive.warc.verification import Verified
from archive.warc.verify import total_bytes
from archive.warc.verify import verify as verify_target


def verify(
    targets: Annotated[list[Path], typer.Argument(metavar="COLLECTION|WARC|WACZ...", help="What to verify.")],
    records: Annotated[bool, typer.Option("--records", help="Extract all records again and compare; slow.")] = False,
) -> None:
    """Verify digests, references, index and records; print every fault and where it is."""
    faults = 0
    for target in targets:
        with progress(f"Verifying {target.name}", total_bytes(target), "bytes") as bar:
            found = verify_target(target, _print, bar.advance)
        faults += found.faults
        for note in found.notes:
            tell(note)
        tell(f"{target}: {_summary(found)}")
        if records and target.is_dir():
            faults += _extract_again(Collection(target))
    if faults:
        raise typer.Exit(1)


def _print(fault: Fault) -> None:
    out.print(str(fault), markup=False)


def _summary(found: Verified) -> str:
    lines = f", {found.lines} record lines" if found.lines else ""
    ending = "no fault" if not found.faults else "1 fault" if found.faults == 1 else f"{found.faults} faults"
    return f"{found.files} WARC files, {found.records} WARC records{lines}: {ending}."


def _extract_again(collection: Collection) -> int:
    warcs = collection.complete_warcs()
    faults = 0
    with new_pool() as pool, progress("Extracting again", len(warcs), "WARC files") as bar:
        for warc in warcs:
            path = collection.records_path(warc.name)
            for fault in _differences(path, record_lines(collection, warc, pool)):
                faults += 1
                _print(fault)
            bar.advance()
    tell(f"{faults} record lines are not what extraction gives now.")
    return faults


def _differences(path: Path, made: Iterator[bytes]) -> Iterator[Fault]:
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, (stated, found) in enumerate(zip_longest(lines, made), 1):
            if stated != found:
                yield Fault(path.name, "the record is not what extraction gives now", line=number)
