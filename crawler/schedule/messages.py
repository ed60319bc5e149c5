"""What the two processes say to each other: a JSON line each."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from archive.operations.scheduled_run import Part

#: The variable that names a shared frontier to the crawling process; a command line could be read by others.
FRONTIER = "CLEANCOPY_FRONTIER"


@dataclass(frozen=True, slots=True)
class Begin:
    """Crawl a site. `site` is its configuration as JSON, `began` when the run began (epoch seconds), `limit` the most
    articles of the whole run, `report` the name of the report in crawls/. One that `joins` is another process's, which
    writes the report."""

    domain: str
    site: str
    began: float
    limit: int | None
    report: str
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Halt:
    """End the crawl of a site soon."""

    domain: str


@dataclass(frozen=True, slots=True)
class Leave:
    """No site will come any more: make all records, then end. Without this, the end of the messages means: at once."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The crawl of a site has ended, and its report is written."""

    domain: str
    part: Part


@dataclass(frozen=True, slots=True)
class Refused:
    """The collection cannot be used now."""

    reason: str


Message = Begin | Halt | Leave | Ended | Refused
_KINDS = {kind.__name__: kind for kind in (Begin, Halt, Leave, Ended, Refused)}


def to_line(message: Message) -> bytes:
    """A message as it is sent."""
    return json.dumps({"kind": type(message).__name__, **asdict(message)}).encode() + b"\n"


def of_line(line: bytes) -> Message:
    """A message as it was sent."""
    content: dict[str, Any] = json.loads(line)
    kind = _KINDS[content.pop("kind")]
    if kind is Ended:
        return Ended(content["domain"], Part(**content["part"]))
    message: Message = kind(**content)
    return message
