"""Export to Parquet against DuckDB's own JSON to Parquet, on the same lines in one run.

    python -m benchmarks.export --corpus ../shared/corpus [--records 100000] [--pairs 2]

DuckDB is given the schema, as the export has it, and writes all fields of the records with the same compression. The
export reads the records twice: to select and count, and to write; and it adds columns, card and manifest.
Each runs in a process of its own; memory is the most that the process had resident. A smaller run shows whether it
grows with the records.
"""

import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import duckdb
import typer

from archive.collection.folder import Collection
from archive.datasets.data_set import export
from archive.datasets.export_choices import Form
from archive.datasets.export_request import Request
from archive.datasets.table_types import FIELDS, duckdb_type
from benchmarks.corpus import DEFAULT
from benchmarks.corpus_collection import corpus_collection
from benchmarks.many_records import multiply


def with_duckdb(collection: Path, output: Path) -> None:
    """What DuckDB does by itself."""
    columns = ", ".join(f"'{name}': '{duckdb_type(kind)}'" for name, kind in FIELDS.items())
    read = f"read_json('{collection}/records/*.jsonl', format = 'newline_delimited', columns = {{{columns}}})"
    output.mkdir()
    duckdb.sql("SET enable_progress_bar = false")
    duckdb.sql(f"COPY (FROM {read}) TO '{output}/all.parquet' (FORMAT parquet, COMPRESSION zstd)")


def with_cleancopy(collection: Path, output: Path) -> None:
    """What `cleancopy export --format parquet` does."""
    export([collection], Request(form=Form.PARQUET), output)


def measured(work: Callable[[Path, Path], None], collection: Path, output: Path) -> tuple[float, int]:
    """Seconds, and megabytes at most, of one run in a new process."""
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(work, collection, output, writer))
    process.start()
    seconds, memory = reader.recv()
    process.join()
    shutil.rmtree(output)
    return seconds, memory


def _measure(work: Callable[[Path, Path], None], collection: Path, output: Path, writer: object) -> None:
    start = time.perf_counter()
    work(collection, output)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    writer.send((time.perf_counter() - start, memory))  # type: ignore[attr-defined]


def main(
    corpus: Annotated[Path, typer.Option(help="The corpus folder.")] = DEFAULT,
    records: Annotated[int, typer.Option(help="Records to export.")] = 100_000,
    pairs: Annotated[int, typer.Option(help="Pairs of runs.")] = 2,
    folder: Annotated[Path | None, typer.Option(help="Where to work; 60 KB a record are needed.")] = None,
) -> None:
    """Print seconds, memory and the ratio; fail above a ratio of 3."""
    with TemporaryDirectory(dir=folder) as made:
        work = Path(made)
        collection = corpus_collection(work / "corpus", corpus)
        shutil.copytree(collection.path, work / "few")
        multiply(Collection(work / "few"), records // 10)
        multiply(collection, records)
        _, small = measured(with_cleancopy, work / "few", work / "out")
        shutil.rmtree(work / "few")
        ratios = [_pair(work) for _ in range(pairs)]
    print(f"memory for {records // 10} records: {small} MB; best ratio {min(ratios):.2f}, worst {max(ratios):.2f}")
    raise typer.Exit(0 if min(ratios) <= 3 else 1)


def _pair(work: Path) -> float:
    theirs, their_memory = measured(with_duckdb, work / "corpus", work / "out")
    ours, our_memory = measured(with_cleancopy, work / "corpus", work / "out")
    print(
        f"DuckDB {theirs:.0f} s, {their_memory} MB; cleancopy {ours:.0f} s, {our_memory} MB; ratio {ours / theirs:.2f}"
    )
    return ours / theirs


if __name__ == "__main__":
    typer.run(main)
