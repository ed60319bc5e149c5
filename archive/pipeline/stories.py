"""Record lines of one WARC on their way into a file: the pages of a story become one line, in the place of the first.

A crawl notes of each further page which capture of a first page it belongs to, and where the page before it lies. In
other tools' files, the addresses tell: a page and the one that it names as the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol

from archive.errors import WarcError
from archive.extraction.story_pages import MOST_PAGES, StoryPage
from archive.pipeline.joined_pages import PageRecord, joined
from archive.records import Record


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a story in several pages: its address and record id, what it says, and what was noted of it: the id of
    the first page's record. `earlier` are the lines of the pages before it that lie in other files."""

    url: str
    record_id: str | None
    page: StoryPage
    story: str | None = None
    earlier: tuple["Line", ...] = ()


class Line(Protocol):
    """A record line, and the page of a story that it is of."""

    @property
    def content(self) -> bytes:
        """The line; empty where there is no record."""

    @property
    def leaf(self) -> Leaf | None:
        """None for a story of one page."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """The line of one page."""

    content: bytes
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class _Held:
    """A page's line in the spool."""

    number: int
    start: int
    leaf: Leaf


class StoryLines:
    """Takes lines in the order of the WARC and gives them back in it. From the first page of a story on, lines wait on
    disk (in `folder`) until the WARC is at its end: the story's other pages may come late."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._spool: IO[bytes] | None = None
        self._held: list[_Held] = []
        self._count = 0

    def add(self, line: Line) -> bytes:
        """The line, if it can be written now; else nothing."""
        if not line.content or (self._spool is None and line.leaf is None):
            return line.content
        if self._spool is None:
            self._spool = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `rest`
        if line.leaf:
            self._held.append(_Held(self._count, self._spool.tell(), line.leaf))
        self._spool.write(line.content)
        self._count += 1
        return b""

    def rest(self) -> Iterator[bytes]:
        """All lines that waited. Nothing waits then."""
        spool, held, self._spool, self._held, self._count = self._spool, self._held, None, [], 0
        if spool is None:
            return
        with spool:
            stories = {story[0].number: story for story in _stories(held)}
            inner = {page.number for story in stories.values() for page in story[1:]}
            spool.seek(0)
            for number, line in enumerate(iter(spool.readline, b"")):
                if number in stories:
                    here = spool.tell()
                    yield _joined(spool, stories[number])
                    spool.seek(here)
                elif number not in inner:
                    yield line


def told_together(lines: Iterable[Line]) -> Iterator[bytes]:
    """The lines of a WARC, with one for each story. Raises WarcError where `lines` does, after all that came before."""
    stories = StoryLines()
    try:
        for line in lines:
            if content := stories.add(line):
                yield content
    except WarcError:
        yield from stories.rest()
        raise
    yield from stories.rest()


def _stories(held: list[_Held]) -> Iterator[list[_Held]]:
    """The pages that belong together, in the order of the file; those alone are left out."""
    by_story: defaultdict[str, list[_Held]] = defaultdict(list)
    firsts = {one.leaf.record_id: one for one in held if not one.leaf.story}
    for one in held:
        if one.leaf.story:
            by_story[one.leaf.story].append(one)
    taken: set[int] = set()
    for story, pages in by_story.items():
        first = firsts.get(story)
        found = sorted([first, *pages] if first else pages, key=lambda one: one.number)
        taken |= {one.number for one in found}
        if len(found) > 1 or found[0].leaf.earlier:
            yield found
    yield from _linked([one for one in held if one.number not in taken])


def _linked(held: list[_Held]) -> Iterator[list[_Held]]:
    """Those that name each other, from the first page on."""
    by_url: defaultdict[str, list[_Held]] = defaultdict(list)
    for one in held:
        by_url[one.leaf.url].append(one)
    taken: set[int] = set()
    for first in held:
        if first.leaf.page.number != 1 or first.number in taken:
            continue
        found = [first]
        while (page := found[-1].leaf.page).following and len(found) < MOST_PAGES:
            named = [one for one in by_url[page.following] if one.number not in taken]
            numbered = [one for one in named if one.leaf.page.number == page.number + 1]
            # Of several captures the next one, as a crawler makes it, or else the last before.
            if not numbered:
                break
            found.append(next((one for one in numbered if one.number > found[-1].number), numbered[-1]))
        if len(found) > 1:
            taken |= {one.number for one in found}
            yield sorted(found, key=lambda one: one.number)


def _joined(spool: IO[bytes], story: list[_Held]) -> bytes:
    here = [PageRecord(Record.from_line(_line(spool, one.start)), one.leaf.page) for one in story]
    away = next((one.leaf.earlier for one in story if one.leaf.earlier), ())
    earlier = [PageRecord(Record.from_line(line.content), line.leaf.page) for line in away if line.leaf]
    return joined([*earlier, *here], here[0].record).to_line()


def _line(spool: IO[bytes], start: int) -> bytes:
    spool.seek(start)
    return spool.readline()
