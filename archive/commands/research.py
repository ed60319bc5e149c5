"""`cleancopy search | history | source`: articles by their words, how a page changed, the page behind a passage."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.collection.folder import Collection
from archive.commands.options import day_of, day_option
from archive.display import COLOURS
from archive.errors import PageError
from archive.labels import Label
from archive.research.captured_page import CapturedPage, find_passage, find_record, source_of
from archive.research.excerpt import write_excerpt
from archive.research.revision_changes import Version, versions
from archive.research.revisions import captures_of
from archive.research.search_index import SearchFilters, SearchHit, open_index
from archive.research.text_changes import worded
from archive.research.word_differences import count_words
from archive.telling.terminal import counted, out, progress, tell

#: Blocks that are shown before and after a passage.
_AROUND = 2
#: Characters of them.
_LONGEST = 300


def search(
    collection: Annotated[Path, typer.Argument(metavar="COLLECTION", help="Where to look.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help='Words; "a phrase", begin*, -not, this OR that.')],
    site: Annotated[list[str] | None, typer.Option("--site", help="Only this site; may be given again.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Only this language, such as de.")] = None,
    since: Annotated[datetime | None, day_option("--since", "Published then or later.")] = None,
    until: Annotated[datetime | None, day_option("--until", "Published then or earlier.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="The most articles to show.")] = 10,
) -> None:
    """Find articles by the words of their headline and text, best first."""
    filters = SearchFilters(tuple(site or ()), language, day_of(since), day_of(until))
    with open_index(Collection(collection)) as index:
        with progress("Indexing", unit="records") as bar:
            index.catch_up(bar.advance)
        hits = index.search(query, filters, limit)
    for hit in hits:
        _show_hit(hit)
    if not hits:
        tell("Nothing was found.")
        raise typer.Exit(1)


def _show_hit(hit: SearchHit) -> None:
    out.print(Text(hit.title or "no headline", "bold"))
    out.print(Text(f"  {' · '.join(part for part in (hit.day, hit.site, hit.id) if part)}\n  {hit.url}", "default"))
    snippet = Text("  ")
    for number, part in enumerate(hit.snippet.replace("\x03", "\x02").split("\x02")):
        snippet.append(part, "bold yellow" if number % 2 else "default")
    out.print(snippet)


def history(
    collection: Annotated[Path, typer.Argument(metavar="COLLECTION", help="Where the captures are.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="The page's address.")],
    changes: Annotated[bool, typer.Option("--changes/--no-changes", help="Show the changed words.")] = True,
) -> None:
    """List the captures of a page and what changed: headline, dates and the words of the body."""
    found = list(versions(captures_of(Collection(collection), url)))
    for version in found:
        out.print(_head(version))
        for change in version.changes:
            line = Text(f"    {change.field}: ")
            line.append(change.before or "none", "red").append(" → ").append(change.after or "none", "green")
            out.print(line)
        if changes and version.body:
            out.print(Text("    ").append_text(worded(version.body)))
    silent = sum(version.silent for version in found)
    changed = sum(not version.unchanged and not version.first for version in found)
    out.print(f"{counted(len(found), 'capture')}, {changed} with changes, {silent} of them silent.")


def _head(version: Version) -> Text:
    record = version.seen.record
    head = Text(f"{version.seen.at:%Y-%m-%d %H:%M:%S} UTC  ", "bold")
    if record is None:
        return head.append("the same as before (revisit)", "not bold")
    head.append(f"{record.id}  ", "not bold")
    if version.first:
        return head.append(f"first capture: {record.title or 'no headline'}", "not bold")
    removed, added = count_words(version.body)
    told = f"words removed {removed}, added {added}" if version.body else "body unchanged"
    head.append(told, "not bold")
    return head.append("  silent edit", "yellow") if version.silent else head


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
    _show(found.page_of(record.blocks[numbers[0]]) if text else found, numbers)
    faults = [*found.faults, *_misplaced(found, numbers)]
    if text:
        _show_around(found, numbers)
    if warc is not None:
        captures = [(page.warc, page.place) for page in found.pages.values()] or [(found.warc, found.place)]
        tell(f"{write_excerpt(captures, warc)} records are in {warc}.")
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
    place = found.place
    rows = {
        "WARC": str(found.warc),
        "offset": f"{place.offset}, {place.length} bytes",
        "captured": date.isoformat().replace("+00:00", "Z") if (date := found.capture.date) else "unknown",
        "URL": found.capture.url or "unknown",
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
