"""The `cleancopy` command: the archive's commands and those that fetch."""

from contextlib import AbstractContextManager

from archive.cli import COMMANDS, SCHEDULE_COMMANDS, SITE_COMMANDS, run
from archive.commands.lazy_group import Command
from archive.pipeline.web import Fetched, Streamed, Web

COMMANDS.update(
    {
        "crawl": Command("crawler.commands.crawl:crawl", "Crawl sites, or capture a list of URLs."),
        "demo": Command("crawler.commands.demo:demo", "Crawl the bundled demo site and show what came out."),
        "discover": Command(
            "crawler.commands.discover:discover", "List the articles that a crawl of a site would fetch."
        ),
        "explore": Command("crawler.commands.explore:explore", "Look at collections in a browser, and mend them."),
        "takedown": Command(
            "crawler.commands.takedown:takedown", "Remove captures everywhere, and never fetch them again."
        ),
    }
)
SITE_COMMANDS.update(
    {
        "init": Command("crawler.commands.site:init", "Look at a site and draft its file."),
        "check": Command("crawler.commands.site_check:check", "Run the tests in site files."),
    }
)
SCHEDULE_COMMANDS["run"] = Command(
    "crawler.commands.schedule_run:run", "Crawl every site when it is due, until told to stop."
)


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
