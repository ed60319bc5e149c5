"""What a site states about reuse: robots directives and the TDM Reservation Protocol.

The protocol is a report of the W3C's TDM Reservation Protocol community group (10 May 2024). It has three
places: the page's meta elements supersede the HTTP headers, and these supersede `/.well-known/tdmrep.json`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from archive.exchange import Capture
from archive.extraction.metadata import Facts
from archive.extraction.metadata.facts import value_of
from archive.extraction.remembered import remembered
from archive.records import Rights

#: Bytes of a tdmrep.json and rules in it that are read.
MAX_FILE, MAX_RULES = 500_000, 10_000
#: RFC 3986: an escape of one of these means something else than the character itself.
_RESERVED = b":/?#[]@!$&'()*+,;=%"
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


class Reservation(NamedTuple):
    """Whether rights to text and data mining are reserved (`1`) or not (`0`), and the address of the policy."""

    reservation: str | None = None
    policy: str | None = None


def page_rights(capture: Capture, facts: Facts) -> Rights:
    """What robots.txt, the headers and the page itself say, in their own words. A server may send several headers."""
    robots = (value.strip() for name, value in capture.headers if name.lower() == "x-robots-tag")
    reservation, policy = ((capture.header(name) or "").strip() for name in ("TDM-Reservation", "TDM-Policy"))
    return Rights(
        robots=capture.origin.robots,
        x_robots_tag=", ".join(dict.fromkeys(filter(None, robots))) or None,
        meta_robots=value_of(facts.meta_robots, None),
        tdm_reservation=value_of(facts.tdm_reservation, reservation or None),
        tdm_policy=value_of(facts.tdm_policy, policy or None),
    )


def tdmrep(body: bytes, path: str) -> Reservation:
    """What a `/.well-known/tdmrep.json` says of one URL path (with its query, if any): the first rule that matches.

    Nothing is stated where no rule matches, and where the file or a rule is not as the report wants it.
    """
    for location, reservation in _rules(body):
        if _pattern(location).match(_plain(path)):
            return reservation
    return Reservation()


def _rules(body: bytes) -> Iterator[tuple[str, Reservation]]:
    try:
        rules = json.loads(body[: MAX_FILE + 1]) if len(body) <= MAX_FILE else []
    except (ValueError, RecursionError):
        return
    # A single rule without the list around it is a common mistake and cannot mean anything else.
    rules = [rules] if isinstance(rules, dict) else rules
    for rule in rules[:MAX_RULES] if isinstance(rules, list) else []:
        if isinstance(rule, dict) and (value := _reservation(rule.get("tdm-reservation"))):
            location = rule.get("location")
            if isinstance(location, str) and location:
                yield location, Reservation(value, _policy(rule.get("tdm-policy")))


def _reservation(value: Any) -> str | None:
    text = str(int(value)) if isinstance(value, bool | int) else value
    return text if text in ("0", "1") else None


def _policy(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


@remembered(1024)
def _pattern(location: str) -> re.Pattern[str]:
    """A rule's path as in robots.txt (RFC 9309, 2.2.3): `*` is any text, `$` at the end is the end."""
    ends = location.endswith("$")
    parts = [re.escape(_plain(part)) for part in re.split(r"\*+", location.removesuffix("$"))]
    # Each part is taken where it first occurs and never looked for again: stars cannot cost exponential time.
    body = parts[0] + "".join(f"(?>.*?{part})" for part in parts[1:-1])
    body += f".*{parts[-1]}" if len(parts) > 1 else ""
    return re.compile(body + (r"\Z" if ends else ""), re.S)


def _plain(path: str) -> str:
    """Escapes of plain characters resolved, all others in capitals; what patterns use as signs stands escaped."""
    escaped = quote(path, safe="%/?#[]@!&'()+,;=:~-._")
    return _ESCAPE.sub(_unescaped, escaped)


def _unescaped(match: re.Match[str]) -> str:
    byte = unquote_to_bytes(match[0])
    keeps = byte in _RESERVED or not byte.isascii() or not byte.decode().isprintable() or byte == b" "
    return match[0].upper() if keeps else byte.decode()
