"""What changed between two captures of a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.records import Record
from archive.research.revisions import RevisionSeen
from archive.research.word_differences import Piece, compare

#: Fields beside the body whose changes are told of.
_FIELDS = ("title", "standfirst", "byline", "authors", "date_published", "date_modified")


@dataclass(frozen=True, slots=True)
class RevisionChange:
    """One field that is not what it was."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """A capture beside the last one that had a record. `body` is empty where the body did not change: what
    surrounds it on the page is not compared. `silent`: headline or body changed, and the stated date of the last
    change did not."""

    seen: RevisionSeen
    changes: tuple[RevisionChange, ...] = ()
    body: tuple[Piece, ...] = ()
    silent: bool = False
    first: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether nothing of the article changed."""
        return not (self.first or self.changes or self.body)


def versions(captures: Sequence[RevisionSeen]) -> Iterator[Version]:
    """Each capture with what changed since the one before."""
    last: Record | None = None
    for seen in captures:
        if seen.record is None:
            yield Version(seen)
        elif last is None:
            yield Version(seen, first=True)
        else:
            yield _version(seen, last, seen.record)
        last = seen.record or last


def _version(seen: RevisionSeen, old: Record, new: Record) -> Version:
    changes = tuple(_changes(old, new))
    body = tuple(compare(old.text, new.text)) if old.text != new.text else ()
    rewritten = bool(body) or any(change.field == "title" for change in changes)
    return Version(seen, changes, body, silent=rewritten and old.date_modified == new.date_modified)


def _changes(old: Record, new: Record) -> Iterator[RevisionChange]:
    for field in _FIELDS:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield RevisionChange(field, _text(before), _text(after))


def _text(value: str | tuple[str, ...] | None) -> str | None:
    return ", ".join(value) if isinstance(value, tuple) else value
