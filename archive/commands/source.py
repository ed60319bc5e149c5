"""`cleancopy source`: the captured page behind a passage of a record."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.collection.folder import Collection
from archive.display import COLOURS
from archive.errors import PageError
from archive.labels import Label
from archive.research.captured_page import CapturedPage, find_record, source_of
from archive.research.excerpt import write_excerpt
from archive.research.passage import find_passage
from archive.telling.terminal import out, tell

#: Blocks that are shown before and after a passage.
_AROUND = 2
#: Characters of them.
_LONGEST = 300


def source(
    collection: Annotated[Path, typer.Argument(metavar="COLLECTION", help="Where the record is.")],
    record_id: Annotated[str, typer.Argument(metavar="RECORD_ID", help="The record's id.")],
    text: Annotated[str, typer.Option("--text", help="A passage of it.")] = "",
    warc: Annotated[Path | None, typer.Option("--warc", metavar="FILE", help="Write the capture as a WARC.")] = None,
) -> None:
    """Show where a record, or a passage of it, was captured, and check that it is there."""
    opened = Collection(collection)
    record = find_record(opened, record_id)
    found = source_of(opened, record)
    numbers = find_passage(record, text) if text else _body(found)
    if text and not numbers:
        raise PageError(f"record {record_id} does not have the passage {text!r}")
    _show(found, numbers)
    faults = [*found.faults, *_misplaced(found, numbers)]
    if text:
        _show_around(found, numbers)
    if warc is not None:
        tell(f"{write_excerpt(found.warc, found.place, warc)} records are in {warc}.")
    for fault in faults:
        tell(f"record {record_id}: {fault}")
    if faults:
        raise typer.Exit(1)


def _body(found: CapturedPage) -> tuple[int, ...]:
    return tuple(number for number, block in enumerate(found.record.blocks) if block.label is Label.BODY)


def _misplaced(found: CapturedPage, numbers: tuple[int, ...]) -> list[str]:
    blocks = (found.record.blocks[number] for number in numbers)
    return [f"the captured page does not have the text at {block.xpath}" for block in blocks if not found.has(block)]


def _show(found: CapturedPage, numbers: tuple[int, ...]) -> None:
    place, record = found.place, found.record
    rows = {
        "WARC": str(found.warc),
        "offset": f"{place.offset}, {place.length} bytes",
        "captured": record.date_crawled or "unknown",
        "URL": record.url or "unknown",
        "payload digest": place.payload_digest or "none",
        "blocks checked": str(len(numbers)),
    }
    for name, value in rows.items():
        out.print(f"{name:>14}  {value}")


def _show_around(found: CapturedPage, numbers: tuple[int, ...]) -> None:
    first, last = numbers[0], numbers[-1]
    for number, block in enumerate(found.record.blocks):
        if first - _AROUND <= number <= last + _AROUND:
            chosen = number in numbers
            if chosen:
                out.print(f"{'XPath':>14}  {block.xpath}")
            text = block.text if chosen or len(block.text) <= _LONGEST else block.text[: _LONGEST - 1] + "…"
            line = Text(f"{'>' if chosen else ' '} {block.label:>12}  ", style="default")
            line.append(text.replace("\n", "\n" + " " * 16), style=COLOURS[block.label])
            out.print(line)
