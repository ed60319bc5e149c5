"""A data set made from collections."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from archive.collection.folder import Collection
from archive.datasets import parquet
from archive.datasets.card import write_card
from archive.datasets.choosing import choose_records
from archive.datasets.clusters import Signing, mark, same_texts
from archive.datasets.columns import ADDED, CLUSTER
from archive.datasets.comment_table import write_comments
from archive.datasets.export_choices import Dedup, Form, Rows
from archive.datasets.export_request import Request
from archive.datasets.export_rows import rows, tables
from archive.datasets.export_staging import staged
from archive.datasets.formats import TABULAR, LineMaker, Progress, suffix, write_documents, write_lines
from archive.datasets.left_out import sentences
from archive.datasets.manifest import Manifest, new_manifest, write_manifest
from archive.datasets.record_table import Table, connect
from archive.datasets.selection import Selection
from archive.datasets.shards import Shards
from archive.errors import CollectionError, ConfigurationError
from archive.labels import Label


@dataclass(frozen=True, slots=True)
class Steps:
    """Where an export tells how far it is: `selected` the number of records to write, `written` some more of them."""

    selected: Callable[[int], None] = lambda _: None
    written: Progress = lambda _: None


#: Tells nothing.
QUIET = Steps()


def export(
    collections: Sequence[Path], request: Request, output: Path, steps: Steps = QUIET, *, replace: bool = False
) -> Manifest:
    """Write the data set into the new folder `output`, or with `replace` in place of an older one.

    The same records and wishes give the same bytes. Raises ConfigurationError at wishes that cannot be met, and
    CollectionError where a record is broken, nothing passes the filters or the disk is full; nothing of the data
    set is left then.
    """
    request.check()
    sources = _sources(collections, request.text)
    with staged(output, replace=replace) as folder:
        work = folder / ".work"
        work.mkdir()
        files = [path for source in sources for path in source.files]
        with connect(work, files, request.text) as connection:
            selection = _select(connection, sources, request, work)
            steps.selected(len(selection))
            _write(connection, sources, selection, request, folder, steps.written)
        shutil.rmtree(work)
        write_card(request, sources, selection, folder)
        manifest = new_manifest(request, sources, selection, folder)
        write_manifest(manifest, folder)
    return manifest


def count_records(collections: Sequence[Path], request: Request) -> int:
    """How many records such a data set would have; nothing is written. Raises as `export`."""
    request.check()
    sources = _sources(collections, request.text)
    files = [path for source in sources for path in source.files]
    with TemporaryDirectory(prefix="cleancopy-") as work, connect(Path(work), files, request.text) as connection:
        return len(_select(connection, sources, request, Path(work)))


def _sources(collections: Sequence[Path], labels: Sequence[Label]) -> list[Table]:
    sources = [Table(Collection(path), labels) for path in collections]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"two collections are named {name!r}: their records could not be told apart")
    return sources


def _select(connection: duckdb.DuckDBPyConnection, sources: Sequence[Table], request: Request, work: Path) -> Selection:
    signing = Signing(work / "signatures") if request.dedup is Dedup.NEAR else None
    readers = [signing] if signing else []
    selection = choose_records(connection, sources, request.filters, request.revisions, readers)
    if not len(selection.kept):
        raise CollectionError(f"{', '.join(source.name for source in sources)}: there are no records to export")
    if not len(selection):
        said = ["nothing was written", *sentences(selection.left_out)]
        raise CollectionError(f"none of {len(selection.kept)} records passes the filters; {'. '.join(said)}")
    if request.dedup is not Dedup.NONE:
        canonical = signing.near_texts(selection) if signing else same_texts(selection)
        mark(selection, canonical, request.keep_duplicates)
    _require_warcs(sources, selection)
    return selection


def _require_warcs(sources: Sequence[Table], selection: Selection) -> None:
    """Every article of a data set can be traced to its page."""
    for number, source in enumerate(sources):
        for name, count in selection.named("warc", selection.positions(number)).items():
            if name is not None and not source.collection.warc_path(name).exists():
                raise CollectionError(
                    f"{source.collection.archive / name} is missing: {count} records could not be traced to their "
                    "pages. Put it back, or leave those records out."
                )


def _write(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Table],
    selection: Selection,
    request: Request,
    folder: Path,
    progress: Progress,
) -> None:
    columns = request.chosen_columns()
    if request.form in (Form.MARKDOWN, Form.TEI):
        write_documents(request.form, folder, request.shard, rows(sources, selection), progress, request.text)
        return
    if request.rows is Rows.COMMENTS:
        write_comments(request, lambda: rows(sources, selection), folder, progress)
        return
    shards = Shards(folder, suffix(request.form, request.packing), len(selection), request.shard, request.packing)
    if request.form is Form.PARQUET:
        parquet.write(shards, columns, tables(connection, sources, selection, columns), progress)
        return
    added = [name for name in columns if name in ADDED or name in CLUSTER] if request.form in TABULAR else []
    made = rows(sources, selection, added)
    maker = LineMaker(request.form, columns, request.text, request.raw_cells)
    write_lines(maker, shards, made, progress)
