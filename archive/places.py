"""What an XPath says of a block: which lists, quotes and tables it stands in, and so how it is set on its page.

An XPath is all that a stored record tells of its page, so whatever is asked of records alone is answered from it.
"""

from functools import lru_cache
from typing import NamedTuple

from archive.records import Block, BlockKind

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = frozenset(("ul", "ol", "menu", "dir", "dl"))
ITEMS = frozenset(("li", "dt", "dd"))
QUOTES = frozenset(("blockquote",))
PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext"))
CAPTIONS = frozenset(("figcaption", "caption"))
#: What stands in one of these does not belong to the list or quote around it: pages are laid out in lists and tables.
_ROOMS = frozenset(("html", "body", "main", "article", "td", "th", "figure"))
#: Elements that hold text which is no paragraph of its own.
_OTHERS = frozenset("td th tr button label legend summary option optgroup input address nav".split())
_FLOW = frozenset("div section header footer aside center details form fieldset body main article td th".split())
_UNKNOWN = frozenset(("tbody", "thead", "tfoot", "table"))
_NESTED = LISTS | ITEMS | QUOTES | PREFORMATTED
_BLOCKS = _FLOW | _OTHERS | _ROOMS | _NESTED | CAPTIONS | HEADINGS.keys() | {"p", "tr"}


class Step(NamedTuple):
    """One element on the way to a block: its name and its own path."""

    tag: str
    path: str


class Setting(NamedTuple):
    """How a block is set by the names of the elements around it. `own` is the innermost block-level one, as far as that
    is known; `depth` counts the lists, `nested` is what it is by its lists, quotes and preformatted elements, and
    `kind` by all, if it is the first block of its item. `in_item` says that an item is nearer than a quote."""

    own: str = ""
    level: int | None = None
    is_caption: bool = False
    depth: int | None = None
    in_item: bool = False
    nested: BlockKind | None = None
    kind: BlockKind = BlockKind.PARAGRAPH


#: How nothing around it sets a block.
PLAIN = Setting()


@lru_cache(maxsize=2048)
def set_in(around: Setting, tag: str) -> Setting:
    """How an element of some name sets what it holds. An inline one, or a text, changes nothing."""
    if tag not in _BLOCKS:
        return around
    if tag in _ROOMS:
        around = PLAIN
    level = HEADINGS.get(tag) or around.level
    is_caption = around.is_caption or tag in CAPTIONS
    depth = (around.depth or 0) + (tag in LISTS) or None
    in_item = tag in ITEMS or (around.in_item and tag not in QUOTES and tag not in PREFORMATTED)
    nested = around.nested
    if tag in PREFORMATTED:
        nested = BlockKind.CODE
    elif nested is not BlockKind.CODE and (tag in ITEMS or tag in QUOTES):
        nested = BlockKind.LIST_ITEM if tag in ITEMS else BlockKind.QUOTE
    kind = nested or (BlockKind.OTHER if tag in _OTHERS else BlockKind.PARAGRAPH)
    kind = BlockKind.HEADING if level else BlockKind.CAPTION if is_caption else kind
    return Setting(tag, level, is_caption, depth, in_item, nested, kind)


class Place(NamedTuple):
    """What stands around a block: how that sets it, and the lists, items, quotes and preformatted elements that it
    stands in, from the outermost on. `box` is the path of the element that holds its paragraph, its outermost list or
    quote."""

    setting: Setting = PLAIN
    around: tuple[Step, ...] = ()
    box: str = ""


def place_of(xpath: str) -> Place:
    """What stands around the block at an XPath."""
    above, _, step = xpath.rpartition("/")
    place, tag = _at(above), step.partition("[")[0]
    if tag not in _BLOCKS:
        # An inline element or a text: a container that holds more than this is where it stands, as the blocks in it do.
        is_container = place.setting.own in _FLOW and not place.around
        return place._replace(box=above) if is_container and tag not in _UNKNOWN else place
    around = () if tag in _ROOMS else place.around
    box = place.box if around else above
    return Place(set_in(place.setting, tag), (*around, Step(tag, xpath)) if tag in _NESTED else around, box)


_NOWHERE = Place()


@lru_cache(maxsize=8192)
def _at(path: str) -> Place:
    """The place of an element that others stand in: they have most of the way in common."""
    return place_of(path) if path else _NOWHERE


def kind_of_block(block: Block) -> BlockKind:
    """A block's kind, for lines of earlier versions as far as its place tells it."""
    if block.kind is not None:
        return block.kind
    return place_of(block.xpath).setting.kind if block.xpath else BlockKind.PARAGRAPH


def level_of(block: Block) -> int:
    """The level of a heading."""
    return block.level or (place_of(block.xpath).setting.level if block.xpath else None) or 2


def table_of(xpath: str) -> str | None:
    """The path of the table that a row at this XPath belongs to."""
    above, found, _ = xpath.rpartition("/table")
    step = xpath[len(above) + 1 :].partition("/")[0] if found else ""
    return f"{above}/{step}" if step.partition("[")[0] == "table" else None
