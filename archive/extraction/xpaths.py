"""Where blocks lie in their page, as XPaths.

libxml2 finds the path of one element by counting its siblings. On a page with thousands of siblings that is quadratic
in their number, so the paths of all blocks are found together: each parent's children are counted once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from archive.extraction.blocks import TextBlock

#: Characters of the longest path that is written. Ten thousand blocks below hundreds of levels would make a record a
#: hundred times as long as its page; of 27,000 blocks of real pages none has a path longer than 228.
_LONGEST = 1000


def xpaths(blocks: Sequence[TextBlock]) -> Iterator[str | None]:
    """The place of each block in the page as libxml2 parses it: its element's path where the block is all of the
    element; else the path of the text node or the inline element that it begins with. None where it would be longer
    than any real page needs."""
    paths = _Paths(blocks)
    for block in blocks:
        element, behind = _place(block, paths.texts)
        path = paths.of(element)
        yield path and path + behind


def _place(block: TextBlock, texts: Mapping[etree._Element, int]) -> tuple[etree._Element, str]:
    """The element whose path a block's begins with, and what stands behind that."""
    if block.whole:
        return block.element, ""
    if not block.after:
        return block.start, "/text()[1]" if block.start is block.element else ""
    parent = block.start.getparent()
    return (block.start, "") if parent is None else (parent, f"/text()[{texts[block.start]}]")


class _Paths:
    """The paths of some elements of a page; `texts` counts the text nodes of the parent up to the one behind each."""

    def __init__(self, blocks: Sequence[TextBlock]) -> None:
        self.texts: dict[etree._Element, int] = {}
        self._steps: dict[etree._Element, str] = {}
        self._known: dict[etree._Element, str | None] = {}
        followed = {block.start for block in blocks if block.after and not block.whole}
        # Every element on the way to a block, by its parent.
        families: defaultdict[etree._Element, set[etree._Element]] = defaultdict(set)
        for block in blocks:
            child = block.element if block.whole else block.start
            while (above := child.getparent()) is not None and child not in families[above]:
                families[above].add(child)
                child = above
        for parent, children in families.items():
            self._count(parent, children)
            if not followed.isdisjoint(children):
                self._count_texts(parent, children)

    def of(self, element: etree._Element) -> str | None:
        """The path of an element, written down from the root: deep pages must not recurse."""
        missing = []
        at = element
        while at not in self._known and (above := at.getparent()) is not None:
            missing.append(at)
            at = above
        # A broken page may have several roots.
        path = self._known[at] if at in self._known else str(at.getroottree().getpath(at))
        self._known[at] = path
        for below in reversed(missing):
            if path is not None:
                path = f"{path}/{self._steps[below]}"
                path = path if len(path) <= _LONGEST else None
            self._known[below] = path
        return path

    def _count(self, parent: etree._Element, wanted: set[etree._Element]) -> None:
        times: dict[str, int] = {}
        places = []
        for child in parent:
            tag = str(child.tag)
            times[tag] = place = times.get(tag, 0) + 1
            if child in wanted:
                places.append((child, tag, place))
        for child, tag, place in places:
            self._steps[child] = f"{tag}[{place}]" if times[tag] > 1 else tag

    def _count_texts(self, parent: etree._Element, wanted: set[etree._Element]) -> None:
        texts = int(bool(parent.text))
        for child in parent:
            if child.tail:
                texts += 1
            if child in wanted:
                self.texts[child] = texts
