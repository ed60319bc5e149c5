"""The entry point of `cleancopy`: `python -m crawler` is the same.

Worker processes load the main module of the process that starts them. This one is next to nothing, so that they load
what extraction needs and neither Scrapy nor all commands, which take a second of a core in each of them.
"""

from archive.extraction.collector import loading
from archive.own_process import run_and_leave, start_lean


def main() -> None:
    """Run the command line."""
    start_lean()
    with loading():
        from crawler.cli import main as run  # noqa: PLC0415 - for the reason above

    run_and_leave(run)


if __name__ == "__main__":
    main()
