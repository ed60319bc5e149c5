"""How long the explorer takes for each of its views, over 100,000 made records, and whether its memory stays flat.

    python -m benchmarks.explore [--records 100000] [--keep DIR]

The records share the captures of the demo site and have texts of their own: words drawn as those of a language are, so
that some are in nearly all texts and most in few. Exits with 1 where the 95th percentile of a view is 200 ms or more,
or the memory grows by a tenth while it is looked at again and again.
"""

import http.client
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Annotated
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from archive.collection.failure import Failed, FailureKind
from archive.collection.folder import Collection
from archive.exchange import Completeness, Exchange, Origin
from archive.pipeline.record_lines import Task, places, record_line
from archive.records import Record
from archive.warc.index import IndexEntry, write_sorted
from archive.warc.writer import WarcWriter
from crawler.demo.site_pages import load_pages
from crawler.frontier.entry import Entry
from crawler.frontier.table import Frontier

#: Milliseconds that a view may take, and the factor that memory may grow by.
LIMIT, GROWTH = 200.0, 1.1
#: Requests of each view that are timed; then as many rounds of all of them for the memory.
_TIMES, _ROUNDS = 40, 5
_ORIGIN = "https://courier.example"
_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_SITES = [f"gazette-{number}.example" for number in range(24)]
_SECTIONS = ("News", "World", "Business", "Sport", "Science", "Opinion", None)
#: Blocks of a made record, words of its text, records of a file, and pages that failed.
_BLOCKS, _WORDS, _IN_FILE, _FAILURES = 16, 220, 5_000, 10_000
console = Console()


@dataclass(frozen=True, slots=True)
class Made:
    """What is needed to ask for each view: ids and URLs of some records."""

    ids: Sequence[str]
    urls: Sequence[str]


def asked_of(count: int) -> Made:
    """The records that are asked for, of so many."""
    numbers = range(0, count, max(count // _TIMES, 1))
    return Made([str(UUID(int=number)) for number in numbers], [_url(number) for number in numbers])


def make(folder: Path, count: int) -> None:
    """A collection of so many records."""
    collection = Collection(folder)
    collection.create()
    bases = _captured(collection)
    random = Random(7)
    vocabulary = [_word(random) for _ in range(40_000)]
    # Zipf's law: the word of rank r comes 1/r times as often as the first one.
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    for start in range(0, count, _IN_FILE):
        texts = random.choices(vocabulary, weights, k=_IN_FILE * _WORDS)
        with (collection.records / f"made-{start:08}.jsonl").open("wb") as lines:
            for number in range(start, min(start + _IN_FILE, count)):
                at = (number - start) * _WORDS
                record = _record(random, bases[number % len(bases)], number, " ".join(texts[at : at + _WORDS]))
                lines.write(record.to_line())
    write_sorted(collection.index, iter(sorted(_entry(number).line() for number in range(count))))
    _fail(collection)


def _captured(collection: Collection) -> list[Record]:
    """Records of the demo site's pages, captured."""
    writer = WarcWriter(collection.archive, info={"software": "benchmark"})
    for page in load_pages(_ORIGIN).values():
        if page.path.endswith(".html") and "2026" in page.path:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page.body)}\r\n\r\n".encode()
            request = b"GET / HTTP/1.1\r\nHost: courier.example\r\n\r\n"
            writer.write(Exchange(_ORIGIN + page.path, _NOON, request, head + page.body, Origin(robots="allowed")))
    writer.close()
    (warc,) = collection.warcs()
    return [Record.from_line(record_line(Task(collection.path, place)).content) for place in places(warc)]


def _word(random: Random) -> str:
    return "".join(random.choice("bdfgklmnprst") + random.choice("aeiou") for _ in range(random.randint(1, 4)))


def _url(number: int) -> str:
    # Every tenth record is another capture of an earlier page.
    page = number - 1 if number % 10 == 9 else number
    return f"https://{_SITES[page % len(_SITES)]}/2026/{page}/story.html"


def _record(random: Random, base: Record, number: int, text: str) -> Record:
    day = _NOON - timedelta(days=random.randint(0, 900))
    is_cut = random.random() < 0.02
    changed = {
        "id": str(UUID(int=number)),
        "url": _url(number),
        "site": _url(number).split("/")[2],
        "title": " ".join(text.split()[:7]).capitalize(),
        "text": "" if random.random() < 0.01 else text,
        "language": random.choice(("en", "en", "en", "de", "fr")),
        "section": random.choice(_SECTIONS),
        "date_published": day.isoformat(),
        "date_crawled": (day + timedelta(hours=number % 10)).isoformat().replace("+00:00", "Z"),
        "completeness": Completeness.DISCONNECT if is_cut else Completeness.WHOLE,
        "blocks": base.blocks[:_BLOCKS],
    }
    return base.model_copy(update=changed)


def _entry(number: int) -> IndexEntry:
    return IndexEntry(_url(number), f"2026-11-20T12:00:{number % 60:02}Z", "text/html", "200", None, 0, 1, "x.warc.gz")


