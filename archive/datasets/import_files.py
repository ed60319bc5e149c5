"""JSON lines, Parquet tables and folders of pages, to be imported."""

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from archive.datasets.import_items import HTML, LONGEST, TEXT, Bad, Found, ImportColumns, Item, Progress
from archive.errors import CollectionError, ConfigurationError
from archive.extraction.imported import Imported, imported_of
from archive.packed_file import UNPACKING_ERRORS, bare, unpacked
from archive.sites.site_values import is_web_url

_PAGES = {".html": HTML, ".htm": HTML, ".xhtml": "application/xhtml+xml", ".txt": TEXT}
#: Rows of a table in memory at a time.
_ROWS = 64
#: Names of columns that are told where one is missing.
_MOST_NAMES = 50
#: Characters of what a row says beside its page or text, as JSON.
_LONGEST_EXTRA = 1_000_000
#: Bytes that are kept of a line that is neither.
_BEGINNING = 10_000


def item_of(row: Any, columns: ImportColumns, via: str, file_url: str) -> Found:
    """What one row says. A page counts before a text. Without a URL it has that of its file and place."""
    if not isinstance(row, Mapping):
        return bad(via, f'expected an object with "{columns.html}" or "{columns.text}"', file_url)
    for name, kind in ((columns.html, HTML), (columns.text, TEXT)):
        if isinstance(row.get(name), (str, bytes)) and row[name].strip():
            return _item(row, columns, via, file_url, name, kind)
    reason = f'expected a string that is not empty under "{columns.html}" or "{columns.text}"'
    return bad(via, reason, file_url, imported_of(row, (columns.html, columns.text), columns.facts))


def bad(via: str, reason: str, file_url: str, told: Imported | None = None, content: bytes = b"") -> Bad:
    """What cannot be imported, and a text that can be in its place: its beginning, and what its source says of it."""
    told = (told or Imported()).model_copy(update={"fault": reason})
    if len(told.to_json() or "") > _LONGEST_EXTRA:
        told = Imported(fault=reason)
    stand_in = Item(via, content[:_BEGINNING] or b"\n", f"{TEXT}; charset=utf-8", file_url, imported=told.to_json())
    return Bad(via, reason, stand_in=stand_in)


def _item(row: Mapping[str, Any], columns: ImportColumns, via: str, file_url: str, name: str, kind: str) -> Found:
    content, url, captured = row[name], row.get(columns.url), _moment(row.get(columns.captured))
    used = {name, *([columns.url] if url else []), *([columns.captured] if captured else [])}
    told = imported_of(row, used, columns.facts, trusted=columns.trust_text and kind == TEXT)
    if url and not (isinstance(url, str) and is_web_url(url)):
        return bad(via, f'"{columns.url}" is no http or https address: {str(url)[:100]!r}', file_url, told)
    if len(content) > LONGEST:
        return bad(via, f"it has {len(content)} characters; the most is {LONGEST}", file_url, told)
    imported = told.to_json()
    if imported and len(imported) > _LONGEST_EXTRA:
        return bad(via, f"its other columns have {len(imported)} characters; the most is {_LONGEST_EXTRA}", file_url)
    # Text has no bytes of its own: half surrogate pairs, which JSON can name, have none at all.
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    declared = kind if isinstance(content, bytes) and kind == HTML else f"{kind}; charset=utf-8"
    said = {name: _said(row.get(key)) for name, key in (("title", columns.title), ("date", columns.date))}
    return Item(via, raw, declared, url or file_url, captured=captured, imported=imported, **said)


def _said(value: Any) -> str | None:
    text = value.isoformat() if isinstance(value, datetime) else value
    return str(text) if isinstance(text, (str, int, float)) and str(text).strip() else None


