"""`cleancopy log`: who did what with a collection, line by line, each bound to the one before and signed."""

from pathlib import Path
from typing import Annotated

import typer

from archive.collection.custody import LOG, Action, Line, note, read
from archive.collection.folder import Collection
from archive.errors import ConfigurationError
from archive.telling.terminal import counted, put, put_table, tell

#: Digits of a fingerprint that a table shows.
_SHORT = 16


def log(
    path: Annotated[Path, typer.Argument(metavar="COLLECTION", help="The collection whose log to show.")],
    raw: Annotated[bool, typer.Option("--raw", help="Print the lines as they are in the file.")] = False,
    add: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Add a line of your own.")] = None,
    gone: Annotated[
        list[str] | None,
        typer.Option("--gone", metavar="WARC", help="With --note: this WARC file is given up; the note says why."),
    ] = None,
) -> None:
    """List crawls, imports, takedowns, restores, exports and packages: when, by whom, what, and who signed."""
    collection = Collection(path).require()
    if gone and not add:
        raise ConfigurationError("--gone needs a --note that says why the file is given up.")
    if add:
        with collection.repaired(tell):
            _add(collection, add, gone or [])
    if raw:
        put((path / LOG).read_bytes() if (path / LOG).exists() else b"")
        return
    lines = list(read(path))
    if not lines:
        tell(f"{path} has no log yet: it begins with the next crawl.")
        return
    put_table(("line", "when (UTC)", "who", "what", "signed by"), [_row(line) for line in lines])
    if any(line.fault for line in lines):
        raise typer.Exit(1)


def _add(collection: Collection, text: str, gone: list[str]) -> None:
    for name in gone:
        if (collection.archive / name).exists():
            raise ConfigurationError(f"{name} is in {collection.archive}. Move it away first; the log then says it.")
    note(collection, Action.NOTE, {"text": text}, tell, dict.fromkeys(gone))


def _row(line: Line) -> tuple[str, ...]:
    entry = line.entry
    if entry is None:
        return str(line.number), "", "", line.fault, ""
    words = [f"{name} {value}" for name, value in entry.what.items() if value not in (None, "", 0) and name != "digest"]
    files = [f"{counted(len(entry.warcs), 'WARC file')} named"] if entry.warcs else []
    signed = line.fault or (line.signer.fingerprint[:_SHORT] if line.signer else "nobody")
    return (
        str(line.number),
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.who,
        ", ".join((entry.action, *words, *files)),
        signed,
    )
