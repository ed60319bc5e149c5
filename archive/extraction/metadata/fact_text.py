"""Text of attributes and scripts as a reader sees it: entities resolved, on one line."""

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from archive.extraction.charset import UNSHOWN
from archive.extraction.remembered import remembered

#: Shown as nothing: soft hyphen, spaces of no width, direction marks, byte-order mark, control characters. What joins
#: letters or parts them stays: Persian is written with it.
_INVISIBLE = re.compile(f"[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff{UNSHOWN}]")
_TAG = re.compile(r"</?([a-zA-Z][^\s/<>]*+)[^<>]{0,500}+>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAKS = frozenset("br div p li ul ol tr td dd dt h1 h2 h3 h4 h5 h6 section figcaption".split())
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
#: Characters of one value that are looked at, and of a whole article.
LIMIT, TEXT_LIMIT = 10_000, 1_000_000
#: Pieces of text in an element that are looked at: two an element inside it.
_MOST_PIECES = 1_000
#: Characters of the longest address that is taken for one. The standard library remembers those that it parsed.
_LONGEST_ADDRESS = 20_000
#: An address that stays as it is when it is joined to another: every part of it is plain, and none is empty.
WHOLE = re.compile(
    r"(?P<page>(?P<site>https?://[\w.-]++(?::\d++)?)(?:/[\w/.~%,=&+!*()@:$'|-]*+)?"
    r"(?:\?[\w/.~%,=&+!*()@:$'|-]++)?)(?:#[\w/.~%,=&+!*()@:$'|-]++)?",
    re.A,
)


def plain(text: str) -> str:
    """One line of plain text. Entities that were escaped twice are resolved, tags dropped."""
    text = text[:LIMIT]
    for _ in range(2):
        if "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _seen(text)


def plain_lines(text: str) -> str:
    """Plain text of an article, its lines and block elements on lines of their own; empty lines are left out."""
    text = text[:TEXT_LIMIT]
    for _ in range(2):
        if "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(lambda tag: "\n" if tag[1].lower() in _BREAKS else " ", text)
    return "\n".join(filter(None, map(_seen, text.splitlines())))


def _seen(line: str) -> str:
    """A line without what is shown as nothing, its white space folded."""
    # Next to all lines are printable as they are, and to ask that takes a tenth of a search.
    return " ".join((line if line.isprintable() else _INVISIBLE.sub("", line)).split())


def web_address(target: str, page_url: str) -> str | None:
    """The absolute http address of a link on a page; None where it is another one, broken, or absurdly long."""
    if len(target) > _LONGEST_ADDRESS:
        return None
    target = target.strip()
    if WHOLE.fullmatch(target) and (not page_url or WHOLE.fullmatch(page_url)):
        # To join two addresses takes ten times as long as this.
        return target
    try:
        # As browsers ask for it (URL Standard, "path percent-encode set").
        absolute = urljoin(page_url, target.replace(" ", "%20"))
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


@remembered(4096)
def skeleton(text: str) -> str:
    """Letters and digits alone, without case and accents: for telling whether two names are the same."""
    if text.isascii():
        return _NOT_LETTERS.sub("", text.lower())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        character for character in decomposed if character.isalnum() or unicodedata.category(character) == "Mc"
    )


def inner_text(element: etree._Element) -> str:
    """All text inside an element, plain; a line break or a block inside it parts words."""
    if len(element) == 0:
        return plain(element.text or "")
    pieces, size = [], 0
    # Elements nested in each other are each asked for their text: all of it would take the square of the time.
    for piece in islice(_pieces(element), _MOST_PIECES):
        pieces.append(piece)
        size += len(piece)
        if size >= LIMIT:
            break
    return plain("".join(pieces))


def _pieces(element: etree._Element) -> Iterator[str]:
    for event, inner in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        breaks = inner.tag in _BREAKS
        if event == "start":
            yield f" {inner.text or ''}" if breaks else inner.text or ""
        else:
            tail = "" if inner is element else inner.tail or ""
            yield f" {tail}" if breaks else tail
