"""Corrected labels as something to learn from: pages as the training corpus holds them, and readers' answers on them.

    DIR/corrections/NAME.html.gz    a page, as it came
    DIR/corrections/NAME.json       its address
    DIR/answers/corrections__NAME.txt    a run of blocks a line: `0-34 ?`, `35 promotion`

Only what a person said is an answer; all other blocks are `?`.
"""

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from archive.capture_fields import PagePlace, WarcPlace
from archive.collection.corrections import PageCorrections, in_force
from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.exchange import Capture, Place
from archive.extraction.charset import decode
from archive.extraction.page_reading import visible_blocks
from archive.extraction.parsing import parse_page
from archive.extraction.xpaths import xpaths
from archive.pipeline.captures import read_capture
from archive.records import Record, read_records
from archive.telling.shield import gathering
from archive.whole_file import write_whole

SET, ANSWERS = "corrections", "answers"
_NAME = re.compile(r"\W+")


def write_answers(collection: Collection, folder: Path) -> int:
    """Write the pages of a collection whose blocks were corrected; how many. Raises ConfigurationError where that
    cannot be done."""
    wanted = {digest: page for digest, page in in_force(collection.path).items() if page.blocks}
    count = 0
    try:
        for name in (SET, ANSWERS):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for capture, page in _captures(collection, wanted):
            _write(folder, capture, page)
            count += 1
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}.") from error
    return count


def _captures(
    collection: Collection, wanted: Mapping[str, PageCorrections]
) -> Iterator[tuple[Capture, PageCorrections]]:
    """The captures with these payloads, each payload once."""
    left = dict(wanted)
    for path in sorted(collection.records.glob("*.jsonl")):
        for record in read_records(path) if left else ():
            for place in _places(record):
                if page := left.pop(place.payload_digest or "", None):
                    at = Place(place.filename, place.offset, place.length)
                    yield read_capture(collection.warc_path(place.filename), at), page


def _places(record: Record) -> Sequence[PagePlace | WarcPlace]:
    return [*record.warc.pages, record.warc] if record.warc else []


def _write(folder: Path, capture: Capture, page: PageCorrections) -> None:
    name = _NAME.sub("-", capture.payload_digest or "")
    write_whole(folder / SET / f"{name}.html.gz", gzip.compress(capture.body, mtime=0))
    write_whole(folder / SET / f"{name}.json", json.dumps({"url": capture.url}).encode() + b"\n")
    write_whole(folder / ANSWERS / f"{SET}__{name}.txt", "".join(_runs(_answers(capture, page))).encode())


def _answers(capture: Capture, page: PageCorrections) -> list[str]:
    """One answer for each block, as the corpus cuts the page."""
    with gathering():
        blocks = visible_blocks(parse_page(decode(capture.body)[0]))[0]
    said = page.over(list(zip(xpaths(blocks), (block.text for block in blocks), strict=True)))
    return [str(said[number].label) if number in said else "?" for number in range(len(blocks))]


def _runs(answers: Iterable[str]) -> Iterator[str]:
    start = 0
    for answer, run in groupby(answers):
        end = start + len(list(run)) - 1
        yield f"{start}-{end} {answer}\n" if end > start else f"{start} {answer}\n"
        start = end + 1
