"""The tests in a site file, run on captures: what of it does not come out, and where it stands instead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.authoring.explained_rules import RuleBook
from archive.exchange import Capture
from archive.extraction.extract import extract_capture
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.model import load_model
from archive.labels import Label
from archive.records import Block, Record
from archive.sites import PageTest, Site, load_site

#: The memory that a capture of a site is read with.
Remember = Callable[[Site, Capture], SiteMemory | None]


@dataclass(frozen=True, slots=True)
class Miss:
    """One expectation that a record does not meet: the test's key (`labels.byline` for a label), what was expected,
    what came out, and for phrases where they stand instead."""

    key: str
    expected: str
    found: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One test. `number` is its place in the file's list; without a capture there is no record, and it did not pass.
    `skeleton` says that its selectors and dates hold on the page's skeleton."""

    number: int
    test: PageTest
    record: Record | None = None
    misses: tuple[Miss, ...] = ()
    skeleton: bool = False

    @property
    def passed(self) -> bool:
        """Whether it was run and everything came out."""
        return self.record is not None and not self.misses


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """All tests of one site file."""

    path: Path
    site: Site
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether there are tests and all of them passed."""
        return bool(self.results) and all(result.passed for result in self.results)

    @property
    def missing(self) -> list[Result]:
        """The tests whose page has no capture."""
        return [result for result in self.results if result.record is None and not result.misses]

    @property
    def failed(self) -> list[Result]:
        """The tests that were run and did not pass."""
        return [result for result in self.results if result.misses]


#: What a test's page lacks by its skeleton; None where there is no skeleton.
Bones = Callable[[Site, PageTest], tuple[Miss, ...] | None]


def _no_memory(_site: Site, _capture: Capture) -> None:
    return None


def _no_skeleton(_site: Site, _test: PageTest) -> None:
    return None


def check_file(
    path: Path, captures: Mapping[str, Capture], remember: Remember = _no_memory, bones: Bones = _no_skeleton
) -> SiteCheck:
    """Run a site file's tests on captures by URL; where there is none, on the page's skeleton."""
    site = load_site(path)
    return SiteCheck(path, site, tuple(_results(site, path, captures, remember, bones)))


def _results(
    site: Site, path: Path, captures: Mapping[str, Capture], remember: Remember, bones: Bones
) -> Iterator[Result]:
    for number, test in enumerate(site.tests):
        capture = captures.get(test.url)
        if capture is None:
            found = bones(site, test)
            yield Result(number, test, misses=found or (), skeleton=found == ())
            continue
        record = extract_capture(capture, site, load_model(), remember(site, capture))
        book = RuleBook(site, site.layout(capture.date), path)
        yield Result(number, test, record, tuple(misses(test, record, book)))


def misses(test: PageTest, record: Record, book: RuleBook) -> Iterator[Miss]:
    """What a record lacks of what its test expects, in the order of the test's keys."""
    yield from _fields(test, record)
    body = _folded(record.text)
    for phrase in test.contains:
        if _folded(phrase) not in body:
            yield Miss("contains", phrase, "not in the body", _standing(phrase, record, book))
    for phrase in test.not_contains:
        if _folded(phrase) in body:
            yield Miss("not_contains", phrase, "in the body", _standing(phrase, record, book))
    for label, phrases in test.labels.items():
        for phrase in phrases:
            if not any(block.label is label for block in holding(phrase, record)):
                yield Miss(f"labels.{label}", phrase, f"not in a {label} block", _standing(phrase, record, book))


def _fields(test: PageTest, record: Record) -> Iterator[Miss]:
    if test.title is not None and _folded(test.title) != _folded(record.title or ""):
        yield Miss("title", test.title, record.title or "")
    if test.authors is not None and test.authors != record.authors:
        yield Miss("authors", ", ".join(test.authors), ", ".join(record.authors))
    for key in ("date_published", "date_modified"):
        expected, found = getattr(test, key), getattr(record, key) or ""
        if expected is not None and not found.startswith(expected):
            yield Miss(key, expected, found)


def holding(phrase: str, record: Record) -> list[Block]:
    """The blocks that a phrase stands in, those of the body first."""
    blocks = [block for block in record.blocks if _folded(phrase) in _folded(block.text)]
    return sorted(blocks, key=lambda block: block.label is not Label.BODY)


def _standing(phrase: str, record: Record, book: RuleBook) -> str:
    blocks = holding(phrase, record)
    if not blocks:
        return "no block of the page has it"
    block = blocks[0]
    return f"it is in a {block.label} block by {book.told(block.rule)} at {block.xpath}"


def _folded(text: str) -> str:
    return " ".join(text.split())
