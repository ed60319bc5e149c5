"""One page from the web, asked for as politely and kept as exactly as in any crawl, then thrown away."""

from pathlib import Path
from tempfile import TemporaryDirectory

from archive.collection.folder import Collection
from archive.errors import PageError
from archive.exchange import Purpose
from archive.pipeline.captures import read_captures
from archive.pipeline.web import Fetched
from crawler.crawl import crawl
from crawler.run.plan import Options, plan_urls


def fetch_page(url: str, allow_private: bool) -> Fetched:
    """Fetch one page, redirects included. Raises PageError with the reason if there is none."""
    options = Options(allow_private=allow_private, tries=1)
    with TemporaryDirectory(prefix="cleancopy-") as folder:
        collection = Collection(Path(folder))
        report = crawl(plan_urls([url], options, "the command line"), collection, records=False)
        found = _last_page(collection)
    if found is None:
        reason = report.failures[0]["reason"] if report.failures else "there is no page at this address"
        raise PageError(f"{url}: {reason}")
    return found


def _last_page(collection: Collection) -> Fetched | None:
    found = None
    for warc in collection.warcs():
        for capture in read_captures(warc):
            if capture.origin.purpose is Purpose.ARTICLE and 200 <= capture.status < 300:
                found = Fetched(capture.url, capture.body, capture.header("Content-Type"))
    return found
