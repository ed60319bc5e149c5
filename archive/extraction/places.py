"""Where blocks lie in their page, as XPaths.

libxml2 finds the path of one element by counting its siblings. On a page with thousands of siblings that is quadratic
in their number, so the paths of all blocks are found together: each parent's children are counted once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from lxml import etree

from archive.extraction.blocks import TextBlock


def xpaths(blocks: Sequence[TextBlock]) -> Iterator[str]:
    """The place of each block in the page as libxml2 parses it: its element's path where the block is all of the
    element; else the path of the text node or the inline element that it begins with."""
    paths = _Paths(blocks)
    for block in blocks:
        if block.whole:
            yield paths.of(block.element)
        elif block.after:
            parent = block.start.getparent()
            yield paths.of(block.start) if parent is None else f"{paths.of(parent)}/text()[{paths.texts[block.start]}]"
        else:
            yield paths.of(block.start) + ("/text()[1]" if block.start is block.element else "")


class _Paths:
    """The paths of some elements of a page; `texts` counts the text nodes of the parent up to the one behind each."""

    def __init__(self, blocks: Sequence[TextBlock]) -> None:
        self.texts: dict[etree._Element, int] = {}
        self._steps: dict[etree._Element, str] = {}
        self._known: dict[etree._Element, str] = {}
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

    def of(self, element: etree._Element) -> str:
        """The path of an element, written down from the root: deep pages must not recurse."""
        missing = []
        at = element
        while at not in self._known and (above := at.getparent()) is not None:
            missing.append(at)
            at = above
        # A broken page may have several roots.
        path = self._known.get(at) or self._known.setdefault(at, str(at.getroottree().getpath(at)))
        for below in reversed(missing):
            path = self._known[below] = f"{path}/{self._steps[below]}"
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
