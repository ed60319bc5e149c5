"""What the markup says of a block: tags, names of classes and ids, links, up to the root."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import markup_groups, name_bits
from archive.extraction.features.neighbours import Matrix

_TAGS = (
    "p h1 h2 h3 h4 h5 h6 li td th div section figcaption blockquote button dd dt pre label article header footer "
    "aside nav summary address legend main center"
).split()
_TAG_NUMBER = {tag: number for number, tag in enumerate(_TAGS, 1)}
_AROUND = (
    "article main aside nav header footer figure form ul table blockquote button section li a h1 details address"
).split()
_AROUND_BIT = {tag: 1 << number for number, tag in enumerate(_AROUND)} | {"ol": 1 << _AROUND.index("ul")}
_NAMED_BY = (
    "class",
    "id",
    "role",
    "itemprop",
    "data-testid",
    "data-component",
    "data-module",
    "data-type",
    "aria-label",
    "rel",
    "property",
)
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|by|profile|people|staff|auteurs?|autor(?:en|es)?|person|team|journalist\w*|contributors?|reporter|columnist\w*|redaktion|user|writers?|firmas?|autore?|bio)s?/",
    re.I,
)
_TAG_LINK = re.compile(
    r"/(?:tags?|topics?|category|categories|themen?|tema|section|keyword|subjects?|label|thema)/", re.I
)
_SHARE_LINK = re.compile(
    r"(?:facebook\.com/(?:sharer|dialog|share)|(?:twitter|x)\.com/(?:intent|share|home)|api\.whatsapp|wa\.me|whatsapp:|t\.me/share|telegram\.me/share|linkedin\.com/(?:share|cws)|pinterest\.\w+/pin|reddit\.com/submit|addtoany|bsky\.app/intent|share\?|mailto:\?)",
    re.I,
)
_SOCIAL_LINK = re.compile(
    r"^https?://(?:www\.|m\.)?(?:facebook|twitter|x|instagram|youtube|linkedin|tiktok|pinterest|t|threads|bsky|mastodon|vk|ok|weibo)\.(?:com|me|net|app|social|ru|be)/",
    re.I,
)
_LEGAL_LINK = (
    "privacy terms legal cookie datenschutz impressum agb confidential privacidad condiciones mentions copyright "
    "disclaimer privat licence license gdpr imprint"
).split()
#: One of these stands in whatever _SHARE_LINK finds; looking for them costs a tenth.
_SHARE_HINTS = "share intent home dialog whatsapp wa.me cws pin submit addtoany mailto:?".split()

#: Characters of what results are remembered by: pages must not fill the memory with long names and links.
_LONGEST_KEY = 500

#: How many bits of each number stand for a column: own, near and above groups, and tags around.
_BITS = (len(markup_groups()),) * 3 + (len(_AROUND),)

NAMES = [f"own_{group}" for group in markup_groups()]
NAMES += [f"near_{group}" for group in markup_groups()]
NAMES += [f"above_{group}" for group in markup_groups()]
NAMES += [f"in_{tag}" for tag in _AROUND]
NAMES += [f"is_{tag}" for tag in ("p", "heading", "li", "cell", "div", "caption", "quote", "button")]
NAMES += (
    "tag tag_above depth whole children same_tag_siblings place_in_parent link_share bold_share anchors all_link"
).split()
NAMES += (
    "to_author to_tag to_share to_social to_legal to_mail to_phone to_page to_nowhere to_other_host link_depth".split()
)
NAMES += ["time_element", "rel_author", "itemprop_author", "opens_list"]


class Names(NamedTuple):
    """What is known of an element from its own names up to the root; the first four are bits of groups."""

    own: int
    parent: int
    grandparent: int
    above: int
    around: int
    depth: int


class Markup:
    """The names and tags around each element of one page, gathered once an element."""

    def __init__(self, url: str) -> None:
        self.host = _host_of(url)
        self._known: dict[etree._Element, Names] = {}
        self._children: dict[etree._Element, dict[etree._Element, tuple[int, int]]] = {}
        self._sizes: dict[etree._Element, int] = {}

    def of(self, element: etree._Element) -> Names:
        """What is known of an element. Filled in from the root down: deep pages must not recurse."""
        missing = []
        at: etree._Element | None = element
        while at is not None and at not in self._known:
            missing.append(at)
            at = at.getparent()
        above = Names(0, 0, 0, 0, 0, 0) if at is None else self._known[at]
        for below in reversed(missing):
            above = self._known[below] = _below(below, above)
        return above

    def rows(self, blocks: Sequence[TextBlock]) -> Matrix:
        """The features of the blocks' markup, one row a block, columns in the order of NAMES."""
        names = [self.of(block.element) for block in blocks]
        numbers = [_numbers(block, known) for block, known in zip(blocks, names, strict=True)]
        bits = np.array(numbers, np.int64).reshape(len(blocks), len(_BITS))
        spread = [bits[:, [column]] >> np.arange(count) & 1 for column, count in enumerate(_BITS)]
        rest = np.array([self._row(block, known) for block, known in zip(blocks, names, strict=True)], np.float32)
        return np.hstack([*spread, rest.reshape(len(blocks), len(NAMES) - sum(_BITS))]).astype(np.float32)

    def _row(self, block: TextBlock, names: Names) -> list[float]:
        element = block.element
        tag = str(element.tag)
        return [
            *_kinds(tag[:_LONGEST_KEY]),
            *self._place(block, element, tag, names.depth),
            *self._links(self._targets(block, names.around)),
            *_semantics(block),
        ]

    def _place(self, block: TextBlock, element: etree._Element, tag: str, depth: int) -> list[float]:
        parent = element.getparent()
        siblings = 0 if parent is None else self._size(parent)
        same = index = 0
        if parent is not None and siblings <= 400:
            same, index = self._among(parent)[element]
        above = 0 if parent is None else _TAG_NUMBER.get(str(parent.tag), 0)
        size = len(block.text) or 1
        return [
            _TAG_NUMBER.get(tag, 0),
            above,
            depth,
            block.whole,
            self._size(element),
            same,
            index / siblings if siblings else 0,
            min(1.0, block.links / size),
            min(1.0, block.bold / size),
            len(block.anchors),
            block.links >= 0.9 * size,
        ]

    def _size(self, parent: etree._Element) -> int:
        # Counting the children of one parent for each of them is quadratic.
        if parent not in self._sizes:
            self._sizes[parent] = len(parent)
        return self._sizes[parent]

    def _among(self, parent: etree._Element) -> dict[etree._Element, tuple[int, int]]:
        """How many children have a child's tag, and its index, for each child of an element."""
        if parent not in self._children:
            times = Counter(child.tag for child in parent)
            self._children[parent] = {child: (times[child.tag], index) for index, child in enumerate(parent)}
        return self._children[parent]

    def _links(self, targets: tuple[str, ...]) -> tuple[float, ...]:
        if not targets:
            return _NO_LINK
        short = sum(map(len, targets)) <= _LONGEST_KEY
        return _link_row(self.host, targets) if short else _link_features(self.host, targets)

    def _targets(self, block: TextBlock, around: int) -> tuple[str, ...]:
        if block.anchors:
            return tuple([anchor.get("href", "").strip() for anchor in block.anchors[:12]])
        if not around & _AROUND_BIT["a"]:
            return ()
        link = next((up for up in block.element.iterancestors("a")), None)
        return () if link is None else (link.get("href", ""),)


