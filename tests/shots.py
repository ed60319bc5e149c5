"""Small collections for tests: pages written as WARC and extracted, with fixed ids and clocks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from archive.collection.folder import Collection
from archive.exchange import Exchange, Origin, Truncation
from archive.pipeline.record_lines import Task, places, record_line
from archive.warc.writer import WarcWriter
from crawler.demo.site_pages import DemoPage, load_pages
from tests.exchanges import counting_ids

ORIGIN = "https://courier.example"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Shot:
    """One page as it was at one time."""

    url: str
    body: str | bytes
    at: datetime = NOON
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    origin: Origin = field(default_factory=lambda: Origin(robots="allowed"))
    truncated: Truncation | None = None

    def exchange(self) -> Exchange:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        response = f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        request = b"GET / HTTP/1.1\r\nHost: courier.example\r\n\r\n"
        return Exchange(self.url, self.at, request, response, self.origin, truncated=self.truncated)


def make_collection(path: Path, *warcs: Iterable[Shot]) -> Collection:
    """A collection with one WARC for each group of shots, and its records."""
    collection = Collection(path)
    collection.create()
    ids = counting_ids()
    for number, shots in enumerate(warcs):
        clock = partial(NOON.__add__, timedelta(days=number))
        writer = WarcWriter(collection.archive, info={"software": "tests"}, clock=clock, new_id=ids)
        for shot in shots:
            writer.write(shot.exchange())
        writer.close()
    for warc in collection.warcs():
        lines = (record_line(Task(path, place)).content for place in places(warc))
        collection.records_path(warc.name).write_bytes(b"".join(lines))
    return collection


def demo_shots(at: datetime = NOON) -> list[Shot]:
    """All articles of the demo site, a minute apart."""
    pages = sorted((page for page in load_pages(ORIGIN).values() if _is_article(page)), key=lambda page: page.path)
    return [
        Shot(ORIGIN + page.path, page.body, at + timedelta(minutes=number), (("Content-Type", page.content_type),))
        for number, page in enumerate(pages)
    ]


def _is_article(page: DemoPage) -> bool:
    return page.path.endswith((".html", ".htm")) and page.path != "/404.html" and "/drafts/" not in page.path


def article(title: str, *paragraphs: str, published: str | None = None, modified: str | None = None) -> str:
    """A plain article page."""
    stamps = {"published_time": published, "modified_time": modified}
    meta = "".join(f'<meta property="article:{name}" content="{value}">' for name, value in stamps.items() if value)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{meta}</head><body><nav><a href="/">Home</a>'
        f"</nav><main><article><h1>{title}</h1>{body}</article></main><footer>© Courier</footer></body></html>"
    )
