"""SIGKILL at random moments of running crawls: what the server served, against what the archive and the records hold.

    python -m benchmarks.kills [--kills 200] [--browser]

A collection is crawled, killed and crawled on until all of its pages are there; then the next one is begun. Half of
the kills fall at any moment from the start of the process on, so that repairs are hit too; the others after its first
request. With `--browser` a browser loads the pages, which show nothing without scripts. Right after each kill it is
noted which URLs the frontier calls done: those must be in the archive for good. Exits with 1 if anything is lost,
unreadable or not the same when it is rebuilt.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from archive.collection.folder import Collection
from archive.errors import WarcError
from archive.pipeline.captures import read_captures
from archive.records import read_records
from benchmarks.script_pages import write_script_pages
from benchmarks.static_server import StaticServer, write_pages
from benchmarks.timed import cleancopy, environment, ran

#: Pages of a collection, so that a few kills fall into each; options; seconds.
_PLAIN: tuple[int, tuple[str, ...], float, float] = (150, (), 2.0, 6.0)
_BROWSER: tuple[int, tuple[str, ...], float, float] = (12, ("--browser",), 8.0, 12.0)
#: Seconds after which a run is taken to hang.
_PATIENCE = 300.0


@dataclass(slots=True)
class Losses:
    """What is counted over all collections, of so many pages each, crawled with these options; a process is killed
    within so many seconds after its first request, and after its start."""

    pages: int
    options: tuple[str, ...]
    after_request: float
    after_start: float
    kills: int = 0
    collections: int = 0
    served: int = 0
    captured: int = 0
    counts: Counter[str] = field(default_factory=Counter)


#: What must be 0, and what it is called in the table.
_MUST_BE_NONE = {
    "acknowledged": "acknowledged captures lost",
    "urls": "URLs lost",
    "unreadable": "files that cannot be read to their end",
    "faults": "collections in which `cleancopy verify` finds a fault",
    "records": "captures without a record, or records without a capture",
    "other": "record files that are not the same when rebuilt",
    "left": "files left with .open",
}


def main(
    kills: Annotated[int, typer.Option(min=1, help="How often a crawl is killed.")] = 200,
    seed: Annotated[int, typer.Option(help="Of the random moments.")] = 1,
    browser: Annotated[bool, typer.Option("--browser", help="Load the pages in a browser.")] = False,
) -> None:
    """Kill, count, and exit with 1 if anything is lost."""
    losses, dice = Losses(*(_BROWSER if browser else _PLAIN)), random.Random(seed)
    with tempfile.TemporaryDirectory() as made, Progress(disable=not sys.stderr.isatty(), transient=True) as progress:
        folder = Path(made)
        if browser:
            write_script_pages(folder / "pages", losses.pages)
        else:
            write_pages(folder / "pages", losses.pages, 20_000)
        task = progress.add_task("Killing", total=kills)
        with StaticServer(folder, log=True) as server:
            while losses.kills < kills:
                _one_collection(folder, server, losses, dice, kills)
                progress.update(task, completed=losses.kills)
    Console().print(table(losses))
    raise typer.Exit(any(losses.counts[name] for name in _MUST_BE_NONE))


def _one_collection(folder: Path, server: StaticServer, losses: Losses, dice: random.Random, most: int) -> None:
    """Crawl one collection to its end through kills, and look at what is there."""
    losses.collections += 1
    collection = Collection(folder / f"c{losses.collections}")
    urls = [f"http://127.0.0.1:{server.port}/gzip/{number}.html" for number in range(losses.pages)]
    (folder / "urls.txt").write_text("\n".join(urls))
    log = folder / "access.log"
    os.truncate(log, 0)
    done: set[str] = set()
    while losses.kills < most and _killed(folder, collection, losses, dice):
        losses.kills += 1
        done |= _acknowledged(collection)
    _command(folder, collection, losses).wait(_PATIENCE)
    captured, unreadable = _captured(collection)
    losses.served += len(list(_served(log, server.port)))
    losses.captured += sum(captured.values())
    losses.counts.update(
        acknowledged=len(done - captured.keys()),
        urls=len(set(urls) - captured.keys()),
        unreadable=unreadable,
        left=len(list(collection.path.glob("*/*.open"))),
        records=abs(_records(collection) - sum(captured.values())),
        faults=int(ran("verify", collection.path).returncode != 0),
        other=_rebuilt_otherwise(collection),
    )


def _command(folder: Path, collection: Collection, losses: Losses) -> subprocess.Popen[bytes]:
    arguments = (
        "--urls",
        "urls.txt",
        "--collection",
        collection.path,
        "--delay",
        0,
        "--allow-private",
        *losses.options,
    )
    null = subprocess.DEVNULL
    command = cleancopy("crawl", *arguments)
    return subprocess.Popen(command, cwd=folder, env=environment(), start_new_session=True, stdout=null, stderr=null)


def _killed(folder: Path, collection: Collection, losses: Losses, dice: random.Random) -> bool:
    """Start a crawl and kill it with all its workers; False if it had ended before."""
    log, process = folder / "access.log", _command(folder, collection, losses)
    if dice.random() < 0.5:
        before = log.stat().st_size
        while log.stat().st_size == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, losses.after_request))
    else:
        time.sleep(dice.uniform(0, losses.after_start))
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(_PATIENCE)
    return running


def _acknowledged(collection: Collection) -> set[str]:
    """The URLs that the frontier calls done. A copy is read: what the kill left is for the next run to mend."""
    with tempfile.TemporaryDirectory() as folder:
        for path in collection.path.glob("state.sqlite*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / "state.sqlite")) as db:
            try:
                return {url for (url,) in db.execute("SELECT url FROM frontier WHERE state = 'done'")}
            except sqlite3.OperationalError:
                return set()  # killed before it was made


def _served(log: Path, port: int) -> Iterator[str]:
    """The URLs of pages that nginx has served, one for each time."""
    for line in log.read_text().splitlines():
        path = line.split('"')[1].split()[1]
        if path.endswith(".html"):
            yield f"http://127.0.0.1:{port}{path}"


def _captured(collection: Collection) -> tuple[Counter[str], int]:
    """How often each page is in the archive, and how many files cannot be read."""
    found: Counter[str] = Counter()
    unreadable = 0
    for warc in collection.warcs():
        try:
            found.update(capture.url for capture in read_captures(warc) if capture.has_record)
        except WarcError:
            unreadable += 1
    return found, unreadable


def _records(collection: Collection) -> int:
    return sum(1 for path in collection.records.glob("*.jsonl") for _ in read_records(path))


def _rebuilt_otherwise(collection: Collection) -> int:
    """How many records files are not the same when they are rebuilt; of each, what differs is printed."""
    before = {path: path.read_bytes() for path in collection.records.glob("*.jsonl")}
    ran("extract", collection.path).check_returncode()
    otherwise = [path for path in before if path.read_bytes() != before[path]]
    for path in otherwise:
        lines = before[path].decode().splitlines(), path.read_text().splitlines()
        sys.stderr.writelines(f"{line}\n" for line in unified_diff(*lines, str(path), "rebuilt", n=0, lineterm=""))
    return len(otherwise)


def table(losses: Losses) -> Table:
    """The figures."""
    shown = Table(
        "", "count", title=f"{losses.kills} SIGKILLs, {losses.collections} collections of {losses.pages} pages"
    )
    wanted = losses.collections * losses.pages
    shown.add_row("pages wanted", str(wanted))
    shown.add_row("answers served", str(losses.served))
    shown.add_row("captures in the archive", str(losses.captured))
    shown.add_row("answers for pages that were under way at a kill", str(losses.served - wanted))
    for name, what in _MUST_BE_NONE.items():
        shown.add_row(what, str(losses.counts[name]))
    return shown


if __name__ == "__main__":
    typer.run(main)
