"""corrections.jsonl, checked: each line by itself, against the captures, and against what the log says was written."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from archive.collection.corrections import LOG, line_digest, lines_of
from archive.collection.custody import LOG as CUSTODY
from archive.warc.fault import Fault


class CorrectionsCheck:
    """The corrections of one collection. `payloads` are the digests of captures that they name."""

    def __init__(self, collection: Path) -> None:
        self._lines = list(lines_of(collection))
        self.payloads = {line.correction.payload_digest for line in self._lines if line.correction}

    def faults(self, absent: Set[str], noted: Sequence[str | None]) -> Iterator[Fault]:
        """What is wrong with them; `absent` are the payloads that no WARC file has, `noted` the digests of lines that
        the log says were written, None for those of earlier versions."""
        # Lines from before the first one that is known may be those that earlier versions wrote.
        is_known = bool(noted) and None not in noted
        left = Counter(noted)
        for line in self._lines:
            digest = line_digest(line.content)
            is_noted = left[digest] > 0
            left[digest] -= 1
            is_known = is_known or is_noted
            if line.fault:
                yield Fault(LOG, line.fault, line=line.number)
            elif is_known and not is_noted:
                yield Fault(LOG, f"{CUSTODY} names no such line: it was altered, or is not ours", line=line.number)
            if line.correction and line.correction.payload_digest in absent:
                yield Fault(LOG, f"no capture has the payload {line.correction.payload_digest}", line=line.number)

    def missing(self, noted: Sequence[str | None]) -> int:
        """How many lines that the log names are not there."""
        return len(set(noted) - {None} - {line_digest(line.content) for line in self._lines})
