"""The `cleancopy` command: the archive's commands and those that fetch."""

from contextlib import AbstractContextManager

from archive.cli import app, run
from archive.commands import schedule_app, site_app
from archive.web import Streamed, Web
from crawler.commands import crawl, demo, discover, schedule_run, site_check, site_init, takedown
from crawler.single import fetch_page

app.command()(crawl.crawl)
app.command()(demo.demo)
app.command()(discover.discover)
site_app.app.command("init")(site_init.init)
site_app.app.command("check")(site_check.check)
app.command()(takedown.takedown)
schedule_app.app.command("run")(schedule_run.run)


def _stream(url: str, allow_private: bool) -> AbstractContextManager[Streamed]:
    from crawler.download import stream  # noqa: PLC0415 - with Scrapy's TLS it takes a third of a second to load

    return stream(url, allow_private)


def main() -> None:
    """The entry point."""
    run(Web(fetch_page, _stream))


if __name__ == "__main__":
    main()
