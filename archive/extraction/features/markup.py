"""What the markup says of a block: tags, names of classes and ids up to the root, and where its links lead."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from itertools import islice
from types import ModuleType
from typing import Any, cast
from urllib.parse import urlsplit

import numpy as np
from lxml import etree

from archive.extraction.blocks import TextBlock
from archive.extraction.cues import markup_groups
from archive.extraction.features.elements import AROUND, AROUND_BIT, Ancestors, Bits, Names, start_hints
from archive.extraction.features.neighbours import Matrix
from archive.extraction.flow import PICTURES
from archive.extraction.native import compiled
from archive.extraction.remembered import LONGEST, remembered

_kernel, _links = map(compiled, ("block_marks", "link_marks"))
# These two are looked for in lower-cased addresses: not to mind case takes the engine twice as long.
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|by|profile|people|staff|auteurs?|autor(?:en|es)?|person|team|journalist\w*|contributors?|reporter|columnist\w*|redaktion|user|writers?|firmas?|autore?|bio)s?/",
)
_TAG_LINK = re.compile(r"/(?:tags?|topics?|category|categories|themen?|tema|section|keyword|subjects?|label|thema)/")
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

_NOWHERE = ("", "#")

LINK_NAMES = (
    "to_author to_tag to_share to_social to_legal to_mail to_phone to_page to_nowhere to_other_host link_depth".split()
)

_TAGS = (
    "p h1 h2 h3 h4 h5 h6 li td th div section figcaption blockquote button dd dt pre label article header footer "
    "aside nav summary address legend main center"
).split()
_TAG_NUMBER = {tag: number for number, tag in enumerate(_TAGS, 1)}
_PICTURES = frozenset((*PICTURES, "picture", "video", "svg"))
_FORMS = frozenset(("form", "input", "textarea", "select"))
#: Nodes of a block's parent that are looked through for what stands beside the block.
_BESIDE = 40
#: Characters of a link that are looked at: hundreds of blocks may stand in one link.
_LONGEST_LINK = 2_000
#: Children beyond which an element's place among them is not looked for.
_MANY = 400
#: How many bits of each number stand for a column: own, near and above groups, and tags around.
_BITS = (len(markup_groups()),) * 3 + (len(AROUND),)

NAMES = [f"own_{group}" for group in markup_groups()]
NAMES += [f"near_{group}" for group in markup_groups()]
NAMES += [f"above_{group}" for group in markup_groups()]
NAMES += [f"in_{tag}" for tag in AROUND]
_REST = [f"is_{tag}" for tag in ("p", "heading", "li", "cell", "div", "caption", "quote", "button")]
_REST += (
    "tag tag_above depth whole children same_tag_siblings place_in_parent link_share bold_share anchors all_link"
).split()
_REST += LINK_NAMES
_REST += "time_element rel_author itemprop_author opens_list italic after_rule picture_beside form_beside".split()
NAMES += _REST
#: The same as they are found: what is true of a block's element, and what only of the block.
_OF_ELEMENT = [*_REST[:8], *"tag tag_above depth children same_tag_siblings place_in_parent".split()]
_OF_ELEMENT += "picture_beside form_beside opens_list after_rule".split()
_OF_BLOCK = ["whole", "anchors", *LINK_NAMES, *"time_element rel_author itemprop_author italic".split()]
_OF_BLOCK += ["link_share", "bold_share", "all_link"]
_ORDER = [(_OF_ELEMENT + _OF_BLOCK).index(name) for name in _REST]


def markup_rows(blocks: Sequence[TextBlock], ancestors: Ancestors, names: Names, url: str) -> Matrix:
    """The features of NAMES, one row a block, for the blocks of one page."""
    own = ancestors.own
    bits = [names.own[own] | start_hints(blocks), names.near[own], names.above[own], names.around[own]]
    tags = np.frombuffer(b"".join([_tag_row(tag[:LONGEST]) for tag, _ in ancestors.looks]), np.float32)
    tags = tags.reshape(len(ancestors.looks), -1)
    above = np.where(own > 0, tags[ancestors.look[ancestors.parents[own]], -1], 0)
    of_elements = np.column_stack(
        [tags[ancestors.look[own]], above, names.depth[own], _surroundings(blocks, ancestors)]
    )
    rest = np.hstack([of_elements, _block_rows(blocks, bits[-1], host_of(url))])
    return np.hstack([_spread(bits), rest[:, _ORDER]], dtype=np.float32, casting="same_kind")


def _spread(columns: list[Bits]) -> Matrix:
    """The bits of columns, as many of each as _BITS says."""
    if _kernel:
        rows = np.empty((len(columns[0]), sum(_BITS)), np.float32)
        _kernel.spread(columns, _BITS, rows)
        return rows
    spread = [column[:, None] >> np.arange(count) & 1 for column, count in zip(columns, _BITS, strict=True)]
    return np.hstack(spread).astype(np.float32)


def _surroundings(blocks: Sequence[TextBlock], ancestors: Ancestors) -> Matrix:
    """For each block how many children its element has, how many children of the parent have its tag, its place among
    all (neither where there are many), whether there are pictures and forms among the parent's first nodes, and whether
    it is the first child or stands behind a rule."""
    if _kernel:
        rows = np.zeros((len(blocks), 7), np.float32)
        _kernel.surroundings(list(blocks), ancestors.own, rows)
        return rows
    families: defaultdict[etree._Element | None, set[etree._Element]] = defaultdict(set)
    for block in blocks:
        families[block.element.getparent()].add(block.element)
    found: dict[etree._Element, tuple[float, ...]] = {}
    for parent, elements in families.items():
        tags = [] if parent is None else [child.tag for child in parent]
        first = set() if parent is None else {node.tag for node in islice(parent.iter(), _BESIDE)}
        beside = not first.isdisjoint(_PICTURES), not first.isdisjoint(_FORMS)
        for element in elements:
            alike = place = 0.0
            if parent is not None and len(tags) <= _MANY:
                alike, place = tags.count(element.tag), parent.index(element) / len(tags)
            before = element.getprevious()
            behind = before is None, before is not None and before.tag == "hr"
            found[element] = (len(element), alike, place, *beside, *behind)
    return np.array([found[block.element] for block in blocks], np.float32)


def _block_rows(blocks: Sequence[TextBlock], around: Bits, host: str) -> Matrix:
    """The features of _OF_BLOCK, one row a block; `around` are the bits of the tags around each."""
    if _kernel:
        rows = np.zeros((len(blocks), len(_OF_BLOCK)), np.float32)
        links = AROUND_BIT["a"], _LONGEST_LINK, partial(link_row, host)
        _kernel.block_rows(list(blocks), around, *links, _inside, rows)
        return rows
    sizes = np.array([len(block.text) or 1 for block in blocks])
    linked = np.array([block.links for block in blocks])
    bold = np.array([block.bold for block in blocks])
    known: dict[tuple[str, ...], int] = {}
    bits = around.tolist()
    targets = [known.setdefault(_targets(block, tags), len(known)) for block, tags in zip(blocks, bits, strict=True)]
    columns = [
        [block.whole for block in blocks],
        [len(block.anchors) for block in blocks],
        np.array([link_row(host, one) for one in known], np.float32)[targets],
        np.array([_inside(block) for block in blocks], np.float32),
        np.minimum(1.0, linked / sizes),
        np.minimum(1.0, bold / sizes),
        linked >= 0.9 * sizes,
    ]
    return np.column_stack(columns).astype(np.float32)


def _targets(block: TextBlock, around: int) -> tuple[str, ...]:
    if block.anchors:
        return tuple([anchor.get("href", "").strip()[:_LONGEST_LINK] for anchor in block.anchors[:12]])
    if not around & AROUND_BIT["a"]:
        return ()
    link = next((up for up in block.element.iterancestors("a")), None)
    return () if link is None else (link.get("href", "")[:_LONGEST_LINK],)


@lru_cache(maxsize=1024)
def _tag_row(tag: str) -> bytes:
    """What kind of element a tag is, and its number: the first features of _OF_ELEMENT, as single floats."""
    kinds = (
        tag == "p",
        len(tag) == 2 and tag[0] == "h" and tag[1].isdigit(),
        tag in ("li", "dd", "dt"),
        tag in ("td", "th"),
        tag == "div",
        tag == "figcaption",
        tag == "blockquote",
        tag in ("button", "label", "summary"),
    )
    return np.array([*kinds, _TAG_NUMBER.get(tag, 0)], np.float32).tobytes()


def _inside(block: TextBlock) -> tuple[float, ...]:
    """Whether the block's first elements are times and name an author, and the share of its text that stands in
    italics, as biographies and notes often do."""
    timed = related = named = False
    italic = 0
    first = block.element if block.whole else block.start
    for node in islice(first.iter(), 9) if block.whole and len(first) else (first,):
        tag = node.tag
        if tag == "time":
            timed = True
        elif tag in ("em", "i"):
            italic += len(node.text or "") + sum(len(child.text or "") + len(child.tail or "") for child in node)
        if "author" in " ".join(cast(list[str], node.values())):
            related = related or "author" in node.get("rel", "")
            named = named or "author" in node.get("itemprop", "")
    return timed, related, named, min(1.0, italic / (len(block.text) or 1))


def link_row(host: str, targets: tuple[str, ...]) -> tuple[float, ...]:
    """The features of LINK_NAMES for a block's link targets on a page of that host."""
    if not targets:
        return _NO_LINK
    short = sum(map(len, targets)) <= LONGEST
    return _remembered(host, targets) if short else _link_features(host, targets)


