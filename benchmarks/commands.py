"""What the commands cost that work on a whole collection, each beside what the field uses, in how much memory.

    python -m benchmarks.commands [--megabytes 200] [--folder FOLDER]

One collection with a WARC of so many bytes and a record for each of its captures, and one with a tenth of it. CPU
seconds of all processes are compared, start-up included; what a peer does not do stands in its name. Peers read the
same file: the WARC, or the records. DuckDB searches without an index, so the search is timed with its index made anew,
and once more with it there; `verify` reads records, references and the index too, which `warcio check` does not. Exits
with 1 where a command takes longer than it did beside its peer, memory grows with the collection, or nothing comes out.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from archive.capture_fields import WarcPlace
from archive.collection.folder import Collection
from archive.exchange import Capture
from archive.extraction.extract import extract
from archive.pipeline.captures import read_captures
from archive.records import Record
from benchmarks.timed import Timed, cleancopy, run
from benchmarks.verify import make

#: Of the memory that a tenth of the collection needs; below so many bytes it may grow: an export's DuckDB makes use of
#: what there is, up to a limit of its own.
MOST_MEMORY, HELD = 1.5, 900_000_000
#: The pages whose records all captures are given in turn: the made-up pages of a benchmark's WARC have no article.
_STORIES = Path(__file__).parent.parent / "crawler" / "demo" / "site"
Line = Callable[[Path, Path, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A command and its peer, which are told the collection, its WARC and the file to write. `most` is the multiple of
    the peer's CPU time that is taken at most."""

    name: str
    most: float
    ours: Line
    peer: str
    theirs: Line


def _python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def _duckdb(statement: str) -> list[str]:
    return [sys.executable, "-c", f"import duckdb; print(duckdb.sql({statement!r}))"]


def _read(collection: Path) -> str:
    return f"read_json('{collection}/records/*.jsonl', maximum_object_size=100000000)"


def rows(word: str) -> list[Row]:
    """What is compared; `word` is what is searched for."""
    found = f"select url from {{}} where text ilike '%{word}%' limit 10"
    return [
        Row(
            "index",
            1.25,
            lambda collection, _warc, _out: cleancopy("index", collection),
            "cdxj-indexer",
            lambda _collection, warc, out: _python("cdxj_indexer.main", warc, "--sort", "-o", out),
        ),
        Row(
            "verify",
            2.5,
            lambda collection, _warc, _out: cleancopy("verify", collection),
            "warcio check",
            lambda _collection, warc, _out: _python("warcio.cli", "check", warc),
        ),
        *(
            Row(
                name,
                most,
                lambda collection, _warc, _out: cleancopy("search", collection, word),
                "DuckDB, no index",
                lambda collection, _warc, _out: _duckdb(found.format(_read(collection))),
            )
            for name, most in (("search, index made", 1.5), ("search", 0.6))
        ),
        Row(
            "export, Parquet",
            2.0,
            lambda collection, _warc, out: cleancopy("export", collection, "--format", "parquet", "--output", out),
            "DuckDB, no card or duplicates",
            lambda collection, _warc, out: _duckdb(f"copy (from {_read(collection)}) to '{out}' (format parquet)"),
        ),
        Row(
            "wacz",
            1.5,
            lambda collection, _warc, out: cleancopy("wacz", collection, "--output", f"{out}.wacz"),
            "py-wacz",
            lambda _collection, warc, out: _python("wacz.main", "create", warc, "-o", f"{out}.wacz", "--detect-pages"),
        ),
    ]


def main(
    megabytes: Annotated[int, typer.Option(min=10, help="The size of the WARC.")] = 200,
    folder: Annotated[Path | None, typer.Option(help="Where the files go.")] = None,
) -> None:
    """Measure."""
    console = Console()
    with tempfile.TemporaryDirectory(dir=folder) as made:
        with console.status("making collections"):
            small, large = (
                with_records(make(Path(made) / name, size * 100_000))
                for name, size in (("small", megabytes), ("large", 10 * megabytes))
            )
        table = Table("command", "CPU s", "peer", "CPU s", "ratio", "peak MB", "of a tenth, MB", "growth")
        word = max((word for word in stories()[0].text.split() if word.isalpha()), key=len)
        missed = [sentence for row in rows(word) for sentence in _compared(row, small, large, table)]
    console.print(table)
    for sentence in missed:
        console.print(sentence)
    raise typer.Exit(bool(missed))


def with_records(collection: Collection) -> Collection:
    """The collection with a record for each of its captures; texts repeat, addresses and places do not."""
    (warc,) = collection.complete_warcs()
    with collection.records_path(warc.name).open("wb") as file:
        for capture, model in zip(read_captures(warc), cycle(stories()), strict=False):
            file.write(_told(model, capture).to_line())
    return collection


def stories() -> list[Record]:
    """The records of the demo site's articles."""
    found = (extract(page.read_bytes()) for page in sorted(_STORIES.rglob("*.html")))
    return [record for record in found if record.text and record.title]


def _told(model: Record, capture: Capture) -> Record:
    """The record of another capture with the same text."""
    if capture.place is None or capture.date is None:
        raise ValueError(f"{capture.url} has no place or date in its WARC")
    stored: Any = {"record_id": capture.record_id, "payload_digest": capture.payload_digest}
    return model.model_copy(
        update={
            "id": capture.record_id,
            "url": capture.url,
            "requested_url": capture.url,
            "date_crawled": capture.date.isoformat().replace("+00:00", "Z"),
            "warc": WarcPlace(**capture.place._asdict(), **stored),
        }
    )


def _compared(row: Row, small: Collection, large: Collection, table: Table) -> Iterator[str]:
    (tenth, _), (ours, theirs) = (_timed(row, collection) for collection in (small, large))
    growth = ours.peak / tenth.peak
    table.add_row(
        row.name, f"{ours.cpu:.1f}", row.peer, f"{theirs.cpu:.1f}", f"{ours.cpu / theirs.cpu:.2f}",
        f"{ours.peak / 1e6:.0f}", f"{tenth.peak / 1e6:.0f}", f"{growth:.2f}",
    )  # fmt: skip
    if ours.cpu > row.most * theirs.cpu:
        yield f"{row.name} takes {ours.cpu / theirs.cpu:.2f} of the time of {row.peer}; the most is {row.most}."
    if growth > MOST_MEMORY and ours.peak > HELD:
        yield f"{row.name} needs {growth:.2f} times the memory for ten times the collection; the most is {MOST_MEMORY}."


def _timed(row: Row, collection: Collection) -> tuple[Timed, Timed]:
    (warc,) = collection.complete_warcs()
    out = collection.path.parent / f"{row.name.partition(',')[0]}-{collection.path.name}"
    ours = run(row.ours(collection.path, warc, out), collection.path.parent)
    return ours, run(row.theirs(collection.path, warc, out.with_name(f"{out.name}-peer")), collection.path.parent)


if __name__ == "__main__":
    typer.run(main)
