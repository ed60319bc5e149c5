"""What verifying a collection, a WARC and a WACZ have in common: files, references, an index."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader

from archive.pipeline.captures import answer_of
from archive.pipeline.judgement import JUDGED, LOOKED_AT, judge
from archive.preservation.records_check import RecordsCheck
from archive.signing import Signer
from archive.warc.check import Checked, FileCheck, Progress
from archive.warc.fault import Fault
from archive.warc.index_check import IndexCheck, LineTally, Reading, whole_line
from archive.warc.record import exchanges
from archive.warc.references import References

Told = Callable[[Fault], None]


@dataclass(slots=True)
class Verified:
    """What was looked at; `signers` made right signatures, whoever they are; `notes` are things that
    are worth knowing and no fault."""

    files: int = 0
    records: int = 0
    lines: int = 0
    faults: int = 0
    signers: set[Signer] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


class Verification:
    """Verifies one target. Each fault is told as it is found, `progress` the bytes that have been read."""

    def __init__(self, tell: Told, progress: Progress, read: Reading = whole_line) -> None:
        """`read` says what of an index's lines counts."""
        self.found = Verified()
        self._tell = tell
        self._progress = progress
        self._read = read
        self._references = References()
        self._tallies: dict[str, LineTally] = {}

    def take(self, faults: Iterable[Fault]) -> None:
        """Tell these faults."""
        for fault in faults:
            self.found.faults += 1
            self._tell(fault)

    def warc(self, file: BufferedReader, name: str, records: RecordsCheck | None = None) -> None:
        """One WARC or ARC, and the record lines made of it, if there should be any."""
        check, tally = FileCheck(file, name, self._progress, keep=JUDGED if records else 0), LineTally()
        for found in exchanges(self._seen(check, name, tally)):
            if records and found.main is not None:
                records.meet(judge(answer_of(found, name), max_body=LOOKED_AT))
        if records:
            records.finish()
            self.found.lines += records.lines
        self._tallies[name] = tally
        self.found.files += 1
        self.found.records += check.records
        self.take([*check.faults, *(records.faults if records else ())])

    def _seen(self, check: FileCheck, name: str, tally: LineTally) -> Iterator[Checked]:
        for record in check:
            self._references.add(record, name)
            if record.entry:
                tally.add(self._read(record.entry.line()))
            yield record

    def references(self, *, closed: bool) -> None:
        """What refers to what. In a `closed` set of files no original of a revisit may be missing."""
        self.take(self._references.faults())
        unresolved = self._references.unresolved()
        if closed:
            self.take(unresolved)
        elif count := sum(1 for _ in unresolved):
            self.found.notes.append(f"{count} revisits refer to records in other files.")
        self._references.close()

    def index(
        self,
        name: str,
        lines: Callable[[], Iterable[bytes]],
        open_warc: Callable[[str], BufferedReader],
        *,
        unfinished: bool = False,
    ) -> None:
        """The index of all files verified so far; with `unfinished` whole files may not be in it yet."""

        def lines_of(warc: str) -> Iterator[bytes]:
            with open_warc(warc) as file:
                yield from (record.entry.line() for record in FileCheck(file, warc, nobody) if record.entry)

        check = IndexCheck(name, lines, self._read, lines_of)
        self.take(check.faults(self._tallies, unfinished=unfinished))


def nobody(_: int) -> None:
    """Where nobody watches."""
