"""`cleancopy clean`: pages or texts from anywhere to records, without a collection."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from archive.errors import CleancopyError, PageError
from archive.extraction.charset import decode, whole
from archive.extraction.extract import extract, extract_text
from archive.extraction.imported import imported_of
from archive.extraction.memory.shelf import read_version
from archive.extraction.memory.site_memory import SiteMemory
from archive.extraction.page_reading import MAX_BYTES
from archive.extraction.plain_text import is_markup
from archive.pipeline.page_files import read_page
from archive.pipeline.pool import TIME_LIMIT, ExtractionPool
from archive.records import Extraction, Record
from archive.software import software_version
from archive.telling.kinds import WarningKind

#: Bytes of one input line; what is longer is reported and passed over.
LONGEST_LINE = 100_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for beside the pages: `trust_text` takes a plain text for the article as a whole, `keep_errors`
    gives a record that says why in the place of what cannot be read."""

    trust_text: bool = False
    keep_errors: bool = False


class Given(NamedTuple):
    """One line of input or one file (numbered from 1), and the memory file of its source."""

    number: int
    page: bytes | Path
    memory: Path | None = None
    choice: Choice = Choice()


class Cleaned(NamedTuple):
    """What became of one input line or file: a record line, and a sentence where something was wrong with it."""

    number: int
    line: bytes | None
    fault: str | None = None


def clean(
    content: bytes | str,
    url: str | None = None,
    content_type: str | None = None,
    memory: SiteMemory | None = None,
    *,
    trust_text: bool = False,
) -> Record:
    """The record of one page or plain text, told apart by its markup. `memory` is what repeats at its source."""
    text = content if isinstance(content, str) else decode(content[:MAX_BYTES], content_type)[0]
    if not is_markup(text):
        return extract_text(text, url, memory=memory, trusted=trust_text)
    return extract(content, url, content_type=content_type, memory=memory)


def clean_lines(
    lines: Iterable[bytes],
    *,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    memory: Path | None = None,
    choice: Choice = Choice(),
) -> Iterator[Cleaned]:
    """Clean JSON lines (`{"id", "url", "html"}` or `{"id", "text"}`) on all cores, streaming, in order. What else a
    line says goes into its record, as with imports.

    A bad line gives a Cleaned with its fault and the rest goes on.
    """
    numbered = (Given(number, content, memory, choice) for number, content in enumerate(lines, 1) if content.strip())
    with ExtractionPool(clean_given, _lost, workers=workers, time_limit=time_limit) as pool:
        yield from pool.map(numbered)


def clean_files(paths: Iterable[Path], *, memory: Path | None = None, choice: Choice = Choice()) -> Iterator[Cleaned]:
    """Clean many files on all cores, streaming, in order. A bad file gives a Cleaned with its fault."""
    numbered = (Given(number, path, memory, choice) for number, path in enumerate(paths, 1))
    with ExtractionPool(clean_given, _lost) as pool:
        yield from pool.map(numbered)


def clean_given(given: Given) -> Cleaned:
    """Clean one line or file; run in a worker process."""
    try:
        page = read_page(str(given.page)) if isinstance(given.page, Path) else _parse(given.page)
    except (CleancopyError, ValueError, RecursionError) as error:
        return _failed(given, str(error), WarningKind.BAD_INPUT)
    memory = read_version(given.memory) if given.memory else None
    trust = given.choice.trust_text
    record = clean(page, memory=memory, trust_text=trust) if isinstance(page, bytes) else _record(page, memory, trust)
    return Cleaned(given.number, record.to_line())


def _lost(given: Given, error: PageError) -> Cleaned:
    """What stands for a page whose extraction was lost."""
    sentence = f"{given.page}: {error}" if isinstance(given.page, Path) else str(error)
    return _failed(given, sentence, error.kind)


def _failed(given: Given, fault: str, kind: WarningKind) -> Cleaned:
    """A fault and, where it is asked for, the record that stands in the place of what was given."""
    if not given.choice.keep_errors:
        return Cleaned(given.number, None, fault)
    extraction = Extraction(version=software_version(), warnings=(fault,), warning_kinds=(kind,))
    record = Record(extraction=extraction)
    if isinstance(given.page, bytes) and len(given.page) <= LONGEST_LINE:
        with suppress(ValueError, RecursionError):
            if isinstance(row := json.loads(given.page), dict):
                record = _told(record, row, "html", "text").model_copy(update={"url": _url(row) or None})
    return Cleaned(given.number, record.to_line(), fault)


def _parse(content: bytes) -> dict[str, Any]:
    if len(content) > LONGEST_LINE:
        raise ValueError(f"the line has {len(content)} bytes; the most is {LONGEST_LINE}")
    given = json.loads(content)
    if not isinstance(given, dict):
        raise ValueError('expected an object with "html" or "text"')  # noqa: TRY004 - caught with the others
    if not any(isinstance(given.get(key), str) for key in ("html", "text")):
        raise ValueError('expected a string under "html" or "text"')
    return given


def _record(given: dict[str, Any], memory: SiteMemory | None, trust_text: bool) -> Record:
    if isinstance(given.get("html"), str):
        return _told(extract(given["html"], _url(given), memory=memory), given, "html")
    return _told(extract_text(given["text"], _url(given), memory=memory, trusted=trust_text), given, "text")


def _url(given: dict[str, Any]) -> str:
    return whole(given["url"]) if isinstance(given.get("url"), str) else ""


def _told(record: Record, given: dict[str, Any], *used: str) -> Record:
    """A record with what its line says of it, its id with its own type."""
    stated = given.get("id")
    is_id = isinstance(stated, str | int | float) and not isinstance(stated, bool)
    told = imported_of(given, (*used, *(["id"] if is_id or stated is None else []), *(["url"] if _url(given) else [])))
    return told.told(record).model_copy(update={"id": stated if is_id else record.id})
