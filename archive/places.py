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


class Place(NamedTuple):
    """What stands around a block. `around` are the lists, items, quotes and preformatted elements that it stands in,
    from the outermost on; `own` is the name of its innermost block-level element, as far as that is known, and `box` is
    the path of the element that holds its paragraph, its outermost list or quote. `depth` counts the lists, `item` is
    the item that it stands in, if that is nearer than a quote, and `kind` is how a block is set here, if it is the
    first of its item."""

    around: tuple[Step, ...] = ()
    own: str = ""
    box: str = ""
    level: int | None = None
    is_caption: bool = False
    depth: int | None = None
    item: Step | None = None
    kind: BlockKind = BlockKind.PARAGRAPH


def place_of(xpath: str) -> Place:
    """What stands around the block at an XPath."""
    above, _, step = xpath.rpartition("/")
    return _below(above, step, xpath)


_NOWHERE = Place()


@lru_cache(maxsize=8192)
def _at(path: str) -> Place:
    above, _, step = path.rpartition("/")
    return _below(above, step, path) if step else _NOWHERE


def _below(above: str, step: str, path: str) -> Place:
    """The place of a step below a path: blocks that stand in one element have most of the way in common."""
    place = _at(above)
    tag = step.partition("[")[0]
    if tag not in _BLOCKS:
        # An inline element or a text: a container that holds more than this is where it stands, as the blocks in it do.
        is_container = place.own in _FLOW and not place.around
        return place._replace(box=above) if is_container and tag not in _UNKNOWN else place
    if tag in _ROOMS:
        place = _NOWHERE
    around = (*place.around, Step(tag, path)) if tag in _NESTED else place.around
    level = HEADINGS.get(tag) or place.level
    is_caption = place.is_caption or tag in CAPTIONS
    item = Step(tag, path) if tag in ITEMS else None if tag in QUOTES or tag in PREFORMATTED else place.item
    depth = (place.depth or 0) + (tag in LISTS) or None
    box = place.box if place.around else above
    return Place(around, tag, box, level, is_caption, depth, item, _kind(around, tag, level, is_caption))


def _kind(around: tuple[Step, ...], own: str, level: int | None, is_caption: bool) -> BlockKind:
    if level:
        return BlockKind.HEADING
    if is_caption:
        return BlockKind.CAPTION
    if not around:
        return BlockKind.OTHER if own in _OTHERS else BlockKind.PARAGRAPH
    tags = [step.tag for step in around if step.tag not in LISTS]
    if not PREFORMATTED.isdisjoint(tags):
        return BlockKind.CODE
    if tags:
        return BlockKind.LIST_ITEM if tags[-1] in ITEMS else BlockKind.QUOTE
    return BlockKind.OTHER if own in _OTHERS else BlockKind.PARAGRAPH


def kind_of_block(block: Block) -> BlockKind:
    """A block's kind, for lines of earlier versions as far as its place tells it."""
    if block.kind is not None:
        return block.kind
    return place_of(block.xpath).kind if block.xpath else BlockKind.PARAGRAPH


def level_of(block: Block) -> int:
    """The level of a heading."""
    return block.level or (place_of(block.xpath).level if block.xpath else None) or 2


def table_of(xpath: str) -> str | None:
    """The path of the table that a row at this XPath belongs to."""
    above, found, _ = xpath.rpartition("/table")
    step = xpath[len(above) + 1 :].partition("/")[0] if found else ""
    return f"{above}/{step}" if step.partition("[")[0] == "table" else None
