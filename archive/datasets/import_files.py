"""JSON lines, Parquet tables and folders of pages, to be imported."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from archive.datasets.import_items import HTML, LONGEST, TEXT, Bad, Found, ImportColumns, Item, Progress
from archive.errors import CollectionError, ConfigurationError
from archive.sites.site_values import is_web_url

_PAGES = {".html": HTML, ".htm": HTML, ".xhtml": "application/xhtml+xml", ".txt": TEXT}
#: Rows of a table in memory at a time.
_ROWS = 64
#: Names of columns that are told where one is missing.
_MOST_NAMES = 50


def item_of(row: Any, columns: ImportColumns, via: str, file_url: str) -> Found:
    """What one row says. A page counts before a text. Without a URL it has that of its file and place."""
    if not isinstance(row, Mapping):
        return Bad(via, f'expected an object with "{columns.html}" or "{columns.text}"')
    for name, kind in ((columns.html, HTML), (columns.text, TEXT)):
        if isinstance(row.get(name), (str, bytes)) and row[name].strip():
            return _item(row, columns, via, file_url, row[name], kind)
    return Bad(via, f'expected a string that is not empty under "{columns.html}" or "{columns.text}"')


def _item(
    row: Mapping[str, Any], columns: ImportColumns, via: str, file_url: str, content: str | bytes, kind: str
) -> Found:
    url = row.get(columns.url)
    if url and not (isinstance(url, str) and is_web_url(url)):
        return Bad(via, f'"{columns.url}" is no http or https address: {str(url)[:100]!r}')
    if len(content) > LONGEST:
        return Bad(via, f"it has {len(content)} characters; the most is {LONGEST}")
    # Text has no bytes of its own: half surrogate pairs, which JSON can name, have none at all.
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    declared = kind if isinstance(content, bytes) and kind == HTML else f"{kind}; charset=utf-8"
    said = {name: _said(row.get(key)) for name, key in (("title", columns.title), ("date", columns.date))}
    return Item(via, raw, declared, url or file_url, captured=_moment(row.get(columns.captured)), **said)


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
    """A file of JSON lines, perhaps gzipped."""

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
            lines = _lines(_unpacked(raw)) if missing else iter(())
            while missing and (line := next(lines, None)):
                row = _row(line)
                missing -= row.keys()
                there |= dict.fromkeys(list(row)[: _MOST_NAMES - len(there)])
        _refuse(self.path, missing, there)

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source. Raises CollectionError where the file cannot be unpacked."""
        with self.path.open("rb") as raw:
            at = 0
            for number, line in enumerate(_lines(_unpacked(raw)), 1):
                progress(raw.tell() - at)
                at = raw.tell()
                if line.strip():
                    yield self._item(number, line)

    def _item(self, number: int, line: bytes) -> Found:
        via = f"{self.name}:{number}"
        if len(line) > LONGEST:
            return Bad(via, f"the line has more than {LONGEST} bytes")
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            return Bad(via, f"this is no JSON: {error}")
        return item_of(row, self.columns, via, f"{file_url(self.name)}#{number}")


def _unpacked(raw: BufferedReader) -> IO[bytes]:
    packed = raw.peek(2)[:2] == b"\x1f\x8b"
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw) if packed else raw)


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
                there = set(table.schema_arrow.names)
                wanted = [name for name in _names(self.columns) if name in there]
                for batch in table.iter_batches(_ROWS, columns=wanted):
                    progress(batch.num_rows)
                    for number, row in enumerate(batch.to_pylist(), start + 1):
                        via = f"{self.name}:{number}"
                        yield item_of(row, self.columns, via, f"{file_url(self.name)}#{number}")
                    start += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise CollectionError(f"{self.path} cannot be read as Parquet: {error}") from error


def _names(columns: ImportColumns) -> list[str]:
    """All names of columns, each once."""
    names = (columns.html, columns.text, columns.url, columns.title, columns.date, columns.captured)
    return list(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class PageFolder:
    """The pages and texts (.html, .htm, .xhtml, .txt) in a folder and below."""

    path: Path
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
        found = (path for path in self.path.rglob("*") if path.suffix.lower() in _PAGES and path.is_file())
        return sorted(found, key=lambda path: path.relative_to(self.path).as_posix())

    def items(self, progress: Progress) -> Iterator[Found]:
        """As in Source."""
        for path in self._files():
            progress(1)
            yield self._item(path, path.relative_to(self.path).as_posix())

    def _item(self, path: Path, place: str) -> Found:
        via = f"{self.name}:{place}"
        try:
            size = path.stat().st_size
            if size > LONGEST:
                return Bad(via, f"the file has {size} bytes; the most is {LONGEST}")
            content = path.read_bytes()
        except OSError as error:
            return Bad(via, f"the file cannot be read: {error.strerror}")
        if not content.strip():
            return Bad(via, "the file is empty")
        return Item(via, content, _PAGES[path.suffix.lower()], file_url(self.name, *place.split("/")))


def require_parquet() -> None:
    """Raises ConfigurationError where the library is missing."""
    if find_spec("pyarrow") is None:
        raise ConfigurationError("pyarrow is not installed; Parquet needs it: pip install 'cleancopy[export]'")
