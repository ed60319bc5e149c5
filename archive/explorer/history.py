"""The history of a page: its captures on a line of time, and what changed from one to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from archive.errors import CollectionError
from archive.explorer.desk import Desk
from archive.explorer.library import Holding
from archive.records import Record
from archive.research.captured_files import lines_of
from archive.research.revision_changes import Version, versions
from archive.research.revisions import RevisionSeen
from archive.research.word_differences import Piece, count_words
from archive.warc.index import REVISIT_MIME, url_key

#: Captures of one page that are shown, the newest ones; each has a record, which is compared.
MOST = 200
#: Words of unchanged text that are shown on each side of a change.
_AROUND = 14


@dataclass(frozen=True, slots=True)
class Step:
    """One capture as it is shown. `at` is where it stands on the line of time, in percent."""

    version: Version
    at: float
    removed: int
    added: int

    @property
    def kind(self) -> str:
        """What became of the page: `first`, `same`, `changed` or `silent`."""
        if self.version.first:
            return "first"
        if self.version.unchanged:
            return "same"
        return "silent" if self.version.silent else "changed"

    @property
    def pieces(self) -> Iterator[tuple[str, str]]:
        """The changed words among their neighbours: what each piece is (`kept`, `gap`, `del`, `ins`), and its text."""
        body = self.version.body
        for number, piece in enumerate(body):
            if piece.kept:
                yield from _context(piece.added, before=number > 0, behind=number < len(body) - 1)
            else:
                yield from ((kind, text) for kind, text in (("del", piece.removed), ("ins", piece.added)) if text)


def _context(text: str, *, before: bool, behind: bool) -> Iterator[tuple[str, str]]:
    words = text.split(" ")
    if len(words) <= _AROUND * (before + behind):
        yield "kept", text
        return
    if before:
        yield "kept", " ".join(words[:_AROUND]) + " "
    yield "gap", "…"
    if behind:
        yield "kept", " " + " ".join(words[-_AROUND:])


def history(desk: Desk, request: Request) -> Response:
    """All captures of the URL that the address names."""
    holding = desk.library.holding(request.path_params["name"])
    url = request.query_params.get("url", "")
    seen, total = _seen(holding, url)
    if not any(each.record for each in seen):
        raise CollectionError(f"There is no record of {url} in {holding.name}.")
    steps = list(_steps(list(versions(seen))))
    newest = next(each.record for each in reversed(seen) if each.record)
    return desk.page(
        "history.html",
        request,
        view="",
        title=f"History of {newest.title or url}",
        holding=holding,
        url=url,
        newest=newest,
        steps=steps,
        total=total,
        silent=sum(step.kind == "silent" for step in steps),
        changed=sum(step.kind in ("silent", "changed") for step in steps),
    )


def _seen(holding: Holding, url: str) -> tuple[list[RevisionSeen], int]:
    """The newest captures, the earliest of them first; and how many there are."""
    key = url_key(url)
    rows = list(holding.search.index.rows("file, at", "key = ? ORDER BY crawled", key))
    records = (holding.record_at(file, at) for file, at in rows[-MOST:])
    unchanged = [
        RevisionSeen(datetime.strptime(line.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), None)
        for line in lines_of(holding.collection, url)
        if line.fields.get("mime") == REVISIT_MIME
    ]
    found = sorted([*(RevisionSeen(_moment(record), record) for record in records), *unchanged], key=lambda one: one.at)
    return found[-MOST:], len(rows) + len(unchanged)


def _moment(record: Record) -> datetime:
    try:
        moment = datetime.fromisoformat(record.date_crawled or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _steps(found: Sequence[Version]) -> Iterator[Step]:
    first, last = found[0].seen.at, found[-1].seen.at
    span = (last - first).total_seconds() or 1
    for version in found:
        pieces: Sequence[Piece] = version.body
        yield Step(version, 100 * (version.seen.at - first).total_seconds() / span, *count_words(pieces))
