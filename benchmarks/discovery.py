"""Discovery of a large site: all of it, each list once, and conditionally the second time, in flat memory?

    python -m benchmarks.discovery [--articles 10000]

Needs nginx, which serves on loopback a home page, robots.txt, a sitemap index of indexes of sitemaps (XML, gzipped XML
and text, 500 articles each, with a circle among the indexes), and feeds in all three formats whose entries are in the
sitemaps too, with tracking parameters. `cleancopy discover` reads it twice, from the address of the home page alone.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.static_server import StaticServer
from benchmarks.timed import Timed, cleancopy, run

_PART, _PARTS_OF_AN_INDEX, _FEED = 500, 8, 200
#: Of the memory for a tenth of the articles.
FLAT = 1.3
_LOGGED = re.compile(r'"GET (\S+) HTTP/1.1" (\d+) ')


def main(articles: Annotated[int, typer.Option(min=1000, help="Articles that the site lists.")] = 10_000) -> None:
    """Measure and check; exit with 1 if something is not as it must be."""
    console = Console(soft_wrap=True)
    few, many = (_measured(count) for count in (articles // 10, articles))
    console.print(_table(few, many))
    misses = [*_misses(few), *_misses(many)]
    growth = many.first.peak / few.first.peak
    console.print(f"peak memory: {growth:.2f} times that for a tenth of the articles")
    if growth > FLAT:
        misses.append(f"memory grows {growth:.2f}-fold from {few.articles} to {many.articles} articles; at most {FLAT}")
    for sentence in misses:
        console.print(sentence)
    raise typer.Exit(bool(misses))


@dataclass(frozen=True, slots=True)
class Measured:
    """Two runs of discovery on a site: what they found and what the server was asked for, with the status."""

    articles: int
    lists: int
    found: int
    repeated: int
    first: Timed
    second: Timed
    asked: Counter[str]
    asked_again: Counter[tuple[str, str]]


def _measured(articles: int) -> Measured:
    with TemporaryDirectory() as made:
        folder = Path(made)
        server = StaticServer(folder, log=True)
        origin = f"http://127.0.0.1:{server.port}"
        urls = [f"{origin}/2026/{number % 12 + 1:02}/story-number-{number}.html" for number in range(articles)]
        lists = _write_site(folder / "pages", origin, urls)
        command = cleancopy("discover", f"{origin}/", "--collection", "c", "--delay", 0, "--allow-private")
        with server:
            first = run(command, folder, output=folder / "first.tsv")
            asked = _requests(folder)
            second = run(command, folder, output=folder / "second.tsv")
            again = _requests(folder) - asked
        found = [line.partition("\t")[0].partition("?")[0] for line in (folder / "first.tsv").read_text().splitlines()]
    paths = Counter(path for path, _ in asked.elements())
    return Measured(articles, lists, len({*found} & {*urls}), len(found) - len({*found}), first, second, paths, again)


def _requests(folder: Path) -> Counter[tuple[str, str]]:
    """Path and status of every request so far."""
    return Counter(match.groups() for match in _LOGGED.finditer((folder / "access.log").read_text()))  # type: ignore[misc]


def _misses(of: Measured) -> Iterator[str]:
    if of.found != of.articles or of.repeated:
        yield f"{of.found} of {of.articles} articles were found, {of.repeated} of them more than once"
    if more := [path for path, count in of.asked.items() if count > 1]:
        yield f"{len(more)} lists were read more than once, such as {more[0]}"
    if of.asked.total() != of.lists + 1:
        yield f"{of.asked.total()} requests for {of.lists} lists and robots.txt"
    unconditional = [path for (path, status), _ in of.asked_again.items() if status != "304" and path != "/robots.txt"]
    if unconditional or of.asked_again.total() != of.lists + 1:
        yield f"the second run asked {of.asked_again.total()} times, {len(unconditional)} times without conditions"


def _table(*measured: Measured) -> Table:
    table = Table("articles", "lists", "found", "first run", "CPU", "peak", "second run", "304", title="Discovery")
    for of in measured:
        unchanged = sum(count for (_, status), count in of.asked_again.items() if status == "304")
        table.add_row(
            str(of.articles),
            str(of.lists),
            str(of.found),
            f"{of.first.seconds:.1f} s",
            f"{of.first.cpu:.1f} s",
            f"{of.first.peak / 1e6:.0f} MB",
            f"{of.second.seconds:.1f} s, {of.second.peak / 1e6:.0f} MB",
            f"{unchanged} of {of.asked_again.total()}",
        )
    return table


def _write_site(folder: Path, origin: str, urls: list[str]) -> int:
    """Write what the server serves; the number of lists."""
    folder.mkdir()
    leaves = [
        _write_part(folder, number, urls[at : at + _PART]) for number, at in enumerate(range(0, len(urls), _PART))
    ]
    indexes = []
    for number, at in enumerate(range(0, len(leaves), _PARTS_OF_AN_INDEX)):
        names = [*leaves[at : at + _PARTS_OF_AN_INDEX], "sitemap.xml"]
        indexes.append(f"index-{number}.xml")
        (folder / indexes[-1]).write_bytes(_sitemap([f"{origin}/{name}" for name in names], "sitemapindex", "sitemap"))
    (folder / "sitemap.xml").write_bytes(_sitemap([f"{origin}/{name}" for name in indexes], "sitemapindex", "sitemap"))
    feeds = _write_feeds(folder, urls[-_FEED:])
    links = "".join(f'<link rel="alternate" type="{kind}" href="/{name}">' for name, kind in feeds.items())
    (folder / "index.html").write_text(f"<html><head><title>News</title>{links}</head><body>News</body></html>")
    (folder / "robots.txt").write_text(f"User-agent: *\nDisallow:\nSitemap: {origin}/sitemap.xml\n")
    return len(leaves) + len(indexes) + len(feeds) + 2


def _write_part(folder: Path, number: int, urls: list[str]) -> str:
    """One sitemap of articles: XML, gzipped XML and text by turns; its name."""
    suffix = (".xml", ".xml.gz", ".txt")[number % 3]
    content = "\n".join(urls).encode() if suffix == ".txt" else _sitemap(urls, "urlset", "url")
    name = f"articles-{number}{suffix}"
    (folder / name).write_bytes(gzip.compress(content, mtime=0) if suffix == ".xml.gz" else content)
    return name


def _sitemap(urls: list[str], root: str, entry: str) -> bytes:
    entries = "".join(f"<{entry}><loc>{url}</loc><lastmod>2026-11-18</lastmod></{entry}>" for url in urls)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'.encode()


def _write_feeds(folder: Path, urls: list[str]) -> dict[str, str]:
    """The newest articles as RSS, Atom and JSON Feed, with tracking parameters; names and types."""
    tracked = [f"{url}?utm_source=feed&amp;utm_medium=rss" for url in urls]
    items = "".join(f"<item><title>Story</title><link>{url}</link></item>" for url in tracked)
    (folder / "feed.rss").write_text(f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>')
    entries = "".join(f'<entry><title>Story</title><link href="{url}"/></entry>' for url in tracked)
    (folder / "feed.atom").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
    listed = [{"id": url, "url": f"{url}?utm_source=feed", "title": "Story"} for url in urls]
    (folder / "feed.json").write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": listed}))
    kinds = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    return dict(zip(("feed.rss", "feed.atom", "feed.json"), kinds, strict=True))


if __name__ == "__main__":
    typer.run(main)
