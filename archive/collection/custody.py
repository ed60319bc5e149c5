"""custody.jsonl: the chain of custody of a collection. Who did what with it, and what its WARC files are.

A line for each crawl, import, re-extraction, takedown, restoring, export and package. Each names the SHA-256 of the
line before it (`before`), so that no line can be changed, left out or put between others without a trace; what is cut
off at the end is seen only by who kept a later line. It names WARC files with size and SHA-256 once they are complete,
and again when a takedown rewrote them. With `key:` in collection.yaml each line is signed.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from getpass import getuser
from hashlib import file_digest, sha256
from pathlib import Path
from socket import gethostname
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from archive.collection.folder import Collection
from archive.collection.settings_file import load_settings
from archive.errors import CleancopyError
from archive.signing import SignedData, Signer, SigningKey, read_key, signer_of
from archive.software import software_version
from archive.whole_file import is_plain_name

LOG = "custody.jsonl"
#: Who acts, where the login and the host would say too little, or too much.
OPERATOR = "CLEANCOPY_OPERATOR"
_SIGNED = "signedData"
#: Bytes of one line that are read; a first line may name a hundred thousand WARC files.
_MAX_LINE = 50_000_000


class Action(StrEnum):
    """What was done."""

    CRAWL = "crawl"
    IMPORT = "import"
    EXTRACT = "extract"
    TAKEDOWN = "takedown"
    RESTORE = "restore"
    EXPORT = "export"
    PACKAGE = "package"
    CORRECTION = "correction"
    ASK_AGAIN = "ask again"
    IGNORE = "ignore"
    NOTE = "note"


class File(BaseModel):
    """What a WARC file is: its size (bytes) and SHA-256; None where it is gone, and the line says why."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Entry(BaseModel):
    """One line. `at` is UTC, `what` are the words and counts of the action, `warcs` by name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: datetime
    who: str
    action: str
    what: dict[str, Any] = Field(default_factory=dict)
    warcs: dict[str, File | None] = Field(default_factory=dict)
    software: str = ""
    before: str | None = None
    signedData: SignedData | None = None  # noqa: N815 - as in packages


@dataclass(frozen=True, slots=True)
class Line:
    """A line read: its number (from 1), entry and signer (None where it is not signed), or what is wrong with it."""

    number: int
    entry: Entry | None = None
    signer: Signer | None = None
    fault: str = ""


def note(
    collection: Collection,
    action: Action,
    what: Mapping[str, Any],
    tell: Callable[[str], None],
    warcs: Mapping[str, File | None] | None = None,
) -> None:
    """Add a line: the action, the complete WARC files that no line names yet, and `warcs`, which it changed.

    A collection that cannot be written to, such as one on read-only media, is left as it is. A key that cannot be used
    is told, and leaves the line without a signature: what was done must stand in the log.
    """
    with suppress(OSError):
        add(collection, collection.path / LOG, Noted(action, what, warcs or {}), tell)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a line is to say; `at` is UTC."""

    action: Action
    what: Mapping[str, Any]
    warcs: Mapping[str, File | None]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def add(collection: Collection, log: Path, noted: Noted, tell: Callable[[str], None]) -> None:
    """Add a line to a log of the collection: to its own, or to one that will take its place. Raises OSError."""
    key = _key(collection, tell)
    with log.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known, before = _end(file)
        new = {path.name: state_of(path) for path in collection.complete_warcs() if path.name not in known}
        file.write(_line(noted, {**new, **noted.warcs}, before, key))
        file.flush()
        os.fsync(file.fileno())


def read(collection: Path) -> Iterator[Line]:
    """All lines of a collection's log, checked: their chain and their signatures. A last line that a crash cut short
    is left out."""
    path = collection / LOG
    if path.exists():
        with path.open("rb") as file:
            yield from _lines(file)


def changes(collection: Path, said: Mapping[str, File | None]) -> Iterator[tuple[str, str]]:
    """The WARC files that are not what the log `said` last of them: name, and what is wrong."""
    for name, file in said.items():
        path = collection / "archive" / name
        if file is None or not is_plain_name(name):
            continue
        if not path.is_file():
            yield name, "the log names this WARC file and it is gone"
        elif path.stat().st_size != file.size:
            yield name, f"the file has {path.stat().st_size} bytes, not {file.size} as the log says"
        elif state_of(path) != file:
            yield name, f"its SHA-256 is not {file.sha256}, as the log says"


def _lines(file: BinaryIO) -> Iterator[Line]:
    before: str | None = None
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE), b""), 1):
        if not line.endswith(b"\n"):
            return
        yield _read_line(number, line, before)
        before = _digest(line)


def _read_line(number: int, line: bytes, before: str | None) -> Line:
    try:
        fields = json.loads(line)
        entry = Entry.model_validate(fields)
        signed = fields.pop(_SIGNED, None)
    except (ValueError, AttributeError, RecursionError):
        return Line(number, fault="this line cannot be read")
    if entry.before != before:
        return Line(number, entry, fault="it does not follow the line before it: lines were changed, added or removed")
    if entry.signedData is None or signed is None:
        return Line(number, entry)
    if entry.signedData.hash != _digest(_canonical(fields)):
        return Line(number, entry, fault="it was changed after it was signed")
    try:
        return Line(number, entry, signer_of(entry.signedData))
    except ValueError as error:
        return Line(number, entry, fault=str(error))


def _line(noted: Noted, warcs: Mapping[str, File | None], before: str | None, key: SigningKey | None) -> bytes:
    fields: dict[str, Any] = {
        "at": f"{noted.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "who": operator(),
        "action": str(noted.action),
        "what": dict(noted.what),
        "warcs": {name: file and file.model_dump() for name, file in warcs.items()},
        "software": f"cleancopy/{software_version()}",
        "before": before,
    }
    if key:
        fields[_SIGNED] = key.sign(_digest(_canonical(fields)), noted.at).plain()
    return _canonical(fields) + b"\n"


def _canonical(fields: Mapping[str, Any]) -> bytes:
    """One way to write the same values: what is signed must not hang on spaces and order."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _digest(line: bytes) -> str:
    return f"sha256:{sha256(line).hexdigest()}"


def _end(file: BinaryIO) -> tuple[set[str], str | None]:
    """The WARC files that have been named, and the last line's digest; what a crash left of a line is cut off."""
    file.seek(0)
    names: set[str] = set()
    last = b""
    for line in iter(file.readline, b""):
        if not line.endswith(b"\n"):
            file.truncate(file.tell() - len(line))
            break
        last = line
        with suppress(ValueError, AttributeError):
            names.update(json.loads(line).get("warcs") or ())
    return names, _digest(last) if last else None


def state_of(path: Path) -> File:
    """What a WARC file is now. Raises OSError."""
    with path.open("rb") as file:
        return File(size=path.stat().st_size, sha256=file_digest(file, "sha256").hexdigest())


def _key(collection: Collection, tell: Callable[[str], None]) -> SigningKey | None:
    try:
        path = load_settings(collection).key
        return read_key(Path(path)) if path else None
    except CleancopyError as error:
        tell(f"{collection.path / LOG}: the line is not signed. {error}")
        return None


def operator() -> str:
    """Who acts, as the log names them."""
    if named := os.environ.get(OPERATOR):
        return named
    try:
        return f"{getuser()}@{gethostname()}"
    except (KeyError, OSError):
        return f"user {os.getuid()}@{gethostname()}"
