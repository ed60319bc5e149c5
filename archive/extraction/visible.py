"""Which blocks of a page a reader sees, also where a script shows the article."""

from collections.abc import Sequence

from lxml import etree

from archive.extraction.blocks import MAX_BLOCKS, TextBlock, segment
from archive.telling.kinds import Warned, WarningKind

#: Characters of running text (long blocks with few links) that an article page shows at least.
_ENOUGH = 1000


def visible_blocks(tree: etree._Element) -> tuple[list[TextBlock], tuple[Warned, ...]]:
    """The page's blocks and a warning where hidden ones were taken in: a page that shows next to no running
    text but hides three times as much shows its article by script."""
    blocks = segment(tree)
    shown = running_text(blocks)
    if shown >= _ENOUGH or len(blocks) == MAX_BLOCKS:
        return blocks, ()
    every = segment(tree, shown_by_script=True)
    if running_text(every) > 3 * shown + _ENOUGH / 4:
        return every, (Warned(WarningKind.SHOWN_BY_SCRIPT, "visibility: the article is hidden until a script runs"),)
    return blocks, ()


def running_text(blocks: Sequence[TextBlock]) -> int:
    """The characters in blocks that are long and hold few links."""
    return sum(len(block.text) for block in blocks if len(block.text) > 80 and block.links < 0.3 * len(block.text))
