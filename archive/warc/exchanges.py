"""The records of a WARC as exchanges: an answer, its request, and what was noted of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from archive.errors import WarcError
from archive.warc.scan import Fielded, bare_id

#: Record types that hold what came back. All others stand beside one of these.
MAIN = frozenset(("response", "revisit", "resource", "conversion", "continuation"))
Item = TypeVar("Item", bound=Fielded)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[Item]):
    """The records of one exchange. `main` is what came back, None where nothing did; `beside` its request and metadata,
    in the order of the file."""

    main: Item | None
    beside: tuple[Item, ...]

    def of_type(self, kind: str) -> Item | None:
        """The first record of a type that stands beside the answer."""
        return next((item for item in self.beside if item.type == kind), None)


def exchanges(records: Iterable[Item]) -> Iterator[Recorded[Item]]:
    """Bring together the records that name each other (WARC-Concurrent-To), in whichever order a tool wrote them, as
    long as nothing else stands between. Each record must have been read when the next one is asked for.

    Raises WarcError where `records` does; the exchange before that has been given out.
    """
    held: list[Item] = []
    try:
        for record in records:
            if held and not _belongs(record, held):
                yield _recorded(held)
                held = []
            held.append(record)
    except WarcError:
        # What came before was whole.
        if held:
            yield _recorded(held)
        raise
    if held:
        yield _recorded(held)


def _belongs(record: Item, held: list[Item]) -> bool:
    if record.type in MAIN and any(item.type in MAIN for item in held):
        return False
    named = bare_id(record.field("WARC-Concurrent-To"))
    return any(
        (named and item.id == named) or (record.id and bare_id(item.field("WARC-Concurrent-To")) == record.id)
        for item in held
    )


def _recorded(held: list[Item]) -> Recorded[Item]:
    main = next((item for item in held if item.type in MAIN), None)
    return Recorded(main, tuple(item for item in held if item is not main))