def _link_features(host: str, targets: tuple[str, ...]) -> tuple[float, ...]:
    if _links:
        found: tuple[float, ...] = _marks_of(_links).row(host, targets)
        return found
    joined = " ".join(targets)
    lower = joined.lower()
    addresses = [target for target in targets if target.startswith(("http:", "https:", "//"))]
    hosts = [urlsplit_host(target) for target in addresses] if host else []
    paths = [target for target in targets if target.startswith(("/", "http"))]
    return (
        bool(_AUTHOR_LINK.search(lower)),
        bool(_TAG_LINK.search(lower)),
        bool([hint for hint in _SHARE_HINTS if hint in lower]) and bool(_SHARE_LINK.search(joined)),
        bool([target for target in targets if _SOCIAL_LINK.match(target)]),
        bool([word for word in _LEGAL_LINK if word in lower]),
        "mailto:" in joined,
        "tel:" in joined,
        "#" in joined and bool([target for target in targets if "#" in target and len(target) > 1]),
        bool([target for target in targets if target in _NOWHERE or target.startswith("javascript:")]),
        bool([found for found in hosts if found and not found.endswith(host)]),
        max([path.rstrip("/").count("/") + path.count("-") for path in paths], default=0),
    )


@cache
def _marks_of(kernel: ModuleType) -> Any:
    """What links are told apart by, as the kernel has it."""
    searches = _AUTHOR_LINK.search, _TAG_LINK.search, _SHARE_LINK.search, _SOCIAL_LINK.match
    return kernel.LinkMarks(searches, _SHARE_HINTS, _LEGAL_LINK, _host_named)


def urlsplit_host(target: str) -> str:
    """The host of a link, without `www.`; empty where there is none."""
    return _host_named("/".join(target.split("/", 3)[:3]))


def host_of(target: str) -> str:
    """The host of an address, without `www.`; empty where it has none or is broken."""
    try:
        return (urlsplit(target[:LONGEST]).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


#: By what stands before the path: a page links to few hosts.
_host_named = remembered(4096)(host_of)


_remembered = lru_cache(maxsize=16_384)(_link_features)
_NO_LINK = (0.0,) * len(LINK_NAMES)
