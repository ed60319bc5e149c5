"""A museum of servers: each of its sites has an address and an oddity of its own, and one crawl goes through all.

    python -m benchmarks.museum [--copies 4]

Each site is one of `benchmarks/exhibits.py`, on an address of its own in 127.0.0.0/8, so that the sites are asked at
once. The crawl must end by itself, get what there is to get, and say of every URL what became of it and why. Exits with
1 if it does not.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import has_ipv6
from threading import Event, Thread
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.collection.folder import Collection
from archive.records import read_records
from benchmarks.exhibits import HOST, ORIGIN, Exhibit, exhibits
from benchmarks.timed import ran

#: Seconds after which the crawl is taken to hang.
_PATIENCE = 1500.0


class Museum:
    """Serves exhibits, each at an address of its own, the first one at an IPv6 address too, and all on one port."""

    def __init__(self, shown: Sequence[Exhibit]) -> None:
        self.sites = {f"127.77.{number // 250}.{number % 250 + 1}": one for number, one in enumerate(shown)}
        if has_ipv6:
            self.sites["::1"] = shown[0]
        self.asked: Counter[tuple[str, str]] = Counter()
        self.port = 0

    @contextmanager
    def opened(self) -> Iterator[list[str]]:
        """Serve in a thread; the sites' home pages."""
        ready, loops = Event(), []

        async def serve() -> None:
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            async with AsyncExitStack() as stack:
                for host in self.sites:
                    server = await stack.enter_async_context(await asyncio.start_server(self._serve, host, self.port))
                    self.port = server.sockets[0].getsockname()[1]
                ready.set()
                await stop.wait()

        thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        if not ready.wait(30):
            raise RuntimeError("the museum does not open")
        yield [self._origin(host) + "/" for host in self.sites]
        ((loop, stop),) = loops
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode("latin-1")
            writer.write(self._answer(host, head))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass
        finally:
            writer.close()

    def _answer(self, host: str, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        pages, before = self.sites[host].pages, self.asked[host, path]
        self.asked[host, path] += 1
        answer = pages.get(path, None if path == "/robots.txt" else pages.get("*"))
        if answer is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        made = answer if isinstance(answer, bytes) else answer(head, before)
        return made.replace(ORIGIN.encode(), self._origin(host).encode()).replace(HOST.encode(), host.encode())

    def _origin(self, host: str) -> str:
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True)
class Seen:
    """What a crawl says of one site."""

    records: int
    failures: tuple[str, ...]
    open: tuple[str, ...]

    def faults(self, shown: Exhibit) -> Iterator[str]:
        """What is not as it should be, in words."""
        if self.records != shown.records:
            yield f"{self.records} pages with text and not {shown.records}"
        if self.failures != tuple(sorted(shown.failures)):
            yield f"failures {self.failures} and not {shown.failures}"
        if self.open:
            yield f"nothing is said of {', '.join(self.open[:3])}"


def seen(path: Path, hosts: Sequence[str]) -> dict[str, Seen]:
    """What is in a collection of these sites."""
    collection = Collection(path)
    texts: Counter[str] = Counter()
    for file in sorted(collection.records.iterdir()):
        texts.update(record.site for record in read_records(file) if record.text and record.site)
    failures, left = defaultdict(list), defaultdict(list)
    with closing(sqlite3.connect(collection.state)) as db:
        for url, site, state, kind in db.execute("SELECT url, site, state, kind FROM frontier"):
            if state in ("failed", "gone"):
                failures[site].append(kind or "nothing said")
            elif state != "done":
                left[site].append(url)
    return {host: Seen(texts[host], tuple(sorted(failures[host])), tuple(left[host])) for host in hosts}


def untold(path: Path, shown: Sequence[Exhibit]) -> set[str]:
    """The kinds of reasons for not fetching a link that the report should name and does not."""
    report = json.loads(next(iter(sorted((path / "crawls").glob("*.json")))).read_text())
    told = {skipped["kind"] for skipped in report["skipped"]}
    return {kind for one in shown for kind in one.skipped} - told


def main(
    copies: Annotated[int, typer.Option(min=1, help="How often each site is there.")] = 4,
    keep: Annotated[Path | None, typer.Option(help="Where the collection goes, to be looked at.")] = None,
) -> None:
    """Crawl the museum and account for what came of it."""
    shown = exhibits() * copies
    museum, console = Museum(shown), Console()
    with tempfile.TemporaryDirectory() as folder, museum.opened() as homes:
        path, began = keep or Path(folder) / "c", monotonic()
        done = ran("crawl", *homes, "--collection", str(path), "--allow-private", "--delay", "0", timeout=_PATIENCE)
        seconds, found = monotonic() - began, seen(path, list(museum.sites))
        unsaid = untold(path, shown)
    table = Table("site", "what is wrong")
    for host, exhibit in museum.sites.items():
        for fault in found[host].faults(exhibit):
            table.add_row(f"{host} {exhibit.name}", fault)
    console.print(done.stderr.strip().partition("\n")[0])
    console.print(
        f"{len(shown)} sites, {sum(museum.asked.values())} requests, {seconds:.0f} s", table if table.row_count else ""
    )
    if unsaid:
        console.print(f"Not told: {', '.join(sorted(unsaid))}")
    sys.exit(1 if table.row_count or unsaid else 0)


if __name__ == "__main__":
    typer.run(main)
