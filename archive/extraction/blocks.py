"""A parsed page to its visible blocks of text, in page order.

A block is the smallest block-level run of text: a paragraph, list item, heading, table cell, caption, or text
that stands directly in a container between such elements. Which elements break a line follows the rendering
section of the HTML standard (15.3); of styles, inline ones count, and what visibility.py reads of sheets.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple, cast

from lxml import etree

from archive.extraction.asides import MARKS
from archive.extraction.flow import INLINE, LINES, is_data_row, is_inline, is_lined, is_number
from archive.extraction.native import compiled
from archive.extraction.runs import BREAK, CELL, Mark, Open, Run, kept, stand_apart, visible_text
from archive.extraction.visibility import HIDDEN, is_hidden, is_never_shown
from archive.extraction.white_space import keeps_lines
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

_kernel = compiled("page_walk")
#: Inline elements that say more of their text.
MARKED = frozenset("a b strong em i code kbd samp tt sup sub del s strike rt rp".split())
_COUNTED = ("a", "b", "strong", "pre", "code")
_MOST_MARKED = 40
#: Blocks of a page beyond this are not labelled: the features of each take some 10 kB of memory while they
#: are looked at. Of 1,589 real pages the largest has 1,848.
MAX_BLOCKS = 5_000
_WORD = re.compile(r"\w")


class TextBlock(NamedTuple):
    """One visible run of text.

    `element` is the innermost block-level element around it. `whole` is true where the block is all of that
    element's text; else the run begins at `start`: in that element's text, or after it (`after`). `links` and
    `bold` count the characters inside links and bold text; `anchors` are its links. `marks` are the inline elements
    that say more of a part of the text; they count `pieces`, of which the text was made.
    """

    text: str
    element: etree._Element
    whole: bool
    start: etree._Element
    after: bool
    links: int
    bold: int
    anchors: tuple[etree._Element, ...] = ()
    marks: Sequence[Mark] = ()
    pieces: Sequence[str] = ()


def holders(block: TextBlock) -> Iterator[etree._Element]:
    """A block's element, and those within it that hold all of its text, outermost first."""
    element = block.element
    yield element
    if not block.whole:
        return
    while len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        element = element[0]
        yield element


def segment(
    tree: etree._Element,
    *,
    shown_by_script: bool = False,
    opened: frozenset[etree._Element] = frozenset(),
    closed: frozenset[etree._Element] = frozenset(),
) -> list[TextBlock]:
    """The visible blocks of a parsed page, in page order, up to MAX_BLOCKS. A block holds at least one letter or digit.

    With `shown_by_script`, also what `hidden` and inline styles hide: some pages show their article by script. What is
    `opened` is read though it is hidden, and what is `closed` is not though it is shown.
    """
    body = tree.find("body")
    plain = is_never_shown if shown_by_script else is_hidden

    def chosen(element: etree._Element) -> bool:
        return element in closed or (plain(element) and element not in opened)

    hides = chosen if opened or closed else plain
    walk = _kernel.Walk(_bits(), sys.modules[__name__], hides, hides is chosen, MAX_BLOCKS) if _kernel else _Walk(hides)
    return _first_of(walk.blocks(tree if body is None else body))


def _first_of(blocks: list[TextBlock]) -> list[TextBlock]:
    """So many blocks as are labelled; that there are more is noted."""
    if len(blocks) > MAX_BLOCKS:
        behind = cast(float, blocks[MAX_BLOCKS].start.xpath("count(following::*)"))
        said = f"only the first {MAX_BLOCKS} blocks were labelled; {behind:.0f} elements stand behind the next one"
        note(Warned(WarningKind.SIZE, f"size: {said}"))
    return blocks[:MAX_BLOCKS]


@cache
def _bits() -> dict[str, int]:
    """What the kernel is to know of elements by their names."""
    kinds: dict[str, Collection[str]] = {"hidden": HIDDEN, "for_the_eye": MARKS, "inline": INLINE, "marked": MARKED}
    kinds |= {"lined": LINES, "break": ("br",), "cell": ("td", "th"), "row": ("tr",), "link": ("a",)}
    kinds |= {"bold": ("b", "strong"), "preformatted": ("pre",), "code": ("code",), "dialog": ("dialog",)}
    bits = _kernel.bits if _kernel else {}
    return {tag: sum(bits[kind] for kind in kinds if tag in kinds[kind]) for tag in set[str]().union(*kinds.values())}