def _fail(collection: Collection) -> None:
    frontier = Frontier(collection.state)
    for number in range(_FAILURES):
        url = f"https://{_SITES[number % len(_SITES)]}/failed/{number}.html"
        frontier.add(Entry(url, url, Origin(), _SITES[number % len(_SITES)]))
    while entry := frontier.lease(math.inf, _FAILURES):
        kind = FailureKind.TIMEOUT if entry.id % 3 else FailureKind.NOT_FOUND
        frontier.failed(entry, Failed(kind, None if entry.id % 3 else 404), now=_NOON.timestamp() + entry.id)
    frontier.commit()
    frontier.close()


@contextmanager
def explorer(folder: Path) -> Iterator[tuple["Viewer", int]]:
    """The explorer over a collection, and the id of its process."""
    command = [sys.executable, "-m", "crawler", "explore", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Viewer(process.stdout.readline().strip()), process.pid
        finally:
            process.terminate()


class Viewer:
    """Asks for pages as a browser does."""

    def __init__(self, address: str) -> None:
        origin, _, rest = address.partition("/?")
        self._host = urlsplit(origin).netloc
        self._cookie = ""
        self._cookie = self._ask(f"/?{rest}")[1].partition(";")[0]

    def _ask(self, path: str) -> tuple[bytes, str]:
        connection = http.client.HTTPConnection(self._host, timeout=120)
        connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status not in (200, 303):
            raise RuntimeError(f"{path}: {answer.status} {body[-400:]!r}")
        return body, answer.headers.get("Set-Cookie", "")

    def milliseconds(self, path: str) -> float:
        """What one page takes."""
        start = time.perf_counter()
        self._ask(path)
        return 1000 * (time.perf_counter() - start)


def views(made: Made) -> dict[str, list[str]]:
    """The addresses of each view, all different."""
    random = Random(3)
    words = [_word(Random(7)) for _ in range(1)] + [_word(random) for _ in range(_TIMES)]
    articles = [f"/article/{{name}}/{record}" for record in made.ids]
    narrowed = [{"q": word, "language": "en", "sort": "newest"} for word in words]
    return {
        "overview": ["/"] * _TIMES,
        "search, all articles": [f"/search?page={number + 1}" for number in range(_TIMES)],
        "search, narrowed": [f"/search?{urlencode({'site': site, 'label': 'body'})}" for site in _SITES],
        "search, words": [f"/search?{urlencode({'q': word})}" for word in words],
        "search, common words": [f"/search?{urlencode({'q': f'{word}*'})}" for word in ("ba", "do", "ke", "ti", "lu")]
        * 8,
        "search, words, narrowed": [f"/search?{urlencode(fields)}" for fields in narrowed],
        "article": articles,
        "article, fields": [f"{address}?view=fields" for address in articles],
        "article, capture": [f"{address}?view=capture" for address in articles],
        "article, one block": [f"{address}/block/0" for address in articles],
        "history": [f"/history/{{name}}?{urlencode({'url': url})}" for url in made.urls],
        "quality": [f"/quality?page={number + 1}" for number in range(_TIMES)],
        "quality, narrowed": [f"/quality?{urlencode({'site': site, 'kind': 'cut'})}" for site in _SITES],
    }


def resident(process: int) -> float:
    """Megabytes of memory that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1000


def busy(process: int) -> float:
    """Milliseconds that a process has computed for so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, made: Made) -> bool:
    """Whether all is as it should be."""
    table = Table(
        "view",
        "median, ms",
        "95th percentile, ms",
        "of a processor, ms",
        title=f"{folder.name}, {_TIMES} requests a view",
    )
    slow = []
    with explorer(folder) as (viewer, process):
        addresses = {view: [each.format(name=folder.name) for each in some] for view, some in views(made).items()}
        for view, some in addresses.items():
            viewer.milliseconds(some[0])
            begun = busy(process)
            times = [viewer.milliseconds(path) for path in some]
            computed = (busy(process) - begun) / len(times)
            worst = quantiles(times, n=20)[-1]
            slow += [view] if worst >= LIMIT else []
            table.add_row(view, f"{median(times):.0f}", f"{worst:.0f}", f"{computed:.0f}")
        before = resident(process)
        for _ in range(_ROUNDS):
            for some in addresses.values():
                for path in some[::4]:
                    viewer.milliseconds(path)
        after = resident(process)
    console.print(table)
    console.print(f"Memory: {before:.0f} MB after the first look at all views, {after:.0f} MB after {_ROUNDS} more.")
    for view in slow:
        console.print(f"Too slow: {view}.")
    return not slow and after <= GROWTH * before


def main(
    records: Annotated[int, typer.Option("--records", min=100, help="How many records to make.")] = 100_000,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the collection here, and use it again.")
    ] = None,
) -> None:
    """Make the records and measure."""
    with tempfile.TemporaryDirectory(prefix="explore-") as folder:
        target = keep or Path(folder) / "newsroom"
        if not target.exists():
            console.print(f"Making {records:,} records and their index takes some minutes.")
            make(target, records)
        raise typer.Exit(0 if measure(target, asked_of(records)) else 1)


if __name__ == "__main__":
    typer.run(main)
