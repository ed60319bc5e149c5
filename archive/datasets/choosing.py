"""The records of collections that filters let through, one or all captures of each URL."""

from collections.abc import Sequence

import duckdb

from archive.datasets.export_choices import Revisions
from archive.datasets.filters import Filters
from archive.datasets.record_table import COUNTED, Table, check_expression
from archive.datasets.revisions import choose_revisions, number_revisions
from archive.datasets.selection import Reader, Selection, narrow, select


def choose_records(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Table],
    filters: Filters,
    revisions: Revisions,
    readers: Sequence[Reader] = (),
) -> Selection:
    """Read all records once, and choose; there may be none. Raises ConfigurationError at a condition that cannot be
    used, and CollectionError at a line that is no record."""
    where = filters.where
    used = check_expression(connection, where) if where else frozenset[str]()
    counted = used.intersection(COUNTED)
    first = filters.model_copy(update={"where": None}) if counted else filters
    selection = select(connection, sources, first, readers)
    if not len(selection.kept):
        return selection
    # Revisions are numbered among what passes; a condition on their numbers looks at those that pass all else.
    by_words = counted == {"word_count"}
    if where and by_words:
        narrow(connection, sources, selection, where, used)
    number_revisions(selection, filters)
    if where and counted and not by_words:
        narrow(connection, sources, selection, where, used)
    choose_revisions(selection, revisions, filters)
    return selection
