"""A parsed page to its visible blocks of text, in page order.

A block is the smallest block-level run of text: a paragraph, list item, heading, table cell, caption, or text
that stands directly in a container between such elements. Which elements break a line follows the rendering
section of the HTML standard (15.3); style sheets are not read, inline styles are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from lxml import etree

from archive.extraction.visibility import is_hidden, is_never_shown
from archive.telling.kinds import Warned, WarningKind
from archive.telling.shield import note

#: The elements of MathML (Core, and what older pages have).
MATH = frozenset(
    "math maction menclose merror mfenced mfrac mglyph mi mlabeledtr mlongdiv mmultiscripts mn mo mover mpadded "
    "mphantom mprescripts mroot mrow ms mspace msqrt mstack mstyle msub msubsup msup mtable mtd mtext mtr munder "
    "munderover none semantics annotation annotation-xml".split()
)
#: Elements that flow within a line. All others start and end a block, unknown ones with a dash included.
INLINE = frozenset(
    "a abbr acronym b basefont bdi bdo big blink br cite code data del dfn em font i img ins kbd label mark nobr "
    "output picture q rb rp rt rtc ruby s samp slot small source span strike strong sub sup time tt u var wbr".split()
).union(MATH)
#: Blocks of a page beyond this are not labelled: the features of each take some 10 kB of memory while they
#: are looked at. Of 1,589 real pages the largest has 1,848.
MAX_BLOCKS = 5_000
_BLOCK_STYLE = re.compile(r"(?:^|;)\s*display\s*:\s*(?:block|flex|grid|list-item|table)", re.I)
#: Shown as nothing: soft hyphens, zero-width spaces, byte-order marks.
_INVISIBLE = ("\xad", "\u200b", "\u2060", "\ufeff")
_NOTHING = str.maketrans(dict.fromkeys(_INVISIBLE))
# Stand-ins for white space that must survive the folding of all other white space; parse_page leaves no
# control characters in a page's text.
_BREAK, _KEPT_SPACE, _CELL = "\x01", "\x02", "\x03"
_AROUND_CELL = re.compile(f"(?: ?{_CELL} ?)+")
#: A row of a table is one block if its cells are no longer than this many characters: longer cells are layout.
_CELL_LIMIT = 300
_AROUND_BREAK = re.compile(f" ?{_BREAK} ?")
_WORD = re.compile(r"\w")


class TextBlock(NamedTuple):
    """One visible run of text.

    `element` is the innermost block-level element around it. `whole` is true where the block is all of that
    element's text; else the run begins at `start`: in that element's text, or after it (`after`). `links` and
    `bold` count the characters inside links and bold text; `anchors` are its links.
    """

    text: str
    element: etree._Element
    whole: bool
    start: etree._Element
    after: bool
    links: int
    bold: int
    anchors: tuple[etree._Element, ...] = ()


@dataclass(slots=True)
class _Run:
    """The block being gathered."""

    pieces: list[str] = field(default_factory=list)
    start: etree._Element | None = None
    after: bool = False
    links: int = 0
    bold: int = 0
    anchors: list[etree._Element] = field(default_factory=list)
    breaks: int = 0

    def clear(self) -> None:
        """Forget white space, links and breaks, where there is no text yet."""
        self.pieces.clear()
        self.anchors.clear()
        self.breaks = 0


@dataclass(slots=True)
class _Open:
    """A block-level element that is being walked; `parted` once it holds more than one run."""

    element: etree._Element
    parted: bool = False


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

    return _Walk(chosen if opened or closed else plain).blocks(tree if body is None else body)


class _Walk:
    """One pass over a page; libxml2 nests elements up to 2048 deep, so it is a loop and not a recursion."""

    def __init__(self, hides: Callable[[etree._Element], bool]) -> None:
        self.is_hidden = hides
        self.out: list[TextBlock] = []
        self.run = _Run()
        self.open: list[_Open] = []
        self.depth = {"a": 0, "b": 0, "strong": 0, "pre": 0}
        self.ended: etree._Element | None = None
        self.row: etree._Element | None = None

    def blocks(self, root: etree._Element) -> list[TextBlock]:
        self.open.append(_Open(root))
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
        if len(self.out) > MAX_BLOCKS:
            behind = cast(float, self.out[MAX_BLOCKS].start.xpath("count(following::*)"))
            said = f"size: only the first {MAX_BLOCKS} blocks were labelled"
            note(Warned(WarningKind.SIZE, f"{said}; {behind:.0f} elements stand behind the next one"))
        return self.out[:MAX_BLOCKS]

    def enter(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in self.depth:
            self.depth[tag] += 1
        if tag == "br":
            self.line_break()
        elif is_inline(element):
            if self.ended is not None:
                self.keep_apart(self.ended, element)
        elif self.row is not None and tag in ("td", "th"):
            self.run.pieces.append(_CELL)
        else:
            self.part()
            self.open.append(_Open(element))
            if tag == "tr" and is_data_row(element):
                self.row = element
        if tag == "a":
            self.run.anchors.append(element)
        if text := element.text:
            self.add(text, element, after=False)

    def leave(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in self.depth:
            self.depth[tag] -= 1
        if self.open[-1].element is element:
            self.flush()
            self.open.pop()
            if element is self.row:
                self.row = None
        self.ended = element
        if text := element.tail:
            self.add(text, element, after=True)

    def line_break(self) -> None:
        """One <br> is a line's end; a second one right behind it ends the block."""
        if self.run.breaks:
            self.part()
        elif self.run.pieces:
            self.run.pieces.append(_BREAK)
            self.run.breaks = 1

    def keep_apart(self, before: etree._Element, element: etree._Element) -> None:
        """Menus and bylines set inline elements side by side by style alone: without this, words would run together."""
        if not self.run.pieces or before.getnext() is not element:
            return
        if before.tag == element.tag == "a" or (
            before.get("class") and element.get("class") and len(before.text or "") != 1
        ):
            self.run.pieces.append(" ")

    def add(self, text: str, place: etree._Element, after: bool) -> None:
        self.ended = None
        run = self.run
        if self.depth["pre"]:
            text = text.replace("\n", _BREAK).replace(" ", _KEPT_SPACE)
        run.pieces.append(text)
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
        run, self.ended = self.run, None
        if run.start is None:
            # Most runs are the white space between two tags.
            run.clear()
            return
        self.run = _Run()
        text = visible_text(run.pieces)
        if not _WORD.search(text):
            return
        element, parted = self.open[-1].element, self.open[-1].parted
        self.out.append(
            TextBlock(text, element, not parted, run.start, run.after, run.links, run.bold, tuple(run.anchors))
        )


