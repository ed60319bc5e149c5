"""`cleancopy crawl`: sites or a list of URLs into a collection."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from archive.commands.options import SitesOption, day_of, day_option, use_directories
from archive.errors import ConfigurationError
from archive.extraction.collector import loading
from archive.pipeline.pool import preload


def crawl(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE...", help="Domain, YAML file or URL.")] = None,
    collection: Annotated[
        Path | None, typer.Option("--collection", metavar="DIR", help="Where all of it goes.")
    ] = None,
    urls: Annotated[str | None, typer.Option("--urls", metavar="FILE", help="Capture exactly these; - reads.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The most articles to capture.")] = None,
    since: Annotated[datetime | None, day_option("--since", "Only from this day on.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Only to this day.")] = None,
    delay: Annotated[float | None, typer.Option("--delay", min=0, help="Seconds between requests to a host.")] = None,
    requisites: Annotated[
        bool, typer.Option("--requisites", help="Also capture the pictures, style sheets, scripts and fonts of pages.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Load articles in Chromium, so that scripts run.")] = False,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Allow hosts on this network.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was fetched before; captures stay.")] = False,
    records: Annotated[bool, typer.Option("--records/--no-records", help="Whether records are made.")] = True,
    worker: Annotated[
        str | None, typer.Option("--worker", metavar="NAME", help="This process's name among those of a shared crawl.")
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Only show how a crawl goes, host by host, or whether a --worker lives.")
    ] = False,
    site_files: SitesOption = None,
) -> None:
    """Crawl sites, or capture a list of URLs, into a collection. The same command again goes on."""
    if status:
        if collection is None:
            raise ConfigurationError("--status needs --collection DIR.")
        from archive.commands.crawl_status import show_progress, show_worker  # noqa: PLC0415

        show_worker(collection, worker) if worker else show_progress(collection)
        return
    use_directories(site_files)
    if records:
        preload("archive.pipeline.record_lines", early=True)
    with loading():
        # It takes half a second of a core, in which another one loads what extraction needs. Scrapy's TLS comes first:
        # it looks through the stack and all modules, which takes a tenth of a second more where both are many.
        import scrapy.core.downloader.contextfactory  # noqa: F401, PLC0415

        from crawler.commands.crawl_run import run  # noqa: PLC0415
        from crawler.run.plan import Options  # noqa: PLC0415
    days = day_of(since), day_of(until)
    run(
        sites or [],
        urls,
        Options(limit, delay, allow_private, fresh, *days, requisites=requisites, browser=browser),
        collection,
        records,
        worker,
    )
