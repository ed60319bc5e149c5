"""Hostile pages for some minutes in one process: nothing is raised, no page takes long, no memory is kept.

    python -m benchmarks.fuzz --minutes 10

Pages of the demo site are mutated with what breaks parsers: character references, deep nesting, long attributes, broken
markup, and runs of what makes patterns go back and forth. Seconds are of processor time, so that other load on the
machine counts little; a page that seems slow is timed twice more and the shortest time counts, because processors that
are shared run everything slower. Pages below 300 kB are timed as if they had that much: each page and each of its
blocks has a fixed cost.
Memory is what is held: the garbage is collected and the C library gives freed memory back to the system (`malloc_trim`)
before it is measured, at half time and at the end. What it keeps for later use is no growth; caches that fill are.
Exit 1 where a page raised or failed to be extracted, took more than 5 s per MB, or where memory grew by more than 20 %
in the second half.
"""

import ctypes
import gc
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from archive.extraction.extract import extract, extract_text
from archive.telling.kinds import WarningKind

_DEMO = Path(__file__).parent.parent / "crawler/demo/site"
#: Seconds of processor time for a million bytes, the bytes that a page counts as at least, the growth of memory.
_SLOWEST, _LEAST, _GROWTH = 5.0, 300_000, 1.2
_LONGEST = 3_000_000
_FAULTS = frozenset((WarningKind.EXTRACTION_FAILED, WarningKind.HELPER_FAILED))
_PIECES = (
    b"&#27; &#x1b &#0027; &#8; &#11; &#12; &#13; &#0; &#xFFFE; &#xFDD0; &#xD800; &#x110000; &#127; &#x9b; &#128; & "
    b"&amp;#27; &#99999999999; < > </ <!-- --> <![CDATA[ ]]> <table> </table> <tr><td> <svg> <math> <template> "
    b"<select> <option> <noscript> <plaintext> <xmp> <textarea> <frameset> <body> </body> <html> </html> </p> <br> "
    b"<o:p> <p\x0c> \x00 \xff\xfe \xc2\x9b \xef\xbf\xbe \xed\xa0\x80 \xe2\x80\xae <base/href='http://['> <p/hidden> "
    b"<time/datetime='99999-99-99'> <div/style='display:none'> <script> <script/type=application/ld+json> </script> "
    b"<style> <meta/charset=utf-7> <h1> <a class=' title=\" /> <p/class=byline>By <p/class=date> <div> <span> <b> "
    b"<ul><li> <dl><dd> <blockquote> <section> <figure><figcaption> <meta/name=author/content=' "
    b'<meta/name=date/content=\' <title> {"@type":"NewsArticle", [ { \\u001b'
).split(b" ")
_RUNS = (
    *_PIECES,
    *b"2026 12.11.2026 By and , ; - / ( [ . : ' \" = \\ a 1 - _ @ http:// \n \t <!-- word --> %".split(),
    b" ",
    b"\n",
    b"a b ",
)


@dataclass(slots=True)
class Tally:
    """What was seen so far: pages, bytes, the worst seconds per MB with the page, faults."""

    pages: int = 0
    size: int = 0
    worst: float = 0.0
    worst_page: bytes = b""
    faults: int = 0


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 10,
    seed: Annotated[int | None, typer.Option(help="To see the same pages again.")] = None,
    keep: Annotated[Path | None, typer.Option(help="A folder for pages that fail or are slow.")] = None,
) -> None:
    """Extract hostile pages for some minutes."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    print(f"seed {seed}", flush=True)
    chance, tally = random.Random(seed), Tally()
    pages = [path.read_bytes() for path in sorted(_DEMO.rglob("*.html"))]
    for page in pages:  # what is compiled at its first use is no page's cost
        extract(page)
    ends, half = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < ends:
        _one(hostile(chance, pages), tally, keep)
        if not half and time.monotonic() > ends - 30 * minutes:
            half = _memory()
    last = _memory()
    print(f"{tally.pages} pages, {tally.size / 1e6:.0f} MB, worst {tally.worst:.2f} s per MB, {tally.faults} faults")
    print(f"memory {half / 1e6:.0f} MB at half time, {last / 1e6:.0f} MB at the end, at most {_peak() / 1e6:.0f} MB")
    raise typer.Exit(bool(tally.faults or tally.worst > _SLOWEST or last > _GROWTH * half))


def hostile(chance: random.Random, pages: list[bytes]) -> bytes:
    """A page of the demo site with pieces cut out, moved, put in, and repeated up to a million bytes."""
    page = chance.choice(pages)
    for _ in range(chance.randint(1, 8)):
        start, end = sorted(chance.randrange(len(page) + 1) for _ in range(2))
        put = chance.choice(_PIECES)
        if chance.random() < 0.3:
            run = b"".join(chance.choice(_RUNS) for _ in range(chance.randint(1, 3)))
            put = chance.choice((b"", put)) + run * (int(10 ** chance.uniform(1, 6)) // len(run) + 1)
        elif chance.random() < 0.2:
            put = page[start:end] * chance.randint(1, 20)
        page = page[:start] + put + page[chance.choice((start, start, end)) :]
    return page[:_LONGEST]


def _one(page: bytes, tally: Tally, keep: Path | None) -> None:
    is_text = tally.pages % 20 == 19
    rate, failed = _timed(page, is_text)
    if rate > _SLOWEST:
        rate = min(rate, *(_timed(page, is_text)[0] for _ in range(2)))
    if failed or rate > _SLOWEST:
        print(f"page {tally.pages}, {len(page)} bytes, {rate:.1f} s per MB: {failed}", flush=True)
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{tally.pages}.html").write_bytes(page)
    tally.pages, tally.size, tally.faults = tally.pages + 1, tally.size + len(page), tally.faults + bool(failed)
    tally.worst = max(tally.worst, rate)


def _timed(page: bytes, is_text: bool) -> tuple[float, list[str]]:
    """The seconds per MB that a page took, and what failed."""
    started = time.process_time()
    try:
        record = extract_text(page.decode("utf-8", "replace")) if is_text else extract(page)
        is_failed = _FAULTS.intersection(record.extraction.warning_kinds)
        failed = list(record.extraction.warnings) if is_failed else []
        record.from_line(record.to_line())
    except Exception as error:  # noqa: BLE001 - whatever is raised is what this looks for
        failed = [f"raised {type(error).__name__}: {error}"]
    return (time.process_time() - started) / max(len(page), _LEAST) * 1e6, failed


def _memory() -> int:
    """Bytes that are held now: neither garbage nor what the allocator keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return _status("VmRSS:")


def _peak() -> int:
    return _status("VmHWM:")


def _status(key: str) -> int:
    return 1024 * int(Path("/proc/self/status").read_text("ascii").partition(key)[2].split()[0])


if __name__ == "__main__":
    typer.run(main)
