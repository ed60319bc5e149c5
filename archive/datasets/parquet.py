"""Parquet files that are the same bytes whenever the rows are the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack

import pyarrow as pa
import pyarrow.parquet as pq

from archive.datasets.shards import Shards

#: Rows of a group, which a reader takes into memory at once: about 40 MB where blocks are among the columns.
_GROUP = 1000
_FORM = {"compression": "zstd"}


def write(
    shards: Shards, columns: Mapping[str, pa.DataType], batches: Iterable[pa.Table], progress: Callable[[int], None]
) -> None:
    """Write the rows in groups whose borders do not depend on how the batches were cut."""
    schema = pa.schema(list(columns.items()))
    sizes = _group_sizes(shards.size)
    done = 0
    with ExitStack() as open_file:
        writer: pq.ParquetWriter | None = None
        for group in _groups(schema, batches, sizes):
            if writer is None or done % shards.size == 0:
                open_file.close()
                writer = open_file.enter_context(pq.ParquetWriter(shards.path(done // shards.size), schema, **_FORM))
            writer.write_table(group, row_group_size=_GROUP)
            done += len(group)
            progress(len(group))


def _group_sizes(shard: int) -> Iterator[int]:
    """The rows of each group: no group crosses from one shard to the next."""
    while True:
        yield from [_GROUP] * (shard // _GROUP)
        if rest := shard % _GROUP:
            yield rest


def _groups(schema: pa.Schema, batches: Iterable[pa.Table], sizes: Iterator[int]) -> Iterator[pa.Table]:
    """Tables of exactly these sizes, but for the last."""
    held, size = schema.empty_table(), next(sizes)
    for batch in batches:
        held = pa.concat_tables([held, batch])
        while len(held) >= size:
            yield held.slice(0, size).combine_chunks()
            held, size = held.slice(size), next(sizes)
    if len(held):
        yield held.combine_chunks()
