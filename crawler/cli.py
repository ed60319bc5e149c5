"""The `cleancopy` command: the archive's commands and those that fetch."""

from contextlib import AbstractContextManager

from archive.cli import COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS, run
from archive.pipeline.web import Fetched, Streamed, Web

COMMANDS.update(
    {
        "crawl": "crawler.commands.crawl:crawl",
        "demo": "crawler.commands.demo:demo",
        "discover": "crawler.commands.discover:discover",
        "explore": "crawler.commands.explore:explore",
        "takedown": "crawler.commands.takedown:takedown",
    }
)
SITE_COMMANDS.update({"init": "crawler.commands.site:init", "check": "crawler.commands.site_check:check"})
SCHEDULE_COMMANDS["run"] = "crawler.commands.schedule_run:run"


def _page(url: str, allow_private: bool) -> Fetched:
    from crawler.single_page import fetch_page  # noqa: PLC0415 - with what Scrapy needs it takes a third of a second to load

    return fetch_page(url, allow_private)


def _stream(url: str, allow_private: bool) -> AbstractContextManager[Streamed]:
    from crawler.download import stream  # noqa: PLC0415 - with Scrapy's TLS it takes a third of a second to load

    return stream(url, allow_private)


#: What fetches for the archive's commands, also in processes on other machines: it is passed on by name.
WEB = Web(_page, _stream)


def main() -> None:
    """The entry point."""
    run(WEB)


if __name__ == "__main__":
    main()
