"""The `cleancopy` command: the archive's commands and those that fetch."""

from archive.cli import app, run
from archive.commands import schedule_app, site_app
from archive.web import Web
from crawler.commands import crawl, demo, discover, schedule_run, site_check, site_init, takedown
from crawler.download import stream
from crawler.single import fetch_page

app.command()(crawl.crawl)
app.command()(demo.demo)
app.command()(discover.discover)
site_app.app.command("init")(site_init.init)
site_app.app.command("check")(site_check.check)
app.command()(takedown.takedown)
schedule_app.app.command("run")(schedule_run.run)


def main() -> None:
    """The entry point."""
    run(Web(fetch_page, stream))


if __name__ == "__main__":
    main()
