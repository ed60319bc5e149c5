"""The records of an open collection by its filters: as an Arrow table, or one by one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from archive.collection.folder import Collection
from archive.datasets.choosing import choose_records
from archive.datasets.columns import choose, column_types
from archive.datasets.export_choices import Revisions
from archive.datasets.export_rows import rows, tables
from archive.datasets.filters import Filters
from archive.datasets.record_table import Table, connect
from archive.records import Record

#: What a table leaves out unless it is named: blocks are several times as long as the text.
_LARGE = "blocks"


def table(path: Path, filters: Filters, revisions: Revisions, columns: Sequence[str]) -> pa.Table:
    """The chosen columns of all chosen records. Raises ConfigurationError at a name or condition that cannot be used,
    and CollectionError at a line that is no record."""
    known = column_types(clusters=False)
    chosen = choose(columns, known) if columns else {name: kind for name, kind in known.items() if name != _LARGE}
    source = Table(Collection(path))
    with _connected(source) as connection:
        selection = choose_records(connection, [source], filters, revisions)
        found = list(tables(connection, [source], selection, chosen))
    return pa.concat_tables(found) if found else pa.schema(list(chosen.items())).empty_table()


def records(path: Path, filters: Filters, revisions: Revisions) -> Iterator[Record]:
    """All chosen records. They are chosen before the first one is given; what is held of each are numbers."""
    source = Table(Collection(path))
    with _connected(source) as connection:
        selection = choose_records(connection, [source], filters, revisions)
    return (Record.from_line(row.line) for row in rows([source], selection))


@contextmanager
def _connected(source: Table) -> Iterator[duckdb.DuckDBPyConnection]:
    with TemporaryDirectory() as work, connect(Path(work), source.files) as connection:
        yield connection
