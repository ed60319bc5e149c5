"""The WARC files that a user names, also by lists: a file of names, and the months of Common Crawl's news."""

import gzip
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.datasets.warc_sources import WarcSource, find_sources, is_url, source_of
from archive.errors import ConfigurationError, WarcError
from archive.pipeline.web import Web

#: Where the lists and files are; another copy of them is named in the environment, such as s3://commoncrawl.
COMMON_CRAWL, COMMON_CRAWL_VARIABLE = "https://data.commoncrawl.org", "CLEANCOPY_COMMON_CRAWL"
_NEWS = re.compile(r"cc-news:(\d{4})-(\d\d)(?:-(\d\d))?")
_LISTED = re.compile(rb"crawl-data/CC-NEWS/\d{4}/\d\d/CC-NEWS-(\d{4})(\d\d)(\d\d)\d{6}-\d{5,9}\.warc\.gz")
#: Bytes of a month's list; a month has some 700 files of 70 bytes each.
_LONGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which files of Common Crawl's news were begun, both included; None for no bound."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)


def find_inputs(
    arguments: Sequence[str], days: Days, web: Web | None = None, *, allow_private: bool = False
) -> list[WarcSource]:
    """The WARC files that these arguments name, each once, in their order. `cc-news:2026-03` is a month of Common
    Crawl's news, `cc-news:2026-03-15` a day of it. Raises ConfigurationError for one that names nothing, and WarcError
    where a list cannot be read."""
    found: dict[WarcSource, None] = {}
    for argument in arguments:
        if argument.startswith("cc-news:"):
            found |= dict.fromkeys(_news(argument, days, web, allow_private))
        else:
            found |= dict.fromkeys(find_sources([argument]))
    return list(found)


def named_in(path: Path) -> list[str]:
    """What a file names, one a line; `-` is standard input. Raises ConfigurationError if it cannot be read."""
    try:
        lines = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"--from {path}: it cannot be read: {error}") from error
    named = [line.strip() for line in lines.splitlines()]
    return [line for line in named if line and not line.startswith("#")]


def _news(argument: str, days: Days, web: Web | None, allow_private: bool) -> Iterator[WarcSource]:
    match = _NEWS.fullmatch(argument)
    if match is None:
        raise ConfigurationError(f"{argument}: expected a month or a day: cc-news:2026-03 or cc-news:2026-03-15")
    year, month, only = match.groups()
    base = os.environ.get(COMMON_CRAWL_VARIABLE, COMMON_CRAWL).rstrip("/")
    listed = f"{base}/crawl-data/CC-NEWS/{year}/{month}/warc.paths.gz"
    lines = _lines(source_of(listed), web, allow_private)
    paths = [path for path, day in lines if day in days and only in (None, f"{day:%d}")]
    if not paths:
        raise ConfigurationError(f"{argument}: the list {listed} names no file of these days.")
    for path in paths:
        location = f"{base}/{path}"
        yield source_of(location) if is_url(location) else WarcSource(location)


def _lines(source: WarcSource, web: Web | None, allow_private: bool) -> list[tuple[str, date]]:
    """The paths that a list names and the days in them."""
    try:
        with source.open(web, allow_private=allow_private) as opened, gzip.open(next(opened).file) as unpacked:
            content = unpacked.read(_LONGEST)
        matches = [_LISTED.fullmatch(line.strip()) for line in content.splitlines()]
        return [(match[0].decode(), date(*map(int, match.groups()))) for match in matches if match]
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise WarcError(f"{source.location} cannot be read as a list of files: {error}") from error