def _moment(value: Any) -> datetime | None:
    """A time with its offset; others are no point in time."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def file_url(*parts: str) -> str:
    """A URL for what has none: it names the file, and no machine."""
    return "file:///" + "/".join(quote(part) for part in parts)


@dataclass(frozen=True, slots=True)
class OneFile:
    """What sources that are one file have in common."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class JsonLines(OneFile):
    """A file of JSON lines, perhaps packed."""

    columns: ImportColumns
    unit: str = "bytes"

    @property
    def size(self) -> float:
        """Bytes."""
        return self.path.stat().st_size

    def require_columns(self) -> None:
        """Raises ConfigurationError where no row has a column that the user named."""
        missing = set(self.columns.named)
        there: dict[str, None] = {}
        with self.path.open("rb") as raw:
            lines = _lines(unpacked(raw)) if missing else iter(())
            # What is wrong with the file is told when it is imported.
            with suppress(*UNPACKING_ERRORS):
                while missing and (line := next(lines, None)):
                    row = _row(line)
                    missing -= row.keys()
                    there |= dict.fromkeys(list(row)[: _MOST_NAMES - len(there)])
        _refuse(self.path, missing, there)

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source. What can be read of a torn file is."""
        with self.path.open("rb") as raw:
            at = 0
            try:
                for number, line in enumerate(_lines(unpacked(raw)), 1):
                    progress(raw.tell() - at)
                    at = raw.tell()
                    if line.strip():
                        yield self._item(number, line)
            except UNPACKING_ERRORS as error:
                yield Bad(self.name, f"the file cannot be read further: {error}")

    def _item(self, number: int, line: bytes) -> Found:
        via, url = f"{self.name}:{number}", f"{file_url(self.name)}#{number}"
        if len(line) > LONGEST:
            return bad(via, f"the line has more than {LONGEST} bytes", url, content=line)
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            return bad(via, f"this is no JSON: {error}", url, content=line)
        return item_of(row, self.columns, via, url)


def _row(line: bytes) -> dict[str, object]:
    """A row, or none: what is wrong with a line is told when it is imported."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _refuse(path: Path, missing: Set[str], there: Iterable[str]) -> None:
    if missing:
        raise ConfigurationError(
            f"{path} has no column {', '.join(sorted(missing))}; those that it has: {', '.join(there) or 'none'}."
        )


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines, the longest cut: a file without line ends must not fill the memory."""
    while line := file.readline(LONGEST + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST)


@dataclass(frozen=True, slots=True)
class ParquetTable(OneFile):
    """A Parquet file."""

    columns: ImportColumns
    unit: str = "rows"

    @property
    def size(self) -> float:
        """Rows."""
        from pyarrow.parquet import read_metadata  # noqa: PLC0415 - the extra [export] brings it

        return float(read_metadata(self.path).num_rows)

    def require_columns(self) -> None:
        """Raises ConfigurationError where a column that the user named is not there."""
        from pyarrow.parquet import read_schema  # noqa: PLC0415

        there = read_schema(self.path).names
        _refuse(self.path, set(self.columns.named) - set(there), there)

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source. Raises CollectionError where the file cannot be read."""
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415

        start = 0
        try:
            with ParquetFile(self.path, memory_map=True) as table:
                for batch in table.iter_batches(_ROWS):
                    progress(batch.num_rows)
                    for number, row in enumerate(batch.to_pylist(), start + 1):
                        via = f"{self.name}:{number}"
                        yield item_of(row, self.columns, via, f"{file_url(self.name)}#{number}")
                    start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise CollectionError(f"{self.path} cannot be read as Parquet: {error}") from error


@dataclass(frozen=True, slots=True)
class PageFolder:
    """The pages and texts (.html, .htm, .xhtml, .txt, each perhaps packed) in a folder and below."""

    path: Path
    trust_text: bool = False
    unit: str = "files"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def size(self) -> float:
        """Files."""
        return len(self._files())

    def _files(self) -> list[Path]:
        found = (path for path in self.path.rglob("*") if bare(path).suffix.lower() in _PAGES and path.is_file())
        return sorted(found, key=lambda path: path.relative_to(self.path).as_posix())

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source."""
        for path in self._files():
            progress(1)
            yield self._item(path, path.relative_to(self.path).as_posix())

    def _item(self, path: Path, place: str) -> Found:
        via, url = f"{self.name}:{place}", file_url(self.name, *place.split("/"))
        try:
            with path.open("rb") as file:
                content = unpacked(file).read(LONGEST + 1)
        except UNPACKING_ERRORS as error:
            return bad(via, f"the file cannot be read: {getattr(error, 'strerror', None) or error}", url)
        if len(content) > LONGEST:
            return bad(via, f"the file has more than {LONGEST} bytes", url)
        if not content.strip():
            return bad(via, "the file is empty", url)
        kind = _PAGES[bare(path).suffix.lower()]
        told = Imported(is_trusted=self.trust_text and kind == TEXT)
        return Item(via, content, kind, url, imported=told.to_json())


def require_parquet() -> None:
    """Raises ConfigurationError where the library is missing."""
    if find_spec("pyarrow") is None:
        raise ConfigurationError("pyarrow is not installed; Parquet needs it: pip install 'cleancopy[export]'")
