"""What verifying finds."""

from dataclasses import dataclass

from archive.telling.unseen import one_line


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which file, at which byte (or line of a text file), in which record, and what."""

    file: str
    what: str
    offset: int | None = None
    record_id: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        places = [
            self.file,
            f"byte {self.offset}" if self.offset is not None else "",
            f"line {self.line}" if self.line is not None else "",
            f"record {self.record_id}" if self.record_id else "",
        ]
        return one_line(f"{', '.join(place for place in places if place)}: {self.what}")