def visible_text(pieces: list[str]) -> str:
    """White space folded as a browser shows it; line breaks and preformatted spaces kept."""
    text = "".join(pieces)
    # Translating takes longer than all else here, and few texts have such characters.
    if not text.isascii() and any(sign in text for sign in _INVISIBLE):
        text = text.translate(_NOTHING)
    text = " ".join(text.split())
    if _CELL in text:
        text = _AROUND_CELL.sub("\t", text).strip("\t")
    if _BREAK in text:
        text = _AROUND_BREAK.sub("\n", text).strip("\n")
    return text.replace(_KEPT_SPACE, " ").rstrip() if _KEPT_SPACE in text else text


def is_inline(element: etree._Element) -> bool:
    """Whether an element flows within a line."""
    if element.tag not in INLINE:
        return False
    style = element.get("style")
    return not (style and _BLOCK_STYLE.search(style))


def is_data_row(row: etree._Element) -> bool:
    """Whether a table row holds data: two short cells or more, with nothing block-level in them."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if not 2 <= len(cells) <= 60:
        return False
    for cell in cells:
        size = 0
        for number, node in enumerate(cell.iter()):
            size += len(node.text or "") + len(node.tail or "")
            if number > 40 or size > _CELL_LIMIT or (number and not is_inline(node)):
                return False
    return True
