"""The `cleancopy` command: the archive's commands and those that fetch."""

from archive.cli import app, run
from crawler.commands import crawl, demo, discover
from crawler.single import fetch_page

app.command()(crawl.crawl)
app.command()(demo.demo)
app.command()(discover.discover)


def main() -> None:
    """The entry point."""
    run(fetch_page)


if __name__ == "__main__":
    main()
