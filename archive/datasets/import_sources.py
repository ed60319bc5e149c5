"""What a path that is to be imported is."""

import re
from collections.abc import Sequence
from pathlib import Path

from archive.datasets.import_files import JsonLines, PageFolder, ParquetTable, require_parquet
from archive.datasets.import_items import ImportColumns, ImportSource
from archive.datasets.import_warcs import ImportedWarc
from archive.errors import ConfigurationError

_JSON = re.compile(r"\.(jsonl|ndjson|json)(\.gz|\.zst)?", re.I)
_WARC = re.compile(r"\.(warc|arc|wacz)(\.gz)?", re.I)


def find_sources(paths: Sequence[Path], columns: ImportColumns, *, every: bool = False) -> list[ImportSource]:
    """The sources, in the order of the arguments. Raises ConfigurationError for what cannot be imported, where two are
    the same, and where a column that the user named is not there."""
    found = [_source(path, columns, every) for path in paths]
    known: dict[Path, Path] = {}
    for path, source in zip(paths, found, strict=True):
        other = known.setdefault(path.resolve(), path)
        if other is not path:
            raise ConfigurationError(f"{other} and {path} are the same")
        if isinstance(source, JsonLines | ParquetTable):
            source.require_columns()
    return found


def _source(path: Path, columns: ImportColumns, every: bool) -> ImportSource:
    if path.is_dir():
        return PageFolder(path, columns.trust_text)
    if not path.is_file():
        raise ConfigurationError(f"{path}: there is no such file or folder")
    name = path.name
    if path.suffix.lower() == ".parquet":
        require_parquet()
        return ParquetTable(path, columns)
    if _WARC.search(name):
        return ImportedWarc(path, every)
    if _JSON.search(name):
        return JsonLines(path, columns)
    raise ConfigurationError(
        f"{path}: expected JSON lines (.jsonl), a table (.parquet), a WARC (.warc.gz), a WACZ, or a folder of pages"
    )
