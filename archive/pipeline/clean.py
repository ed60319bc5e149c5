"""`cleancopy clean`: pages or texts from anywhere to records, without a collection."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import CleancopyError, PageError
from archive.extraction.charset import decode
from archive.extraction.extract import extract, extract_text
from archive.extraction.memory.shelf import read_version
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.page_reading import MAX_BYTES
from archive.extraction.plain_text import is_markup
from archive.pipeline.page_files import read_page
from archive.pipeline.pool import TIME_LIMIT, ExtractionPool
from archive.records import Record

#: Bytes of one input line; what is longer is reported and passed over.
LONGEST_LINE = 100_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """One line of input or one file (numbered from 1), and the memory file of its source."""

    number: int
    page: bytes | Path
    memory: Path | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one input line or file: a record line, or a sentence that says what was wrong with it."""

    number: int
    line: bytes | None
    fault: str | None = None


def clean(
    content: bytes | str, url: str | None = None, content_type: str | None = None, memory: SiteMemory | None = None
) -> Record:
    """The record of one page or plain text, told apart by its markup. `memory` is what repeats at its source."""
    text = content if isinstance(content, str) else decode(content[:MAX_BYTES], content_type)[0]
    if not is_markup(text):
        return extract_text(text, url, memory=memory)
    return extract(content, url, content_type=content_type, memory=memory)


def clean_lines(
    lines: Iterable[bytes],
    *,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    memory: Path | None = None,
) -> Iterator[Cleaned]:
    """Clean JSON lines (`{"id", "url", "html"}` or `{"id", "text"}`) on all cores, streaming, in order.

    A bad line gives a Cleaned with its fault and the rest goes on.
    """
    numbered = (Given(number, content, memory) for number, content in enumerate(lines, 1) if content.strip())
    with ExtractionPool(clean_given, _lost, workers=workers, time_limit=time_limit) as pool:
        yield from pool.map(numbered)


def clean_files(paths: Iterable[Path], *, memory: Path | None = None) -> Iterator[Cleaned]:
    """Clean many files on all cores, streaming, in order. A bad file gives a Cleaned with its fault."""
    numbered = (Given(number, path, memory) for number, path in enumerate(paths, 1))
    with ExtractionPool(clean_given, _lost) as pool:
        yield from pool.map(numbered)


def clean_given(given: Given) -> Cleaned:
    """Clean one line or file; run in a worker process."""
    try:
        page = read_page(str(given.page)) if isinstance(given.page, Path) else _parse(given.page)
    except (CleancopyError, ValueError) as error:
        return Cleaned(given.number, None, str(error))
    memory = read_version(given.memory) if given.memory else None
    record = clean(page, memory=memory) if isinstance(page, bytes) else _record(page, memory)
    return Cleaned(given.number, record.to_line())


def _lost(given: Given, error: PageError) -> Cleaned:
    """What stands for a page whose extraction was lost."""
    return Cleaned(given.number, None, f"{given.page}: {error}" if isinstance(given.page, Path) else str(error))


def _parse(content: bytes) -> dict[str, Any]:
    if len(content) > LONGEST_LINE:
        raise ValueError(f"the line has {len(content)} bytes; the most is {LONGEST_LINE}")
    given = json.loads(content)
    if not isinstance(given, dict):
        raise ValueError('expected an object with "html" or "text"')  # noqa: TRY004 - caught with the others
    if not any(isinstance(given.get(key), str) for key in ("html", "text")):
        raise ValueError('expected a string under "html" or "text"')
    return given


def _record(given: dict[str, Any], memory: SiteMemory | None) -> Record:
    url = given["url"] if isinstance(given.get("url"), str) else ""
    if isinstance(given.get("html"), str):
        record = extract(given["html"], url, memory=memory)
    else:
        record = extract_text(given["text"], url, memory=memory)
    return record if given.get("id") is None else record.model_copy(update={"id": str(given["id"])})