class _Walk:
    """One pass over a page; libxml2 nests elements up to 2048 deep, so it is a loop and not a recursion."""

    def __init__(self, hides: Callable[[etree._Element], bool]) -> None:
        self.is_hidden = hides
        self.out: list[TextBlock] = []
        self.run = Run()
        self.open: list[Open] = []
        self.depth = dict.fromkeys(_COUNTED, 0)
        self.marked: list[Mark] = []
        self.is_lined = False
        self.ended: etree._Element | None = None
        self.row: etree._Element | None = None

    def blocks(self, root: etree._Element) -> list[TextBlock]:
        self.open.append(Open(root))
        walker = etree.iterwalk(root, events=("start", "end"))
        hidden: etree._Element | None = None
        for event, element in walker:
            if event == "start":
                if self.is_hidden(element):
                    walker.skip_subtree()
                    hidden = element
                else:
                    self.enter(element)
            elif hidden is not None and element is hidden:
                if text := element.tail:
                    self.add(text, element, after=True)
            elif element is not root:
                self.leave(element)
            if len(self.out) > MAX_BLOCKS:
                break
        self.flush()
        return self.out

    def enter(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in self.depth:
            self.count(element, 1)
        if tag == "br":
            self.line_break()
        elif is_inline(element):
            if self.ended is not None:
                self.keep_apart(self.ended, element)
        else:
            self.enter_block(element)
        if tag in MARKED or (self.depth["pre"] and is_number(element)):
            self.mark(element)
        if text := element.text:
            self.add(text, element, after=False)

    def count(self, element: etree._Element, by: int) -> None:
        self.depth[element.tag] += by
        if element.tag == "code" and keeps_lines(element):
            self.depth["pre"] += by

    def enter_block(self, element: etree._Element) -> None:
        tag = element.tag
        if self.ends_line(element):
            return
        if self.row is not None:
            # What wraps all of a cell's text parts nothing.
            if tag in ("td", "th"):
                self.run.pieces.append(CELL)
                self.mark(element)
        else:
            self.part()
            self.open.append(Open(element))
            if tag == "tr" and is_data_row(element):
                self.row = element
            elif tag == "pre":
                self.is_lined = is_lined(element)

    def leave(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in self.depth:
            self.count(element, -1)
        if self.marked and self.marked[-1].element is element:
            self.marked.pop().end = len(self.run.pieces)
        if self.open[-1].element is element:
            self.flush()
            self.open.pop()
            if element is self.row:
                self.row = None
        else:
            self.ends_line(element)
        self.ended = element
        if text := element.tail:
            self.add(text, element, after=True)

    def mark(self, element: etree._Element) -> None:
        """Note where an element begins within the run."""
        if element.tag == "a":
            self.run.anchors.append(element)
        # Each run notes all elements that are open: pages nest hundreds by leaving them open.
        if len(self.marked) == _MOST_MARKED:
            return
        self.marked.append(Mark(element, len(self.run.pieces)))
        self.run.marks.append(self.marked[-1])

    def line_break(self) -> None:
        """One <br> is a line's end; a second one right behind it ends the block, unless it is preformatted."""
        if self.depth["pre"]:
            self.run.pieces.append(BREAK)
        elif self.run.breaks:
            self.part()
        elif self.run.pieces:
            self.run.pieces.append(BREAK)
            self.run.breaks = 1

    def ends_line(self, element: etree._Element) -> bool:
        """Whether an element is no more than a line of preformatted text, as highlighters set them; then a line ends
        here where it holds something."""
        if not (self.depth["pre"] and self.is_lined and element.tag in LINES):
            return False
        if self.run.pieces and not self.run.pieces[-1].endswith(BREAK):
            self.run.pieces.append(BREAK)
        return True

    def keep_apart(self, before: etree._Element, element: etree._Element) -> None:
        """Menus and bylines set inline elements side by side by style alone: without this, words would run together."""
        if not self.run.pieces or before.getnext() is not element or self.depth["pre"] or self.depth["code"]:
            return
        if stand_apart(before, self.run.pieces[-1], element):
            self.run.pieces.append(" ")

    def add(self, text: str, place: etree._Element, after: bool) -> None:
        self.ended = None
        run = self.run
        run.pieces.append(kept(text) if self.depth["pre"] else text)
        if text.isspace():
            return
        run.breaks = 0
        if run.start is None:
            run.start, run.after = place, after
        if self.depth["a"]:
            run.links += len(text)
        if self.depth["b"] or self.depth["strong"]:
            run.bold += len(text)

    def part(self) -> None:
        """End the run before a block-level child or a double line break: its element holds more than this."""
        self.open[-1].parted = True
        self.flush()

    def flush(self) -> None:
        """End the run: a block, if it says something."""
        run, self.ended = self.run, None
        if run.start is None:
            # Most runs are the white space between two tags.
            run.clear()
        else:
            self.run = Run()
            text, within = visible_text(run.pieces), self.open[-1]
            if _WORD.search(text):
                said = (text, within.element, not within.parted, run.start, run.after, run.links, run.bold)
                marks = (run.marks, run.pieces) if run.marks else ((), ())
                self.out.append(TextBlock(*said, tuple(run.anchors), *marks))
        if self.marked:
            # An element that goes on behind this run is marked in the next one too.
            self.marked = [Mark(mark.element, 0) for mark in self.marked]
            self.run.marks.extend(self.marked)
