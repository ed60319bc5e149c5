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
_NESTED = LISTS | ITEMS | QUOTES | PREFORMATTED
_BLOCKS = _FLOW | _OTHERS | _ROOMS | _NESTED | CAPTIONS | HEADINGS.keys() | {"p", "tr"}


class Step(NamedTuple):
    """One element on the way to a block: its name and its own path."""

    tag: str
    path: str


class Place(NamedTuple):
    """What stands around a block. `around` are the lists, items, quotes and preformatted elements that it stands in,
    from the outermost on; `own` is the name of its innermost block-level element, as far as that is known, and `box` is
    the path of the element that holds its paragraph, its outermost list or quote."""

    around: tuple[Step, ...] = ()
    own: str = ""
    box: str = ""
    level: int | None = None
    is_caption: bool = False

    @property
    def depth(self) -> int | None:
        """How many lists the block stands in."""
        return sum(step.tag in LISTS for step in self.around) or None

    @property
    def item(self) -> Step | None:
        """The item that the block stands in, if that is nearer than a quote."""
        inner = next((step for step in reversed(self.around) if step.tag not in LISTS), None)
        return inner if inner is not None and inner.tag in ITEMS else None

    @property
    def kind(self) -> BlockKind:
        """How a block at this place is set, if it is the first of its list item."""
        if self.level:
            return BlockKind.HEADING
        if self.is_caption:
            return BlockKind.CAPTION
        tags = [step.tag for step in self.around if step.tag not in LISTS]
        if not PREFORMATTED.isdisjoint(tags):
            return BlockKind.CODE
        if tags:
            return BlockKind.LIST_ITEM if tags[-1] in ITEMS else BlockKind.QUOTE
        return BlockKind.OTHER if self.own in _OTHERS else BlockKind.PARAGRAPH


@lru_cache(maxsize=4096)
def place_of(xpath: str) -> Place:
    """What stands around the block at an XPath."""
    around: list[Step] = []
    own, box, level, is_caption = "", "", None, False
    path = xpath
    while path:
        above, _, step = path.rpartition("/")
        tag = step.partition("[")[0]
        if own and tag in _ROOMS:
            break
        if not own and tag in _BLOCKS:
            # Text between the blocks of a container stands in it as these do.
            own, box = tag, path if path != xpath and tag in _FLOW else above
        if tag in HEADINGS:
            level = level or HEADINGS[tag]
        elif tag in CAPTIONS:
            is_caption = True
        elif tag in _NESTED:
            box = above
            around.append(Step(tag, path))
        path = above
    return Place(tuple(reversed(around)), own, box, level, is_caption)


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
