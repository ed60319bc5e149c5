"""`cleancopy history`: how one page changed over time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from archive.collection.folder import Collection
from archive.research.revision_changes import Version, versions
from archive.research.revisions import captures_of
from archive.research.text_changes import worded
from archive.research.word_differences import count_words
from archive.telling.terminal import counted, out


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