def _link_features(host: str, targets: Sequence[str]) -> tuple[float, ...]:
    """Features of link targets on a page of that host."""
    joined = " ".join(targets)
    lower = joined.lower()
    hosts = [urlsplit_host(target) for target in targets if target.startswith(("http:", "https:", "//"))]
    paths = [target for target in targets if target.startswith(("/", "http"))]
    return (
        bool(_AUTHOR_LINK.search(joined)),
        bool(_TAG_LINK.search(joined)),
        any(hint in lower for hint in _SHARE_HINTS) and bool(_SHARE_LINK.search(joined)),
        any(_SOCIAL_LINK.match(target) for target in targets),
        any(word in lower for word in _LEGAL_LINK),
        "mailto:" in joined,
        "tel:" in joined,
        any("#" in target and len(target) > 1 for target in targets),
        any(target in ("", "#") or target.startswith("javascript:") for target in targets),
        any(found and not found.endswith(host) for found in hosts) if host else 0,
        max((path.rstrip("/").count("/") + path.count("-") for path in paths), default=0),
    )


def urlsplit_host(target: str) -> str:
    """The host of a link, without `www.`; empty where there is none."""
    if len(target) > _LONGEST_KEY:
        return _host_of(target)
    return _host_named("/".join(target.split("/", 3)[:3]))


def _host_of(target: str) -> str:
    try:
        return (urlsplit(target).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


#: By what stands before the path: a page links to few hosts.
_host_named = lru_cache(maxsize=4096)(_host_of)


def _below(element: etree._Element, above: Names) -> Names:
    return Names(
        _own_bits(element),
        above.own,
        above.parent,
        above.above | above.grandparent,
        above.around | _AROUND_BIT.get(str(element.tag), 0),
        above.depth + 1,
    )


def _own_bits(element: etree._Element) -> int:
    found = 0
    for key, value in element.attrib.items():
        if key in _NAMED_BY:
            found |= name_bits(str(value)[:400])
    return found


def _numbers(block: TextBlock, names: Names) -> tuple[int, int, int, int]:
    """What _BITS spreads over columns."""
    own = names.own
    if block.start is not block.element and not block.after:
        own |= _own_bits(block.start)
    return own, names.parent | names.grandparent, names.above, names.around


_link_row = lru_cache(maxsize=16_384)(_link_features)
_NO_LINK = (0.0,) * 11


@lru_cache(maxsize=1024)
def _kinds(tag: str) -> tuple[bool, ...]:
    heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
    return (
        tag == "p",
        heading,
        tag in ("li", "dd", "dt"),
        tag in ("td", "th"),
        tag == "div",
        tag == "figcaption",
        tag == "blockquote",
        tag in ("button", "label", "summary"),
    )


def _semantics(block: TextBlock) -> tuple[bool, ...]:
    timed = related = named = False
    for node in _first_inside(block):
        timed = timed or node.tag == "time"
        related = related or "author" in node.get("rel", "")
        named = named or "author" in node.get("itemprop", "")
    return timed, related, named, block.element.getprevious() is None


def _first_inside(block: TextBlock) -> Sequence[etree._Element]:
    if not block.whole:
        return (block.start,)
    if not len(block.element):
        return (block.element,)
    return tuple(islice(block.element.iter(), 9))
