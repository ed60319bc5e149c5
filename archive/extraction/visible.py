"""Which blocks of a page a reader sees, also where a script shows the article, or a click."""

from collections.abc import Sequence

from lxml import etree

from archive.extraction.blocks import MAX_BLOCKS, TextBlock, segment
from archive.extraction.collapsed import Opened
from archive.telling.kinds import Warned, WarningKind

#: Characters of running text (long blocks with few links) that an article page shows at least.
_ENOUGH = 1000
_NOSCRIPT = Warned(WarningKind.NOSCRIPT, "visibility: the article is shown only where scripts are switched off")
_SCRIPT = Warned(WarningKind.SHOWN_BY_SCRIPT, "visibility: the article is hidden until a script runs")
_COLLAPSED = Warned(WarningKind.COLLAPSED, "visibility: parts of the article are hidden until a reader opens them")


def visible_blocks(tree: etree._Element) -> tuple[list[TextBlock], tuple[Warned, ...]]:
    """The page's blocks, and a warning where hidden ones were taken in: parts of the article that a reader can open,
    and all of it where a page shows next to no running text but hides three times as much."""
    blocks = segment(tree)
    if len(blocks) == MAX_BLOCKS:
        return blocks, ()
    running = _running(blocks)
    shown = _size(running)
    if shown < _ENOUGH:
        long = _long_noscripts(tree)
        for every, said in (
            (segment(tree, opened=long) if long else [], _NOSCRIPT),
            (segment(tree, shown_by_script=True), _SCRIPT),
        ):
            if _size(_running(every)) > 3 * shown + _ENOUGH / 4:
                return every, (said,)
    opened = Opened.of(tree, running)
    if opened.shown:
        blocks = segment(tree, opened=opened.shown, closed=opened.replaced)
    return blocks, (_COLLAPSED,) if opened.is_any else ()


def _long_noscripts(tree: etree._Element) -> frozenset[etree._Element]:
    """What is shown only where scripts are switched off and is long, with what of that kind stands in it."""
    seen: set[etree._Element] = set()
    long: set[etree._Element] = set()
    for outer in tree.iter("noscript"):
        # Each text is measured once, however deep they are nested.
        if outer not in seen:
            within = set(outer.iter("noscript"))
            seen |= within
            long |= within if sum(map(len, outer.itertext())) > _ENOUGH / 4 else set()
    return frozenset(long)


def _running(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """The blocks that are long and hold few links."""
    return [block for block in blocks if len(block.text) > 80 and block.links < 0.3 * len(block.text)]


def _size(blocks: Sequence[TextBlock]) -> int:
    return sum(len(block.text) for block in blocks)


def running_text(blocks: Sequence[TextBlock]) -> int:
    """The characters in blocks that are long and hold few links."""
    return _size(_running(blocks))
