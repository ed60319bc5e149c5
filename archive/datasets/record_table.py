"""The records of a collection as a DuckDB relation: every line, in the order of the files and their lines."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import Any, get_args

import duckdb
import pyarrow as pa

from archive.article_text import article_text
from archive.collection.folder import Collection
from archive.datasets.condition import check_condition
from archive.datasets.table_types import FIELDS, duckdb_type
from archive.errors import CollectionError, ConfigurationError, WarcError
from archive.labels import Label
from archive.records import Block, Record, read_records

#: Bytes of one record line. DuckDB's buffers are as large as the longest line allowed, so the higher limit, which
#: holds for the largest page that is read, is taken only where a line needs it.
USUAL_LINE, LONGEST_LINE = 16_777_216, 268_435_456
#: DuckDB writes to disk what does not fit.
_MEMORY = "2GB"
#: Of all lines that are still read.
_VERSIONS = ", ".join(f"'{version}'" for version in get_args(Record.model_fields["schema_version"].annotation))
#: What a file of our own must hold in every line; DuckDB reads missing keys as null.
_IS_RECORD = (
    f"schema_version IN ({_VERSIONS}) AND text IS NOT NULL AND blocks IS NOT NULL AND extraction.version IS NOT NULL"
)
_JSON_ERROR = re.compile("JSON|not a record line")
#: Seconds that 512 records may take; what --where may say takes far less.
_PATIENCE = 300
#: What DuckDB says at a limit, and what we say.
_LIMITS = {
    "INTERRUPT": f"reading 512 records took more than {_PATIENCE} seconds. Give a simpler --where.",
    "Out of Memory": f"reading the records took more than {_MEMORY} of memory. Give a simpler --where.",
}
#: What the first pass over the records counts; the rest of what a data set adds is there before.
COUNTED = ("word_count", "revision", "revisions")
#: What makes the text of chosen labels, within SQL.
_CHOSEN_TEXT = "chosen_text"
_WITH_OFFSET = r"^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$"


class LineTooLongError(Exception):
    """A line is longer than `USUAL_LINE`: read again with `LONGEST_LINE`."""


def connect(temporary: Path, files: Sequence[Path] = (), labels: Sequence[Label] = ()) -> duckdb.DuckDBPyConnection:
    """A DuckDB that keeps the order of rows and stays within its memory. It can read `files` and nothing else, on
    disk or from the network, and no statement can change that. It knows the text of the given labels."""
    settings = {"memory_limit": _MEMORY, "temp_directory": str(temporary), "preserve_insertion_order": "true"}
    extensions = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(config={**settings, **extensions})
    connection.sql("SET TimeZone = 'UTC'")
    if labels:
        taken = duckdb_type(FIELDS["blocks"])
        connection.create_function(_CHOSEN_TEXT, lambda blocks: _text_of_rows(blocks, labels), [taken], "VARCHAR")
    # In a notebook it is off without ipywidgets, and fails when it is set.
    if connection.sql("SELECT current_setting('enable_progress_bar')").fetchall() != [(False,)]:
        connection.sql("SET enable_progress_bar = false")
    # It makes joins of lists of five values and more, after which rows of several files come in any order.
    connection.sql("SET disabled_optimizers = 'in_clause'")
    connection.sql(f"SET allowed_paths = [{', '.join(_quoted(str(path)) for path in files)}]")
    connection.sql("SET enable_external_access = false")
    connection.sql("SET lock_configuration = true")
    return connection


def _text_of_rows(blocks: Sequence[Mapping[str, Any]], labels: Sequence[Label]) -> str:
    given = ({name: value for name, value in block.items() if value is not None} for block in blocks)
    return article_text([Block.model_validate(block) for block in given], labels)


class Table:
    """The records of one collection. `files` are those that were complete when it was opened. With `labels`, their
    text is the blocks of these."""

    def __init__(self, collection: Collection, labels: Sequence[Label] = ()) -> None:
        collection.require()
        self.labels = tuple(labels)
        self.collection = collection
        self.name = collection.path.resolve().name
        self.files = sorted(collection.records.glob("*.jsonl"))
        self.longest_line = USUAL_LINE

    def batches(self, connection: duckdb.DuckDBPyConnection, columns: str, rows: int = 512) -> Iterator[pa.RecordBatch]:
        """The given SQL columns of all records, in order. Raises CollectionError, naming file and line, at a line
        that is no record, and LineTooLongError."""
        try:
            # File by file: of two at once, DuckDB 2.0.0 now and then gives the second one's rows first.
            for path in self.files:
                yield from _timed(connection, f"SELECT {columns} FROM ({self._query(path)})", rows)  # noqa: S608
        except (duckdb.Error, pa.ArrowException, OSError) as error:  # Arrow hands on DuckDB's errors as OSError
            self._raise(error)

    def _query(self, path: Path) -> str:
        """SQL for the records of a file, with what is derived from them."""
        columns = ", ".join(f"{_quoted(name)}: {_quoted(duckdb_type(kind))}" for name, kind in FIELDS.items())
        read = (
            f"read_json({_quoted(str(path))}, format = 'newline_delimited', columns = {{{columns}}}, "
            f"maximum_object_size = {self.longest_line})"
        )
        own = f"* REPLACE ({_CHOSEN_TEXT}(blocks) AS text)" if self.labels else "*"
        return f"SELECT {own}, {', '.join(_derived(self.name))} FROM {read}"  # noqa: S608

    def _raise(self, error: Exception) -> None:
        if "maximum_object_size" in str(error) and self.longest_line == USUAL_LINE:
            raise LineTooLongError from error
        if _JSON_ERROR.search(str(error)):
            self._find_broken_line()
        for said, sentence in _LIMITS.items():
            if said in str(error):
                raise CollectionError(f"{self.collection.path}: {sentence}") from error
        raise CollectionError(f"{self.collection.path}: the records cannot be read: {first_line(error)}") from error

    def _find_broken_line(self) -> None:
        """Read strictly, which is slower, up to the line that is wrong."""
        try:
            for path in self.files:
                for _ in read_records(path):
                    pass
        except WarcError as error:
            raise CollectionError(str(error)) from error


def _timed(connection: duckdb.DuckDBPyConnection, query: str, rows: int) -> Iterator[pa.RecordBatch]:
    """The batches of a query, each within its time."""
    batches: Iterator[pa.RecordBatch] | None = None
    while True:
        timer = Timer(_PATIENCE, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            batches = batches or iter(connection.sql(query).to_arrow_reader(rows))
            batch = next(batches, None)
        finally:
            timer.cancel()
        if batch is None:
            return
        yield batch


def passing(
    connection: duckdb.DuckDBPyConnection, batch: pa.RecordBatch, counted: Mapping[str, pa.Array], condition: str
) -> pa.Array:
    """Whether each record of a batch meets a condition that looks at what was counted."""
    # A query of its own: the batches come from one that is still running.
    with connection.cursor() as cursor:
        table = pa.table({**{name: batch[name] for name in batch.schema.names}, **counted})
        cursor.register("batch", table)
        query = f"SELECT coalesce((\n{condition}\n), false) AS passes FROM batch"  # noqa: S608 - checked before
        return cursor.sql(query).to_arrow_table()["passes"].combine_chunks()


def first_line(error: Exception) -> str:
    """What DuckDB says, without its advice and its picture of the place."""
    return str(error).partition("\n")[0].strip()


def check_expression(connection: duckdb.DuckDBPyConnection, expression: str) -> frozenset[str]:
    """The columns that a condition on one record looks at. It is read and bound, not run. Raises ConfigurationError for
    what is none."""
    derived = [column.rpartition(" AS ")[2] for column in _derived("")]
    used = check_condition(connection, expression, [*FIELDS, *derived, *COUNTED])
    columns = ", ".join(f'NULL::{duckdb_type(kind)} AS "{name}"' for name, kind in FIELDS.items())
    counted = ", ".join(f"NULL::INTEGER AS {name}" for name in COUNTED)
    sample = f"SELECT *, {counted}, {', '.join(_derived(''))} FROM (SELECT {columns})"  # noqa: S608
    try:
        (kind,) = connection.sql(f"SELECT (\n{expression}\n) FROM ({sample})").types  # noqa: S608 - checked above
    except duckdb.Error as error:
        raise ConfigurationError(f"--where {expression!r} cannot be used: {first_line(error)}") from error
    if str(kind) not in ("BOOLEAN", '"NULL"'):
        raise ConfigurationError(f"--where {expression!r} cannot be used: it is {kind}, expected true or false")
    return used


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _derived(collection: str) -> Iterator[str]:
    """What a record lacks and a data set wants. A date without an offset is no point in time: it gets a day, and
    no time in UTC."""
    checked = f"CASE WHEN {_IS_RECORD} THEN {_quoted(collection)} ELSE error('not a record line') END"
    yield f"{checked} AS collection"
    for name in ("date_published", "date_modified", "date_crawled"):
        moment = f"CASE WHEN regexp_matches({name}, {_quoted(_WITH_OFFSET)}) THEN TRY_CAST({name} AS TIMESTAMPTZ) END"
        yield f"{moment} AS {name}_utc"
    for name in ("date_published", "date_modified"):
        yield f"TRY_CAST(left({name}, 10) AS DATE) AS {name}_day"
