"""The second pass over the records: what was selected, as Arrow tables or as rows with their added columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from archive.datasets.columns import added_column
from archive.datasets.record_table import Table
from archive.datasets.selection import Array, Selection
from archive.datasets.table_types import FIELDS
from archive.errors import CollectionError

_ROWS = 512


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its line, and the values of the added columns as JSON has them."""

    line: bytes
    added: Mapping[str, Any]


def tables(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Table],
    selection: Selection,
    columns: Mapping[str, pa.DataType],
) -> Iterator[pa.Table]:
    """The chosen columns of all selected records, in order and batch by batch."""
    schema = pa.schema(list(columns.items()))
    own = [name for name in columns if name in FIELDS] or ["id"]
    at = 0
    for source, bound in zip(sources, selection.bounds, strict=True):
        for batch in source.batches(connection, ", ".join(f'"{name}"' for name in own), _ROWS):
            positions = at + np.flatnonzero(selection.kept[at : at + batch.num_rows])
            wanted = batch.filter(pa.array(selection.kept[at : at + batch.num_rows]))
            at += batch.num_rows
            arrays = [
                wanted[name] if name in FIELDS else added_column(selection, name, positions, source.name)
                for name in columns
            ]
            yield pa.Table.from_arrays(arrays, names=list(columns)).cast(schema)
        _unchanged(source, at, bound)


def rows(sources: Sequence[Table], selection: Selection, added: Sequence[str] = ()) -> Iterator[Row]:
    """The lines of all selected records, in order."""
    at = 0
    for source, bound in zip(sources, selection.bounds, strict=True):
        lines = _lines(source)
        while batch := list(islice(lines, _ROWS)):
            positions = at + np.flatnonzero(selection.kept[at : at + len(batch)])
            values = _values(selection, added, positions, source.name)
            yield from (Row(batch[position - at], value) for position, value in zip(positions, values, strict=True))
            at += len(batch)
        _unchanged(source, at, bound)


def _lines(source: Table) -> Iterator[bytes]:
    for path in source.files:
        with path.open("rb") as file:
            yield from (line for line in file if line.strip())


def _values(selection: Selection, names: Sequence[str], positions: Array, collection: str) -> Iterator[dict[str, Any]]:
    columns = [added_column(selection, name, positions, collection).to_pylist() for name in names]
    for number in range(len(positions)):
        yield {name: _json(column[number]) for name, column in zip(names, columns, strict=True)}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _unchanged(source: Table, at: int, bound: int) -> None:
    """Both passes must have seen the same records."""
    if at != bound:
        raise CollectionError(f"{source.collection.path}: the records changed during the export. Start it again.")
