"""Records of the articles in foreign WARC files, made by the same workers as those of a collection."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from archive.collection.records_file import RecordsFile
from archive.datasets.foreign_responses import ForeignWarc
from archive.datasets.warc_sources import S3, OpenWarc, WarcSource
from archive.errors import ConfigurationError, PageError, WarcError
from archive.exchange import Capture
from archive.extraction.extract import empty_record, extract_page
from archive.extraction.model import load_model
from archive.pipeline.article_choice import decided
from archive.pipeline.pool import ExtractionPool
from archive.pipeline.record_lines import site_in
from archive.pipeline.stories import Leaf, told_together
from archive.records import Record
from archive.warc.fault import Fault

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """A page of a foreign WARC; with `chosen` it is an article whatever it looks like."""

    capture: Capture
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of a page: a record line and which page of a story it is, or why it is no article."""

    content: bytes
    reason: str | None = None
    leaf: Leaf | None = None


Pool = ExtractionPool[ForeignPage, PageOutcome]


@dataclass(slots=True)
class SourceOutcome:
    """What came of one source: record lines, responses left out by reason, records that seem damaged by what tells of
    it, and what could not be read. `incomplete` says what is in the file after a fault."""

    records: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    incomplete: str = ""


def new_pool(workers: int | None = None) -> Pool:
    """The workers."""
    return ExtractionPool(outcome, _lost, workers=workers)


def outcome(page: ForeignPage) -> PageOutcome:
    """Choose and extract one page; run in a worker process."""
    site = site_in(None, page.capture.url)
    capture, reason = decided(page.capture, site)
    if reason and not page.chosen:
        return PageOutcome(b"", reason)
    record, _, story = extract_page(capture, site, load_model())
    leaf = Leaf(capture.url, capture.record_id, story, capture.origin.story) if story else None
    return PageOutcome(record.to_line(), leaf=leaf)


def _lost(page: ForeignPage, error: PageError) -> PageOutcome:
    site = site_in(None, page.capture.url)
    return PageOutcome(empty_record(page.capture, site, load_model().digest, error).to_line())


def check_targets(sources: Sequence[WarcSource], output: str | None) -> None:
    """Raises ConfigurationError if two sources would be written to one file, or one to a file that holds no records, or
    those of a WARC with another name: old.arc and old.arc.gz both go to old.jsonl. `output` is a folder or an s3 URL;
    without it they go beside their WARC."""
    taken: dict[str, str] = {}
    for source in sources:
        path = f"{output or source.folder}/{source.stem}.jsonl"
        if path in taken:
            raise ConfigurationError(
                f"{taken[path]} and {source.location} would both be written to {Path(path)}. "
                "Give each an --output folder of its own."
            )
        taken[path] = source.location
        if not (output or "").startswith(S3):
            _check_file(source, Path(path))


def _check_file(source: WarcSource, path: Path) -> None:
    other = _warc_of(path) if path.exists() else None
    if other and not _holds(source, other):
        raise ConfigurationError(
            f"{path} holds the records of {other}, and those of {source.location} would take their place. Choose "
            "an --output folder."
        )


def _warc_of(path: Path) -> str | None:
    """The name of the WARC that the records in a file are of. Raises ConfigurationError for a file that is none."""
    with path.open("rb") as lines:
        first = lines.readline()
    try:
        warc = Record.from_line(first).warc if first else None
    except ValueError as error:
        raise ConfigurationError(f"{path} is there already and holds no records. Choose an --output folder.") from error
    return warc.filename if warc else None


def _holds(source: WarcSource, name: str) -> bool:
    """Whether a WARC of this name is the source, or lies packed in it."""
    if source.is_url or source.name == name:
        return source.name == name
    try:
        with source.open() as opened:
            return any(one.name == name for one in opened)
    except WarcError:
        return False


def extract_source(
    warcs: Iterator[OpenWarc],
    path: Path,
    pool: Pool,
    progress: Progress,
    *,
    every: bool = False,
    hosts: Sequence[str] = (),
) -> SourceOutcome:
    """Write the records of a source. With `every`, one of each HTML page; with `hosts`, only of theirs and of their
    subdomains'. The file takes its name once it is complete; what could not be read is among the faults, and everything
    else in the file, unless that holds more already."""
    found = SourceOutcome()
    records = RecordsFile(path)
    try:
        for opened in warcs:
            warc = ForeignWarc(opened.file, opened.name)
            _write(pool.map(_told(warc, progress, every, hosts)), records, found)
            found.left_out.update(warc.left_out)
            found.doubts.update(warc.doubts)
            found.faults.extend(warc.faults)
    except WarcError as error:
        raise WarcError(f"{error}. {records.close_incomplete()}") from error
    except BaseException:
        records.drop()
        raise
    if found.faults:
        found.incomplete = records.close_incomplete()
    else:
        records.close()
    return found


def _write(outcomes: Iterator[PageOutcome], records: RecordsFile, found: SourceOutcome) -> None:
    def counted() -> Iterator[PageOutcome]:
        for done in outcomes:
            if done.reason:
                found.left_out[done.reason] += 1
            yield done

    for line in told_together(counted()):
        records.write(line)
        found.records += 1


def _told(warc: ForeignWarc, progress: Progress, every: bool, hosts: Sequence[str]) -> Iterator[ForeignPage]:
    told = 0
    for capture in warc:
        progress(warc.read - told)
        told = warc.read
        if not hosts or _is_of(capture.url, hosts):
            yield ForeignPage(capture, every)
        else:
            warc.left_out["of another host"] += 1


def _is_of(url: str, hosts: Sequence[str]) -> bool:
    try:
        host = f".{(urlsplit(url).hostname or '').removesuffix('.')}"
    except ValueError:
        return False
    return any(host.endswith(f".{one}") for one in hosts)
